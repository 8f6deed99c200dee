export interface Ids {
    anonymous_id: string;
    session_id: string;
    session_number: number;
}
/** Who visits, by identifiers of our own making, kept on the device if `persist` says so and the browser lets us. */
export declare class Identity {
    #private;
    constructor(persist: boolean);
    /** The identifiers of an event that happens now. */
    now(): Ids;
    forget(): void;
}
