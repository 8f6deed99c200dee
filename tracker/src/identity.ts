import { uuid } from "./uuid.js";

const VISITOR = "clickstream.visitor";
const SESSION = "clickstream.session";
/** A session ends after half an hour without an event, as analysts count it. */
const SESSION_MS = 18e5;

export interface Ids {
  anonymous_id: string;
  session_id: string;
  session_number: number;
}

/** Who visits, by identifiers of our own making, kept on the device if `persist` says so and the browser lets us. */
export class Identity {
  #memory: Record<string, string> = {};
  #persist: boolean;

  constructor(persist: boolean) {
    this.#persist = persist;
  }

  /** The identifiers of an event that happens now. */
  now(): Ids {
    const now = Date.now();
    let visitor = this.#read(VISITOR);
    if (!visitor) this.#write(VISITOR, (visitor = uuid()));
    let [id, sessions, last] = (this.#read(SESSION) || "").split(",");
    let session_number = +sessions || 0;
    if (!id || now - +last > SESSION_MS) {
      id = uuid();
      session_number++;
    }
    this.#write(SESSION, `${[id, session_number, now]}`);
    return { anonymous_id: visitor, session_id: id, session_number };
  }

  forget(): void {
    for (const name of [VISITOR, SESSION]) {
      delete this.#memory[name];
      try {
        localStorage.removeItem(name);
      } catch {}
    }
  }

  #read(name: string): string | null {
    try {
      return (this.#persist && localStorage.getItem(name)) || this.#memory[name];
    } catch {
      return this.#memory[name];
    }
  }

  // Browsers deny storage in private windows, third-party frames and full disks: memory serves until the page ends.
  #write(name: string, value: string): void {
    this.#memory[name] = value;
    try {
      if (this.#persist) localStorage.setItem(name, value);
    } catch {}
  }
}
