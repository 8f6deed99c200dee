import type { Options } from "./options.js";
import type { ClickEvent } from "./event.js";

export type Track = (name: string, fields?: Partial<ClickEvent>) => void;

/** `page_view` now and whenever the address changes, and `scroll` for the page that is left. */
export function watchPages(track: Track, options: Options): void {
  let url = "";
  let referrer = document.referrer;
  let deepest = 0;
  const left = (): void => {
    if (options.scroll && deepest) track("scroll", { scroll_depth: deepest, page_url: url });
    deepest = 0;
  };
  const look = (): void => {
    const page_url = location.href;
    if (page_url == url) return;
    if (url) {
      left();
      referrer = url;
    }
    url = page_url;
    if (options.pageViews) track("page_view", { page_referrer: referrer });
  };
  const { navigation } = self as { navigation?: Navigation };
  if (navigation) {
    navigation.addEventListener("currententrychange", look);
    // Before the page is left: what is told later may not be stored any more.
    navigation.addEventListener("navigate", left);
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
  addEventListener("scroll", () => {
    const page = document.documentElement;
    const depth = Math.round(((scrollY + innerHeight) / page.scrollHeight) * 100);
    deepest = Math.max(deepest, Math.min(100, depth));
  });
  document.addEventListener("visibilitychange", () => document.hidden && left());
  look();
}

/** `click`, or what `data-track` calls it, for what people click on; never what they type, nothing inside `data-no-track`. */
export function watchClicks(track: Track): void {
  addEventListener(
    "click",
    (happened) => {
      const element = (happened.target as Element).closest?.<HTMLElement>("a,button,[data-track],[type=submit]");
      if (!element || element.closest("[data-no-track]")) return;
      // A link in an SVG picture has an object here.
      const href = (element as HTMLAnchorElement).href as string | SVGAnimatedString | undefined;
      const link = (href as SVGAnimatedString)?.baseVal ?? href;
      track(element.dataset.track || "click", {
        element_id: element.id,
        element_tag: element.localName,
        element_text: element.textContent!.trim().slice(0, 256),
        element_href: link?.replace(/^(mailto|sms|tel):.*/i, "$1:"),
        element_classes: [...element.classList],
        pos_x: Math.round(happened.pageX),
        pos_y: Math.round(happened.pageY),
      });
    },
    true,
  );
}
