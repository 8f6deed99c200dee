/**
 * A property as the browser defines it. Markup may put an element of that name in front (DOM clobbering): `<form
 * name=title>` is `document.title`, `<input name=id>` its form's `id`.
 */
export const read = <T>(owner: { prototype: object }, name: string, node: object = document): T | undefined =>
  Object.getOwnPropertyDescriptor(owner.prototype, name)?.get?.call(node) as T | undefined;

export const attribute = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

export const matches = (element: Element, selector: string): boolean =>
  Element.prototype.matches.call(element, selector);

export const isHidden = (): boolean | undefined => read(Document, "hidden");

/** What people type or never see: no part of an element's text. */
const UNREAD =
  "input,textarea,select,script,style,noscript,[hidden],[role=textbox],[data-no-track]," +
  "[contenteditable]:not([contenteditable=false i])";
const LONGEST_TEXT = 256;
/** Nodes that are looked at: a click costs the same in a page of any size. */
const MOST_NODES = 300;

/** The text that people read in an element. */
export function textOf(element: Element): string {
  if (Element.prototype.closest.call(element, UNREAD)) return "";
  const filter = (node: Node): number => (node instanceof Element && matches(node, UNREAD) ? 2 : 1);
  // Elements and text, and of what is unread nothing inside.
  const walker = Document.prototype.createTreeWalker.call(document, element, 5, filter);
  let text = "";
  for (let nodes = 0; nodes < MOST_NODES && text.length < LONGEST_TEXT && walker.nextNode(); nodes++)
    if (walker.currentNode instanceof Text)
      text = (text + walker.currentNode.data.slice(0, 4 * LONGEST_TEXT)).replace(/\s+/g, " ");
  return text.slice(0, LONGEST_TEXT).trim();
}
