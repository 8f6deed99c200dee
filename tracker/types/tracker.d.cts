import { type Tracker } from "./core.cjs";
import type { Options } from "./options.cjs";
export type { ClickEvent, DropReason, Options, Tracker } from "./core.cjs";
/** Begin to track this page: what the site tells, and page views, clicks and scrolls by themselves. */
export declare const createTracker: (given: Options & {
    enabled?: boolean;
}) => Tracker;
