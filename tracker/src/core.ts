import { address } from "./address.js";
import { read } from "./dom.js";
import type { ClickEvent } from "./event.js";
import { makeIdentity, OPTED_OUT } from "./identity.js";
import type { Options } from "./options.js";
import { makeQueue, type Queue } from "./queue.js";
import { uuid } from "./uuid.js";

export type { ClickEvent, Options };
export type { DropReason } from "./options.js";

export interface Tracker {
  /**
   * Send an event; `fields` win over what the tracker fills in. Members that the schema lacks go under `properties`.
   * An `urgent` event is sent at once, with all that waits.
   */
  track: (name: string, fields?: Partial<ClickEvent>, how?: { urgent?: boolean }) => void;
  /** The signed-in user from here on; null when signed out. */
  identify: (user: string | number | null) => void;
  /** Send what waits now, for example before a page leaves by a route that the browser does not tell. */
  flush: () => Promise<void>;
  /** Send from here on, for example after consent; takes a `disable()` back. */
  enable: () => void;
  /** Send nothing from here on, in all tabs and on later visits, and forget identifiers and waiting events on this device. */
  disable: () => void;
}

const IDS = ["anonymous_id", "user_id", "session_id", "event_id"] as const;

export type Watch = (track: Tracker["track"], options: Options) => void;

/**
 * Track the events that the site tells, without views and clicks (`watch`) that nobody told. `enabled: false` waits for
 * `enable()`: until then nothing is sent, stored or identified.
 */
export function createTracker(given: Options & { enabled?: boolean }, ...watch: Watch[]): Tracker {
  const nothing = (): void => {};
  // A page that is rendered on a server has no visitor.
  if (typeof document == "undefined")
    return { track: nothing, identify: nothing, flush: async () => {}, enable: nothing, disable: nothing };
  const debug = given.debug ?? /^(localhost|127\.|\[::1])/.test(location.hostname);
  const options = {
    batchSize: 20,
    linger: debug ? 500 : 3e4,
    capacity: 1e3,
    persist: true,
    ...given,
  };
  try {
    // A page's own address may hold a name and password, which no request may.
    const url = new URL(options.endpoint, read<string>(Node, "baseURI"));
    url.username = url.password = "";
    options.endpoint = url.href;
  } catch {}
  const signals = navigator as Navigator & { globalPrivacyControl?: boolean };
  const objects =
    options.respectSignals !== false && (signals.globalPrivacyControl || /^(1|yes)$/.test(signals.doNotTrack!));
  const identity = makeIdentity(options.persist, options.cookieDomain);
  let queue: Queue | undefined;
  let enabled = false;
  let user: string | number | null = null;

  const made = (name: string, fields?: Partial<ClickEvent>): ClickEvent | null | undefined | void => {
    const page = read<Element>(Document, "documentElement")!;
    const event: ClickEvent = {
      event_id: uuid(),
      client_time: new Date().toISOString(),
      platform: "web",
      ...identity.now(),
      ...(user != null && { user_id: `${user}` }),
      page_url: address(location.href, options.urlFilter),
      page_title: read(Document, "title"),
      viewport_width: page.clientWidth,
      viewport_height: page.clientHeight,
      screen_width: screen.width,
      screen_height: screen.height,
      language: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...options.common,
      ...fields,
      event_name: name,
    };
    for (const id of IDS) if (typeof event[id] == "number") event[id] = `${event[id]}`;
    // Written when it is sent.
    delete event.sent_at;
    return options.beforeSend ? options.beforeSend(event) : event;
  };
  const stop = (): void => {
    enabled = false;
    queue?.clear();
  };

  const tracker: Tracker = {
    track(name, fields, how) {
      // In another tab, or on another subdomain, a moment ago.
      if (enabled && identity.optedOut()) stop();
      if (!enabled) return;
      let text: string | undefined;
      try {
        const event = made(name, fields);
        if (!event) return;
        // In a file of its own: visitors load none of it.
        if (debug) import("./debug.mjs" as string).then(({ check }) => check(event), nothing);
        text = JSON.stringify(event, (_, value) => (typeof value == "bigint" ? Number(value) : value));
      } catch (error) {
        // The site's own code threw, or its object cannot be written (a circle, say): it costs this event alone.
        console.error(error);
      }
      if (text?.startsWith("{")) queue!.put(text, how?.urgent);
      else queue!.drop([{ key: "", text: JSON.stringify({ event_name: `${name}` }) }], "invalid");
    },
    identify(name) {
      user = name;
    },
    flush: () => queue?.flush() ?? Promise.resolve(),
    enable() {
      if (objects || enabled) return;
      enabled = true;
      identity.optIn();
      if (queue) return;
      queue = makeQueue(options);
      // A page's end is told before the queue sends what waits.
      for (const begin of watch) begin(tracker.track, options);
      queue.listen();
    },
    disable() {
      stop();
      identity.forget();
    },
  };
  addEventListener("storage", ({ key, newValue }) => key == OPTED_OUT && newValue && stop());
  if (options.enabled !== false && !identity.optedOut()) tracker.enable();
  return tracker;
}
