import type { Options } from "./options";
import type { ClickEvent } from "./event";
export type Track = (name: string, fields?: Partial<ClickEvent>) => void;
/** `page_view` now and whenever the address changes, and `scroll` for the page that is left. */
export declare function watchPages(track: Track, options: Options): void;
/** `click`, or what `data-track` calls it, for what people click on; never what they type, nothing inside `data-no-track`. */
export declare function watchClicks(track: Track): void;
