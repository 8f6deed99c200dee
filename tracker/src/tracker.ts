import { watchClicks, watchPages } from "./automatic.js";
import type { ClickEvent } from "./event.js";
import { Identity } from "./identity.js";
import type { Options } from "./options.js";
import { Queue } from "./queue.js";
import { uuid } from "./uuid.js";

export type { ClickEvent, Options };
export type { DropReason } from "./options.js";

export interface Tracker {
  /** Send an event; `fields` win over what the tracker fills in. Members that the schema lacks go under `properties`. */
  track(name: string, fields?: Partial<ClickEvent>): void;
  /** The signed-in user from here on; null when signed out. */
  identify(user: string | null): void;
  /** Send what waits now, for example before a page leaves by a route that the browser does not tell. */
  flush(): Promise<void>;
  /** Send from here on, for example after consent. */
  enable(): void;
  /** Send nothing from here on, and forget identifiers and waiting events on this device. */
  disable(): void;
}

/** Begin to track this page. `enabled: false` waits for `enable()`: until then nothing is sent, stored or identified. */
export function createTracker(given: Options & { enabled?: boolean }): Tracker {
  const options = {
    pageViews: true,
    clicks: true,
    scroll: true,
    batchSize: 20,
    linger: 2e3,
    capacity: 1e3,
    persist: true,
    ...given,
  };
  const signals = navigator as Navigator & { globalPrivacyControl?: boolean };
  const optedOut = options.respectSignals !== false && (signals.globalPrivacyControl || signals.doNotTrack == "1");
  const identity = new Identity(options.persist);
  let queue: Queue | undefined;
  let enabled = false;
  let user: string | null = null;

  const tracker: Tracker = {
    track(name, fields) {
      if (!enabled) return;
      const page = document.documentElement;
      queue!.put({
        event_id: uuid(),
        client_time: new Date().toISOString(),
        platform: "web",
        ...identity.now(),
        ...(user && { user_id: user }),
        page_url: location.href,
        page_title: document.title,
        viewport_width: page.clientWidth,
        viewport_height: page.clientHeight,
        screen_width: screen.width,
        screen_height: screen.height,
        language: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        ...options.common,
        ...fields,
        event_name: name,
      });
    },
    identify(name) {
      user = name;
    },
    flush: () => queue?.flush() ?? Promise.resolve(),
    enable() {
      if (optedOut || enabled) return;
      enabled = true;
      if (queue) return;
      queue = new Queue(options);
      watchPages(tracker.track, options);
      if (options.clicks) watchClicks(tracker.track);
      queue.listen();
    },
    disable() {
      enabled = false;
      queue?.clear();
      identity.forget();
    },
  };
  if (options.enabled !== false) tracker.enable();
  return tracker;
}
