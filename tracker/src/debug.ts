import type { ClickEvent } from "./event.js";
import { LIMITS } from "./limits.js";

/** Say on the console what the pipeline would reject or move: by the same schema, and for the developer alone. */
export function check(event: ClickEvent): void {
  const say = (text: string): void => console.warn(`clickstream: ${event.event_name}: ${text}`);
  if (!/^[^\s\p{C}]([^\p{C}]*[^\p{C}\s])?$/u.test(event.event_name)) say("event_name has a control character, or a blank at an end");
  for (const [name, value] of Object.entries(event)) {
    const [, kind, least, most] = LIMITS.match(`(?:^|,)${name.replace(/\W/g, ".")} (\\w+) ?(\\S*?) ?([^ ,]*)(?=,|$)`) ?? [];
    if (value == null) continue;
    const is = Array.isArray(value) ? "array" : typeof value;
    if (!kind) say(`${name} is no column: the pipeline moves it to properties`);
    else if (is != kind) say(`${name} is ${is}, not ${kind}: the pipeline rejects the event`);
    else if (kind == "number" ? (least && value < +least) || (most && value > +most) : most && (value as string).length > +most)
      say(`${name} is ${kind == "number" ? value : `of length ${(value as string).length}`}, beyond ${least || 0} to ${most}`);
  }
}
