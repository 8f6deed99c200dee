import { watchClicks } from "./clicks.js";
import { createTracker as createCore, type Tracker } from "./core.js";
import type { Options } from "./options.js";
import { watchPages } from "./pages.js";

export type { ClickEvent, DropReason, Options, Tracker } from "./core.js";

/** Begin to track this page: what the site tells, and page views, clicks and scrolls by themselves. */
export const createTracker = (given: Options & { enabled?: boolean }): Tracker =>
  createCore({ pageViews: true, clicks: true, scroll: true, ...given }, watchPages, watchClicks);
