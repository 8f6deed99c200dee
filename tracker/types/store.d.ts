import type { ClickEvent } from "./event";
/** The store is a second chance: a browser that denies it, or fills up, leaves the first one as it is. */
export declare const ignore: () => void;
/**
 * Unacknowledged events, in IndexedDB, so that they outlive the page. Each page holds a Web Lock for as long as it lives;
 * events whose owner holds none belong to a page that is gone, and `adopt` hands them to exactly one living page.
 */
export declare class Store {
    #private;
    constructor(name: string);
    /** Be a living page, until `release` or until the browser ends the page, however it does that. */
    hold(): void;
    /** Leave the events to others: browsers keep no page for the back button that holds a lock. */
    release(): void;
    put(event: ClickEvent): Promise<void>;
    remove(events: ClickEvent[]): Promise<void>;
    clear(): Promise<void>;
    /** Events of pages that are gone, which are this page's from now on. */
    adopt(): Promise<ClickEvent[]>;
}
