import { isHidden } from "./dom.js";
import type { DropReason, Options } from "./options.js";
import { type Entry, ignore, openStore, type Store } from "./store.js";
import { uuid } from "./uuid.js";

/** The Fetch standard allows a page 64 KiB of bodies under way with `keepalive`, all requests together; less a margin. */
const KEEPALIVE_BYTES = 6e4;
const FIRST_WAIT_MS = 1e3;
const LONGEST_WAIT_MS = 3e5;
/** No endpoint silences a page for longer; a timer of more than 2^31 ms would end at once. */
const LONGEST_RETRY_AFTER_MS = 36e5;
/** What `POST /events` takes in one request. */
const MOST_EVENTS = 500;
/** By then the browser has let go of the locks of a page that it closed just before. */
const SECOND_LOOK_MS = 5e3;
/** Events that may be refused one after the other before the endpoint is given time. */
const REFUSALS = 8;

/** RFC 9110 10.2.3: whole seconds or a date; anything else is as if it were absent. */
const retryAfter = (text: string): number => (/^\d+$/.test(text) ? +text * 1e3 : Date.parse(text) - Date.now()) || 0;

const size = ({ text }: Entry): number => new TextEncoder().encode(text).length + 50;

export interface Queue {
  put: (text: string, urgent?: boolean) => void;
  /** Send what waits; settled when all of it is acknowledged, or when the endpoint wants to be left alone for now. */
  flush: () => Promise<void>;
  clear: () => void;
  /** Tell the site of events that will never be sent. What it throws is its own. */
  drop: (entries: Entry[], reason: DropReason) => void;
  /** Send when the page is left and when the network is back. Later listeners come too late for a page that ends. */
  listen: () => void;
}

/** Events on their way: in memory to be sent, in the store until they are acknowledged. At least once, never silent. */
export function makeQueue(options: Options & { batchSize: number; linger: number; capacity: number }): Queue {
  const { endpoint, apiKey, batchSize, onDrop } = options;
  const { navigation } = self as { navigation?: Navigation };
  let waiting: Entry[] = [];
  let store: Store | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | undefined;
  let most = batchSize;
  let failures = 0;
  let taken = 0;
  let refusals = 0;
  let underWay = 0;
  /** No right, no such route: asking again changes nothing. What waits is sent by the next page, or by its successor. */
  let closed = false;
  /** Until when the endpoint wants to be left alone. */
  let resting = 0;
  /** Goes up where what is under way is no longer this page's to send again: it was left, or the visitor opted out. */
  let lives = 0;
  let ended = false;

  const drop: Queue["drop"] = (entries, reason) => {
    store?.remove(entries).catch(ignore);
    if (onDrop) queueMicrotask(() => onDrop(entries.map(({ text }) => JSON.parse(text)), reason));
  };
  const pause = (wait: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(flush, wait);
  };
  /** Send by then, or earlier if that was agreed. */
  const wake = (wait: number): void => {
    if (!timer || !wait) pause(wait);
  };
  const add = (entries: Entry[], urgent?: boolean): void => {
    waiting.push(...entries);
    const surplus = waiting.length - options.capacity;
    if (surplus > 0) drop(waiting.splice(0, surplus), "full");
    // Told by a listener that comes after ours: there is no later for a page that ends.
    if (ended) queueMicrotask(leave);
    else if (!failures) wake(urgent || waiting.length >= batchSize ? 0 : options.linger);
  };
  const adopt = (): void => {
    const life = lives;
    store?.adopt().then((entries) => life == lives && entries[0] && add(entries, entries.some(({ sent }) => !sent)), ignore);
  };
  const flush = (): Promise<void> => {
    timer = clearTimeout(timer) as undefined;
    return (sending ??= drain().finally(() => (sending = undefined)));
  };
  const drain = async (): Promise<void> => {
    while (waiting[0]) {
      const wait = await send(next(most));
      if (wait) return pause(wait);
    }
  };
  /** The page may end at any moment: what waits goes out beside what is under way, as far as the browser lets it. */
  const leave = (): void => {
    if (closed || (store && Date.now() < resting)) return;
    const others = waiting.filter((entry) => entry.adopted);
    waiting = waiting.filter((entry) => !entry.adopted);
    while (waiting[0] && underWay < KEEPALIVE_BYTES) {
      const entries = next(most < batchSize ? most : MOST_EVENTS, KEEPALIVE_BYTES - underWay);
      if (!entries[0]) break;
      for (const entry of entries) {
        entry.sent = true;
        store?.put(entry);
      }
      // A page that stays after all, hidden, goes on from what the answer says.
      void send(entries).then((wait) => waiting[0] && pause(wait));
    }
    waiting.unshift(...others);
  };
  /** Take the next request's events out: so many at most, and so many bytes, but for one event that is larger by itself. */
  const next = (events: number, room?: number): Entry[] => {
    let bytes = 0;
    let count = 0;
    for (; count < events && waiting[count]; count++) {
      bytes += size(waiting[count]);
      if (bytes > (room ?? KEEPALIVE_BYTES) && (count || room)) break;
    }
    return waiting.splice(0, count);
  };
  /** Send one request; the milliseconds to wait before the next, or 0. */
  const send = async (entries: Entry[]): Promise<number> => {
    const life = lives;
    const sent = `,"sent_at":"${new Date().toISOString()}"}`;
    const body = `[${entries.map(({ text }) => text.slice(0, -1) + sent)}]`;
    const bytes = entries.reduce((sum, entry) => sum + size(entry), 0);
    const keepalive = underWay + bytes <= KEEPALIVE_BYTES;
    let answer: Response | undefined;
    if (keepalive) underWay += bytes;
    try {
      // Plain text needs no preflight, which is a round trip before the first event and lost when a page ends.
      const headers: HeadersInit = apiKey
        ? { "Content-Type": "application/json", "x-api-key": apiKey }
        : { "Content-Type": "text/plain" };
      answer = await fetch(endpoint, { method: "POST", body, keepalive, headers, credentials: "omit" });
    } catch {}
    if (keepalive) underWay -= bytes;
    if (answer?.ok) return took(entries);
    return life == lives ? failed(entries, answer) : 0;
  };
  const took = (entries: Entry[]): number => {
    failures = refusals = resting = 0;
    taken++;
    most = Math.min(batchSize, most * 2);
    store?.remove(entries).catch(ignore);
    return 0;
  };
  const failed = (entries: Entry[], answer?: Response): number => {
    const status = answer?.status ?? 0;
    const invalid = status == 400 || status == 413;
    const [one, another] = entries;
    if (another || !(invalid || status == 403)) waiting.unshift(...entries);
    if (invalid || status == 403)
      if (another)
        // One event spoils the request: ever smaller ones find it.
        most = entries.length >> 1;
      else if (invalid || taken > (one.refused ?? taken)) {
        refusals++;
        drop(entries, status == 413 ? "too_large" : "refused");
      } else {
        // A firewall refuses this event, or the visitor: others tell.
        one.refused = taken;
        waiting.push(one);
      }
    if (invalid && refusals < REFUSALS) return 0;
    closed = status > 400 && status < 500 && ![403, 408, 413, 425, 429].includes(status);
    if (closed) console.warn(endpoint + ": " + status);
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
    const asked = Math.min(LONGEST_RETRY_AFTER_MS, retryAfter(answer?.headers.get("Retry-After") ?? ""));
    const wait = Math.max((longest * (1 + Math.random())) / 2, asked);
    // Where nobody answered, it is the network that says when to try again.
    resting = answer ? Date.now() + wait : 0;
    return wait;
  };

  // A secure origin and a browser of 2022 or later have both; elsewhere events live as long as their page.
  if (options.persist && navigator.locks)
    try {
      store = openStore("clickstream " + endpoint);
      adopt();
      setTimeout(adopt, SECOND_LOOK_MS);
    } catch {}
  return {
    put(text, urgent) {
      const entry = { key: uuid(), text };
      store?.put(entry);
      add([entry], urgent);
    },
    flush,
    clear() {
      lives++;
      waiting = [];
      store?.clear().catch(ignore);
    },
    drop,
    listen() {
      addEventListener("visibilitychange", () => isHidden() && leave());
      addEventListener("pagehide", () => {
        ended = true;
        leave();
        if (!store) return;
        lives++;
        waiting = [];
        store.release();
      });
      addEventListener("pageshow", (shown) => {
        if (!shown.persisted) return;
        ended = false;
        store?.hold();
        adopt();
      });
      addEventListener("online", () => resting || wake(0));
      // The answer is here before the next page is, as a rule: no copy is left for it to send.
      navigation?.addEventListener("navigate", ({ destination }) => {
        if (!destination.sameDocument) setTimeout(() => navigation.transition || leave());
      });
    },
  };
}
