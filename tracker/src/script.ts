import { createTracker } from "./tracker.js";

/** What `<script src="clickstream.js" data-endpoint="…">` runs: a tracker by the attributes of its own tag. */
const { endpoint, apiKey, appId, enabled } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};

/** `clickstream.tracker` is there where the tag names an endpoint; `clickstream.createTracker` is for pages that want more. */
const clickstream = {
  createTracker,
  tracker: endpoint
    ? createTracker({ endpoint, apiKey, common: appId ? { app_id: appId } : {}, enabled: enabled != "false" })
    : undefined,
};

Object.assign(self, { clickstream });
