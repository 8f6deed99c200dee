import { read } from "./dom.js";
import { createTracker, type Tracker } from "./tracker.js";

/** What `<script src="/s/site.js" data-endpoint="…">` runs: a tracker by the attributes of its own tag. */
const { endpoint, apiKey, appId, enabled } = read<HTMLScriptElement>(Document, "currentScript")?.dataset ?? {};

interface Clickstream {
  createTracker?: typeof createTracker;
  tracker?: Tracker;
  /** Calls of the stub, for a page that did not wait for this file. */
  q?: [keyof Tracker, unknown[]][];
}

const page = self as { clickstream?: Clickstream };
const before = page.clickstream;

// The tag stands twice where a template and a tag manager both bring it: the first one tracks.
if (!before?.createTracker || (endpoint && !before.tracker)) {
  /** `clickstream.tracker` is there where the tag names an endpoint; `clickstream.createTracker` is for pages that want more. */
  const tracker = endpoint
    ? createTracker({ endpoint, apiKey, common: appId ? { app_id: appId } : {}, enabled: enabled != "false" })
    : undefined;
  page.clickstream = { createTracker, tracker };
  if (tracker)
    for (const [name, given] of before?.q ?? []) (tracker[name] as (...given: unknown[]) => void)?.(...given);
}
