/** A random UUID; `crypto.randomUUID` exists on secure origins only. */
export declare const uuid: () => string;
