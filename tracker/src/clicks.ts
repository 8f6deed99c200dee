import { address } from "./address.js";
import { attribute, matches, read, textOf } from "./dom.js";
import type { Options } from "./options.js";
import type { Track } from "./pages.js";

const LINKS = "a,area";
const CLICKED = `${LINKS},button,summary,[role=button],[role=link],[type=button],[type=submit],[type=image],[data-track]`;
/** What the enhanced measurement of Google Analytics calls a download. */
const DOWNLOAD =
  /\.(pdf|xlsx?|docx?|txt|rtf|csv|exe|key|pp(s|t|tx)|7z|pkg|rar|gz|zip|avi|mov|mp4|mpe?g|wmv|midi?|mp3|wav|wma)$/i;

/** What happened on the way of an event, shadow trees included; nothing for what lies inside `data-no-track`. */
const path = (happened: Event): Element[] => {
  const elements = happened.composedPath().filter((one) => one instanceof Element);
  return elements.some((one) => matches(one, "[data-no-track]")) ? [] : elements;
};

/** `click`, `file_download` and `form_submit`, or what `data-track` calls them, never what people type. */
export function watchClicks(track: Track, options: Options): void {
  if (!options.clicks) return;
  const tell = (element: Element, name: string, link: string | null, more: object): void =>
    track(attribute(element, "data-track") || name, {
      element_id: attribute(element, "id") || undefined,
      element_tag: read<string>(Element, "localName", element),
      element_href: address(link, options.urlFilter),
      element_classes: attribute(element, "class")?.match(/\S+/g)?.slice(0, 32),
      ...more,
    });
  const clicked = (happened: MouseEvent): void => {
    const element = path(happened).find((one) => matches(one, CLICKED));
    const isLink = element && matches(element, LINKS);
    // Other buttons than the middle one, and that but on links, do nothing to the page.
    if (!element || (happened.type == "auxclick" && (happened.button != 1 || !isLink))) return;
    const link = isLink ? (attribute(element, "href") ?? attribute(element, "xlink:href")) : null;
    const file = link != null && (attribute(element, "download") != null || DOWNLOAD.test(link.split(/[?#]/)[0]));
    tell(element, file ? "file_download" : "click", link, {
      element_text: textOf(element),
      pos_x: Math.max(0, Math.round(happened.pageX)),
      pos_y: Math.max(0, Math.round(happened.pageY)),
    });
  };
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  addEventListener(
    "submit",
    (happened) => {
      const [form] = path(happened);
      const form_name = form && attribute(form, "name");
      if (form)
        tell(form, "form_submit", attribute(form, "action"), form_name ? { properties: { form_name } } : {});
    },
    true,
  );
}
