import type { ClickEvent } from "./event.js";
/** What becomes of events that will never be sent: `invalid` ones cannot be written as JSON. */
export type DropReason = "refused" | "full" | "too_large" | "invalid";
export interface Options {
    /** Address of the pipeline's `POST /events`, stage included. */
    endpoint: string;
    /** Key of the API, where it asks for one (`ApiAuth.api_key()`); it is visible to every visitor. */
    apiKey?: string;
    /** Members that every event carries, such as `app_id`; an event's own win. */
    common?: Partial<ClickEvent>;
    /** A `page_view` for each page that is seen, at the start and for every change of the path; default true. */
    pageViews?: boolean;
    /** A change of the query is a `page_view`, too; default false. */
    search?: boolean;
    /** A change of the fragment is a `page_view`, too; default false. */
    hash?: boolean;
    /** `click`, `file_download` and `form_submit`, and elements with `data-track`; default true. */
    clicks?: boolean;
    /** A `scroll` with the deepest point that was seen, when a page is left; default true. */
    scroll?: boolean;
    /** Rewrites each address before it is sent: of pages, referrers and links. */
    urlFilter?: (url: string) => string;
    /** Sees each event before it is kept or sent, and returns it, changed if need be; anything else drops it. */
    beforeSend?: (event: ClickEvent) => ClickEvent | null | undefined | void;
    /** Events in one request; default 20, at most 500. */
    batchSize?: number;
    /** Milliseconds that an event waits for company; default 30,000, and 500 with `debug`. */
    linger?: number;
    /** Events that wait at most, in storage and in memory; default 1000. Beyond it the oldest are dropped. */
    capacity?: number;
    /** False keeps no identifier and no event on the device, in exchange for events lost with the page; default true. */
    persist?: boolean;
    /** Keeps the visitor in a first-party cookie of this domain, so that subdomains share it; default none. */
    cookieDomain?: string;
    /** False sends although the visitor's browser asks not to be tracked (GPC, DNT); default true. */
    respectSignals?: boolean;
    /** Says on the console what the pipeline would reject, and sends at once; default true on localhost. */
    debug?: boolean;
    /** Told of events that will never be sent. */
    onDrop?: (events: ClickEvent[], reason: DropReason) => void;
}
