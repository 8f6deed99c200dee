import type { ClickEvent } from "./event.js";
import { uuid } from "./uuid.js";

/** One row for each event that is not acknowledged: its owner is the page that shall send it. */
interface Row {
  owner: string;
  event: ClickEvent;
}

const STORE = "events";

/** The store is a second chance: a browser that denies it, or fills up, leaves the first one as it is. */
export const ignore = (): void => {};

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Unacknowledged events, in IndexedDB, so that they outlive the page. Each page holds a Web Lock for as long as it lives;
 * events whose owner holds none belong to a page that is gone, and `adopt` hands them to exactly one living page.
 */
export class Store {
  #owner = "";
  #opened: Promise<IDBDatabase>;
  #letGo?: (nothing?: unknown) => void;

  constructor(name: string) {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    this.#opened = done(request);
    this.#opened.catch(ignore);
    this.hold();
  }

  /** Be a living page, until `release` or until the browser ends the page, however it does that. */
  hold(): void {
    this.#owner = uuid();
    navigator.locks.request(this.#owner, () => new Promise((resolve) => (this.#letGo = resolve))).catch(ignore);
  }

  /** Leave the events to others: browsers keep no page for the back button that holds a lock. */
  release(): void {
    this.#letGo?.();
  }

  async put(event: ClickEvent): Promise<void> {
    await done((await this.#rows()).put({ owner: this.#owner, event } satisfies Row, event.event_id));
  }

  async remove(events: ClickEvent[]): Promise<void> {
    const rows = await this.#rows();
    await Promise.all(events.map((event) => done(rows.delete(event.event_id!))));
  }

  async clear(): Promise<void> {
    await done((await this.#rows()).clear());
  }

  /** Events of pages that are gone, which are this page's from now on. */
  adopt(): Promise<ClickEvent[]> {
    return navigator.locks.request(STORE, async () => {
      const alive = (await navigator.locks.query()).held!.map((lock) => lock.name);
      const rows = await this.#rows();
      const orphans = ((await done(rows.getAll())) as Row[]).filter((row) => !alive.includes(row.owner));
      for (const { event } of orphans) rows.put({ owner: this.#owner, event } satisfies Row, event.event_id);
      return orphans.map((row) => row.event);
    });
  }

  async #rows(): Promise<IDBObjectStore> {
    return (await this.#opened).transaction(STORE, "readwrite").objectStore(STORE);
  }
}
