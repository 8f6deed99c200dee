import type { ClickEvent } from "./event.js";
import type { Options } from "./options.js";
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
export declare function createTracker(given: Options & {
    enabled?: boolean;
}): Tracker;
