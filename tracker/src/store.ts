import { uuid } from "./uuid.js";

/** An event on its way, as JSON text: the same bytes in memory and on the device. */
export interface Entry {
  key: string;
  text: string;
  /** Sent by a page that ended before the answer came. It may be there, so it waits for company. */
  sent?: boolean;
  /** Of a page that is gone: sent once by this one, and not again when this one ends. */
  adopted?: boolean;
  /** How many requests had been taken when the endpoint refused this event alone. */
  refused?: number;
}

/** One row for each event that is not acknowledged: its owner is the page that shall send it. */
type Row = Entry & { owner?: string };

const STORE = "events";

/** The store is a second chance: a browser that denies it, or fills up, leaves the first one as it is. */
export const ignore = (): void => {};

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export interface Store {
  /** Keep it; told in one piece of the site's code, events are one transaction. */
  put: (entry: Entry) => void;
  remove: (entries: Entry[]) => Promise<unknown>;
  clear: () => Promise<unknown>;
  /** Events of pages that are gone, which are this page's from now on; none while another page looks for them. */
  adopt: () => Promise<Entry[]>;
  /** Be a living page, until `release` or until the browser ends the page, however it does that. */
  hold: () => void;
  /**
   * Leave the events to others: browsers keep no page for the back button that holds a lock. What no transaction has
   * taken yet goes where a page that ends can still write.
   */
  release: () => void;
}

/**
 * Unacknowledged events, in IndexedDB, so that they outlive the page. Each page holds a Web Lock for as long as it lives;
 * events whose owner holds none belong to a page that is gone, and `adopt` hands them to exactly one living page.
 */
export function openStore(name: string): Store {
  const { locks } = navigator;
  let owner: string;
  let opened: Promise<IDBDatabase>;
  let letGo: (nothing?: unknown) => void;
  let holding: AbortController;
  let batch: Entry[] = [];
  const unsaved = new Set<Entry>();
  const open = (): void => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    opened = done(request).then((database) => {
      // A site that deletes its databases, or a browser that clears them, waits for nobody.
      database.onversionchange = database.onclose = () => {
        database.close();
        open();
      };
      return database;
    });
    opened.catch(ignore);
  };
  const rows = async (): Promise<IDBObjectStore> => (await opened).transaction(STORE, "readwrite").objectStore(STORE);
  /** What pages that ended could not store otherwise. */
  const leftOver = (): Entry[] => {
    try {
      return JSON.parse(localStorage.getItem(name)!) || [];
    } catch {}
    return [];
  };
  const forget = (): void => {
    try {
      localStorage.removeItem(name);
    } catch {}
  };
  const write = (kept: IDBObjectStore, entries: Entry[]): void => {
    for (const entry of entries) kept.put({ ...entry, owner } satisfies Row, entry.key);
    kept.transaction.oncomplete = () => entries.forEach((entry) => unsaved.delete(entry));
  };
  const save = async (): Promise<void> => {
    const entries = batch;
    batch = [];
    write(await rows(), entries);
  };
  const store: Store = {
    hold() {
      owner = uuid();
      holding = new AbortController();
      const { signal } = holding;
      locks.request(owner, { signal }, () => new Promise((resolve) => (letGo = resolve))).catch(ignore);
    },
    release() {
      // A lock that is granted to a page at rest would be held for as long as the back button keeps it.
      holding.abort();
      letGo?.();
      try {
        if (unsaved.size) localStorage.setItem(name, JSON.stringify([...leftOver(), ...unsaved]));
        unsaved.clear();
      } catch {}
    },
    put(entry) {
      unsaved.add(entry);
      if (batch.push(entry) == 1) queueMicrotask(() => save().catch(ignore));
    },
    async remove(entries) {
      for (const entry of entries) unsaved.delete(entry);
      const kept = await rows();
      return Promise.all(entries.map(({ key }) => done(kept.delete(key))));
    },
    async clear() {
      batch = [];
      unsaved.clear();
      forget();
      return done((await rows()).clear());
    },
    adopt: () =>
      locks.request(name, { ifAvailable: true }, async (lock) => {
        if (!lock) return [];
        const alive = (await locks.query()).held!.map((held) => held.name);
        const kept = await rows();
        const found = new Map<string, Row>();
        for (const row of [...(await done<Row[]>(kept.getAll())), ...leftOver()]) found.set(row.key, row);
        const orphans = [...found.values()].filter(({ owner }) => !alive.includes(owner));
        // A page that ends before its transaction does hands them on.
        for (const entry of orphans) {
          entry.adopted = true;
          unsaved.add(entry);
        }
        write(kept, orphans);
        forget();
        return orphans;
      }),
  };
  open();
  store.hold();
  return store;
}
