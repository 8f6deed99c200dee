import { type Tracker } from "./core.js";
import type { Options } from "./options.js";
export type { ClickEvent, DropReason, Options, Tracker } from "./core.js";
/** Begin to track this page: what the site tells, and page views, clicks and scrolls by themselves. */
export declare const createTracker: (given: Options & {
    enabled?: boolean;
}) => Tracker;
