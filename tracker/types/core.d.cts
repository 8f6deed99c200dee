import type { ClickEvent } from "./event.cjs";
import type { Options } from "./options.cjs";
export type { ClickEvent, Options };
export type { DropReason } from "./options.cjs";
export interface Tracker {
    /**
     * Send an event; `fields` win over what the tracker fills in. Members that the schema lacks go under `properties`.
     * An `urgent` event is sent at once, with all that waits.
     */
    track: (name: string, fields?: Partial<ClickEvent>, how?: {
        urgent?: boolean;
    }) => void;
    /** The signed-in user from here on; null when signed out. */
    identify: (user: string | number | null) => void;
    /** Send what waits now, for example before a page leaves by a route that the browser does not tell. */
    flush: () => Promise<void>;
    /** Send from here on, for example after consent; takes a `disable()` back. */
    enable: () => void;
    /** Send nothing from here on, in all tabs and on later visits, and forget identifiers and waiting events on this device. */
    disable: () => void;
}
export type Watch = (track: Tracker["track"], options: Options) => void;
/**
 * Track the events that the site tells, without views and clicks (`watch`) that nobody told. `enabled: false` waits for
 * `enable()`: until then nothing is sent, stored or identified.
 */
export declare function createTracker(given: Options & {
    enabled?: boolean;
}, ...watch: Watch[]): Tracker;
