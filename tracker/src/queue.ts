import type { ClickEvent } from "./event.js";
import type { DropReason, Options } from "./options.js";
import { ignore, Store } from "./store.js";

/** The Fetch standard allows a page 64 KiB of bodies under way with `keepalive`, all requests together; less a margin. */
const KEEPALIVE_BYTES = 6e4;
const FIRST_WAIT_MS = 1e3;
const LONGEST_WAIT_MS = 3e5;

/** Events on their way: in memory to be sent, in the store until they are acknowledged. At least once, never silent. */
export class Queue {
  #options: Options;
  #waiting: ClickEvent[] = [];
  #store?: Store;
  #timer?: ReturnType<typeof setTimeout>;
  #sending?: Promise<void>;
  #most: number;
  #failures = 0;
  #underWay = 0;
  #refused = false;
  /** Another page of this site was asked for, and nothing was due here since. */
  #followed = false;
  /** Events that the store has not confirmed. */
  #unsaved = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#most = options.batchSize!;
    // A secure origin and a browser of 2022 or later have both; elsewhere events live as long as their page.
    if (options.persist && navigator.locks)
      try {
        this.#store = new Store("clickstream " + options.endpoint);
        this.#adopt();
      } catch {}
  }

  /** Send when the page is left and when the network is back. Later listeners come too late for a page that ends. */
  listen(): void {
    document.addEventListener("visibilitychange", () => document.hidden && this.#leave());
    addEventListener("pagehide", () => {
      this.#leave();
      if (!this.#store) return;
      this.#waiting = [];
      this.#store.release();
    });
    addEventListener("pageshow", (shown) => {
      if (!shown.persisted) return;
      this.#followed = false;
      this.#store?.hold();
      this.#adopt();
    });
    addEventListener("online", () => this.#wake(0));
    (self as { navigation?: Navigation }).navigation?.addEventListener("navigate", ({ destination }) => {
      this.#followed = destination.url.startsWith(origin + "/") && !destination.sameDocument;
    });
  }

  put(event: ClickEvent): void {
    this.#unsaved++;
    this.#store?.put(event).then(() => this.#unsaved--, ignore);
    this.#add([event]);
  }

  /** Send what waits; settled when all of it is acknowledged, or when the endpoint wants to be left alone for now. */
  flush(): Promise<void> {
    this.#timer = clearTimeout(this.#timer) as undefined;
    this.#followed = false;
    return (this.#sending ??= this.#drain().finally(() => (this.#sending = undefined)));
  }

  clear(): void {
    this.#waiting = [];
    this.#store?.clear().catch(ignore);
  }

  #adopt(): void {
    this.#store?.adopt().then((events) => events[0] && this.#add(events), ignore);
  }

  #add(events: ClickEvent[]): void {
    this.#waiting.push(...events);
    const surplus = this.#waiting.length - this.#options.capacity!;
    if (surplus > 0) this.#drop(this.#waiting.splice(0, surplus), "full");
    if (!this.#failures) this.#wake(this.#waiting.length < this.#options.batchSize! ? this.#options.linger! : 0);
  }

  /** Send by then, or earlier if that was agreed. */
  #wake(wait: number): void {
    if (!this.#timer || !wait) this.#pause(wait);
  }

  #pause(wait: number): void {
    clearTimeout(this.#timer);
    if (!this.#refused) this.#timer = setTimeout(() => this.flush(), wait);
  }

  async #drain(): Promise<void> {
    while (this.#waiting[0]) {
      const wait = await this.#send();
      if (wait) return this.#pause(wait);
    }
  }

  /** The page may end at any moment: what waits goes out beside what is under way. */
  #leave(): void {
    // The next page of this site sends what is stored. Sent here, no answer would tell anybody, and it would go twice.
    if (!this.#waiting[0] || this.#refused || (this.#followed && !this.#unsaved)) return;
    // A page that stays after all, hidden, goes on from what the answer says.
    void this.#send(true).then((wait) => this.#waiting[0] && this.#pause(wait));
  }

  /** Send one request; the milliseconds to wait before the next, or 0. */
  async #send(leaving?: boolean): Promise<number> {
    const sent_at = new Date().toISOString();
    const parts: string[] = [];
    let bytes = 1;
    for (const event of this.#waiting) {
      const part = JSON.stringify({ ...event, sent_at });
      const length = new TextEncoder().encode(part).length + 1;
      if (parts.length == this.#most || (parts[0] && bytes + length > KEEPALIVE_BYTES)) break;
      parts.push(part);
      bytes += length;
    }
    const events = this.#waiting.splice(0, parts.length);
    const { endpoint, apiKey } = this.#options;
    const body = `[${parts}]`;
    const keepalive = this.#underWay + bytes <= KEEPALIVE_BYTES;
    // Firefox before 133 knows no keepalive, and ends a fetch with its page.
    if (leaving && keepalive && !apiKey && !("keepalive" in Request.prototype) && navigator.sendBeacon(endpoint, body))
      return this.#took(events);
    let answer: Response | undefined;
    if (keepalive) this.#underWay += bytes;
    try {
      // Plain text needs no preflight, which is a round trip before the first event and lost when a page ends.
      const headers: HeadersInit = apiKey
        ? { "Content-Type": "application/json", "x-api-key": apiKey }
        : { "Content-Type": "text/plain" };
      answer = await fetch(endpoint, { method: "POST", body, keepalive, headers, credentials: "omit" });
    } catch {}
    if (keepalive) this.#underWay -= bytes;
    return answer?.ok ? this.#took(events) : this.#failed(events, answer);
  }

  #took(events: ClickEvent[]): number {
    this.#failures = 0;
    this.#most = Math.min(this.#options.batchSize!, this.#most * 2);
    this.#store?.remove(events).catch(ignore);
    return 0;
  }

  #failed(events: ClickEvent[], answer?: Response): number {
    const status = answer?.status ?? 0;
    if (status == 400 || status == 413) {
      // One event spoils the request: ever smaller ones find it.
      if (events[1]) {
        this.#waiting.unshift(...events);
        this.#most = events.length >> 1;
      } else this.#drop(events, status == 400 ? "refused" : "too_large");
      return 0;
    }
    this.#waiting.unshift(...events);
    // No right, no such route: asking again changes nothing. What waits is sent by the next page, or by its successor.
    this.#refused = status > 400 && status < 500 && status != 408 && status != 429;
    if (this.#refused) console.warn(`clickstream: ${this.#options.endpoint} answered ${status}`);
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    return Math.max(1, Math.random() * longest, +(answer?.headers.get("Retry-After") || 0) * 1e3);
  }

  #drop(events: ClickEvent[], reason: DropReason): void {
    this.#store?.remove(events).catch(ignore);
    this.#options.onDrop?.(events, reason);
  }
}
