import type { ClickEvent } from "./event";
/**
 * Unacknowledged events, in IndexedDB, so that they outlive the page. Each page holds a Web Lock for as long as it lives;
 * events whose owner holds none belong to a page that is gone, and `adopt` hands them to exactly one living page.
 */
export declare class Store {
    #private;
    constructor(name: string);
    put(event: ClickEvent): Promise<void>;
    remove(events: ClickEvent[]): Promise<void>;
    clear(): Promise<void>;
    /** Events of pages that are gone, which are this page's from now on. */
    adopt(): Promise<ClickEvent[]>;
}
