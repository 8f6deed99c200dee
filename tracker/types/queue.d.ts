import type { ClickEvent } from "./event";
import type { Options } from "./options";
/** Events on their way: in memory to be sent, in the store until they are acknowledged. At least once, never silent. */
export declare class Queue {
    #private;
    constructor(options: Options);
    /** Send when the page is left and when the network is back. Later listeners come too late for a page that ends. */
    listen(): void;
    put(event: ClickEvent): void;
    /** Send what waits; settled when all of it is acknowledged, or when the endpoint wants to be left alone for now. */
    flush(): Promise<void>;
    clear(): void;
}
