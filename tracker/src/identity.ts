import { read } from "./dom.js";
import { uuid } from "./uuid.js";

const VISITOR = "clickstream.visitor";
const SESSION = "clickstream.session";
export const OPTED_OUT = "clickstream.optout";
/** A session ends after half an hour without an event, as analysts count it. */
const SESSION_MS = 18e5;
/** 13 months, the longest that the French authority (CNIL) lets an audience measurement keep an identifier. */
const COOKIE_SECONDS = 34128e3;

export interface Ids {
  anonymous_id: string;
  session_id: string;
  session_number: number;
}

export interface Identity {
  /** The identifiers of an event that happens now. */
  now: () => Ids;
  /** Whether the visitor opted out, here or in another tab. */
  optedOut: () => boolean;
  /** Forget the visitor, and remember that instead. */
  forget: () => void;
  optIn: () => void;
}

/** Who visits, by identifiers of our own making, kept on the device if `persist` says so and the browser lets us. */
export function makeIdentity(persist: boolean, domain?: string): Identity {
  const memory: Record<string, string> = {};
  const load = (name: string): string | undefined => {
    try {
      if (persist) {
        const cookie = domain && read<string>(Document, "cookie")!.match(`(?:^|; )${name}=([^;]*)`)?.[1];
        return cookie || localStorage.getItem(name) || memory[name];
      }
    } catch {}
    return memory[name];
  };
  // Browsers deny storage in private windows, third-party frames and full disks: memory serves until the page ends.
  const keep = (name: string, value = ""): void => {
    memory[name] = value;
    try {
      if (!persist) return;
      if (domain) {
        const cookie = `${name}=${value};domain=${domain};path=/;samesite=lax;max-age=${value ? COOKIE_SECONDS : 0}`;
        Object.getOwnPropertyDescriptor(Document.prototype, "cookie")!.set!.call(document, cookie);
        // No event tells other tabs of a cookie. What was kept before there was a domain goes as well.
        if (value && name != OPTED_OUT) return;
      }
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {}
  };
  return {
    now() {
      const now = Date.now();
      const visitor = load(VISITOR) || uuid();
      let [id, sessions, last] = (load(SESSION) || "").split(",");
      let session_number = +sessions || 0;
      if (!id || now - +last > SESSION_MS) {
        id = uuid();
        session_number++;
      }
      keep(VISITOR, visitor);
      keep(SESSION, `${[id, session_number, now]}`);
      return { anonymous_id: visitor, session_id: id, session_number };
    },
    optedOut: () => !!load(OPTED_OUT),
    forget() {
      keep(VISITOR);
      keep(SESSION);
      keep(OPTED_OUT, "1");
    },
    optIn: () => keep(OPTED_OUT),
  };
}
