import { read } from "./dom.js";
import type { Options } from "./options.js";
import { safely } from "./safely.js";

/**
 * An address as it leaves the browser: of anything but a web page the scheme alone (`mailto:`, `javascript:`), no name
 * and password, and of a fragment no values (tokens come in it: RFC 6749 section 4.2.2).
 */
export function address(text: string | null | undefined, filter?: Options["urlFilter"]): string | undefined {
  if (!text) return;
  try {
    const url = new URL(text, read<string>(Node, "baseURI"));
    if (!/^https?:/.test(url.protocol)) return url.protocol;
    url.username = url.password = "";
    if (url.hash) url.hash = url.hash.replace(/=[^&]*/g, "");
    return filter ? safely(filter, url.href) : url.href;
  } catch {}
}
