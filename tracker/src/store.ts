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
interface Row {
  owner: string;
  text: string;
  sent?: boolean;
}

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
  const save = async (): Promise<void> => {
    const entries = batch;
    batch = [];
    const kept = await rows();
    for (const { key, ...row } of entries) kept.put({ ...row, owner } satisfies Row, key);
    kept.transaction.oncomplete = () => entries.forEach((entry) => unsaved.delete(entry));
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
      localStorage.removeItem(name);
      return done((await rows()).clear());
    },
    adopt: () =>
      locks.request(name, { ifAvailable: true }, async (lock) => {
        const orphans: Entry[] = [];
        if (!lock) return orphans;
        const alive = (await locks.query()).held!.map((held) => held.name);
        const kept = await rows();
        const [keys, all] = await Promise.all([done(kept.getAllKeys()), done<Row[]>(kept.getAll())]);
        const lost = new Map(keys.map((key, place) => [key as string, all[place]]));
        try {
          for (const { key, ...row } of leftOver()) lost.set(key, { ...row, owner: "" });
          localStorage.removeItem(name);
        } catch {}
        for (const [key, row] of lost)
          if (!alive.includes(row.owner)) {
            kept.put({ ...row, owner }, key);
            orphans.push({ ...row, key, adopted: true });
          }
        return orphans;
      }),
  };
  open();
  store.hold();
  return store;
}
