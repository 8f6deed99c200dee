import type { ClickEvent } from "./event.js";
import { EVENT_NAME, LIMITS } from "./limits.js";

/** Say on the console what the pipeline would reject or move: by the same schema, and for the developer alone. */
export function check(event: ClickEvent): void {
  const say = (text: string): void => console.warn(`clickstream: ${event.event_name}: ${text}`);
  if (!EVENT_NAME.test(event.event_name)) say("event_name begins with a blank, or has a control character");
  for (const [name, value] of Object.entries(event)) {
    if (value == null) continue;
    if (!Object.hasOwn(LIMITS, name)) {
      say(`${name} is no column: the pipeline moves it to properties`);
      continue;
    }
    const [kind, least, most] = LIMITS[name]!;
    const is = Array.isArray(value) ? "array" : typeof value;
    const size = is == "number" ? value : value.length;
    if (is != kind) say(`${name} is ${is}, not ${kind}: the pipeline rejects the event`);
    else if ((least != null && size < least) || (most != null && size > most))
      say(`${name} is ${is == "number" ? size : `of length ${size}`}, beyond ${least ?? 0} to ${most}`);
  }
}
