import { address } from "./address.js";
import { isHidden, read } from "./dom.js";
import type { ClickEvent } from "./event.js";
import type { Options } from "./options.js";

export type Track = (name: string, fields?: Partial<ClickEvent>) => void;

/** How long a view of a new address waits for the router to write the page's title. */
const TITLE_MS = 500;

/**
 * `page_view` for each page that people see, now and whenever the path changes, and `scroll` for the page that is left.
 *
 * A page that is loaded behind (prerendered, or in a background tab) is viewed when it is shown, and one that the back
 * button brings back is viewed again.
 */
export function watchPages(track: Track, options: Options): void {
  if (!options.pageViews && !options.scroll) return;
  let url = "";
  let referrer = read<string>(Document, "referrer");
  let deepest = 0;
  /** The view whose title is not there yet. */
  let pending: Partial<ClickEvent> | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const counted = (href: string): string => {
    const { pathname, search, hash } = new URL(href);
    return pathname + (options.search ? search : "") + (options.hash ? hash : "");
  };
  const tell = (): void => {
    clearTimeout(timer);
    if (pending) track("page_view", pending);
    pending = undefined;
  };
  const left = (): void => {
    tell();
    if (options.scroll && deepest) track("scroll", { scroll_depth: deepest, page_url: address(url, options.urlFilter) });
    deepest = 0;
  };
  const view = (wait: number): void => {
    if (!options.pageViews) return;
    pending = {
      client_time: new Date().toISOString(),
      page_url: address(url, options.urlFilter),
      page_referrer: address(referrer, options.urlFilter),
    };
    if (wait) timer = setTimeout(tell, wait);
    else tell();
  };
  const look = (): void => {
    const { href } = location;
    if (!url || href == url) return;
    const moved = counted(href) != counted(url);
    if (moved) {
      left();
      referrer = url;
    }
    url = href;
    if (moved) view(TITLE_MS);
  };
  const begin = (): void => {
    if (url || isHidden()) return;
    url = location.href;
    view(0);
    const head = read<Node>(Document, "head");
    let title = read(Document, "title");
    if (head)
      new MutationObserver(() => {
        if (title != (title = read(Document, "title"))) tell();
      }).observe(head, { childList: true, subtree: true, characterData: true });
  };
  const { navigation } = self as { navigation?: Navigation };
  if (navigation) {
    navigation.addEventListener("currententrychange", look);
    // Before the page is left: what is told later may not be stored any more.
    navigation.addEventListener("navigate", ({ destination }) => {
      if (!destination.sameDocument || counted(destination.url) != counted(location.href)) left();
    });
  } else {
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = function (...given) {
        original.apply(this, given);
        look();
      };
    }
    addEventListener("popstate", look);
  }
  addEventListener(
    "scroll",
    ({ target }) => {
      const page = read<Element>(Document, "scrollingElement");
      const pane = target instanceof Element ? target : page;
      if (!pane) return;
      const seen = pane == page ? innerHeight : pane.clientHeight;
      // Panes smaller than half of the window are no page.
      if (seen * 2 < innerHeight) return;
      const depth = Math.round(((pane.scrollTop + seen) / pane.scrollHeight) * 100);
      deepest = Math.max(deepest, Math.min(100, depth));
    },
    true,
  );
  addEventListener("visibilitychange", () => (isHidden() ? left() : begin()));
  addEventListener("pagehide", left);
  addEventListener("pageshow", (shown) => shown.persisted && url && view(0));
  begin();
}
