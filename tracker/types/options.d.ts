import type { ClickEvent } from "./event.js";
/** What becomes of events that will never be sent. */
export type DropReason = "refused" | "full" | "too_large";
export interface Options {
    /** Address of the pipeline's `POST /events`, stage included. */
    endpoint: string;
    /** Key of the API, where it asks for one (`ApiAuth.api_key()`); it is visible to every visitor. */
    apiKey?: string;
    /** Members that every event carries, such as `app_id`; an event's own win. */
    common?: Partial<ClickEvent>;
    /** A `page_view` at the start and for every change of the address; default true. */
    pageViews?: boolean;
    /** A `click` for links, buttons and elements with `data-track`; default true. */
    clicks?: boolean;
    /** A `scroll` with the deepest point that was seen, when a page is left; default true. */
    scroll?: boolean;
    /** Events in one request; default 20, at most 500. */
    batchSize?: number;
    /** Milliseconds that an event waits for company; default 2000. */
    linger?: number;
    /** Events that wait at most, in storage and in memory; default 1000. Beyond it the oldest are dropped. */
    capacity?: number;
    /** False keeps no identifier and no event on the device, in exchange for events lost with the page; default true. */
    persist?: boolean;
    /** False sends although the visitor's browser asks not to be tracked (GPC, DNT); default true. */
    respectSignals?: boolean;
    /** Told of events that will never be sent. */
    onDrop?: (events: ClickEvent[], reason: DropReason) => void;
}
