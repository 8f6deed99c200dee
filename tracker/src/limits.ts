// Written by `make tracker` from click.schema.json; change the schema instead.

/** Kind, least and most of each member. */
export const LIMITS: Record<string, [string, number | null, number | null]> = {
  event_id: ["string", null, 64],
  event_name: ["string", null, 128],
  client_time: ["string", null, null],
  sent_at: ["string", null, null],
  app_id: ["string", null, 128],
  platform: ["string", null, 64],
  schema_version: ["string", null, 32],
  anonymous_id: ["string", null, 128],
  user_id: ["string", null, 128],
  session_id: ["string", null, 128],
  session_number: ["number", 0, null],
  page_url: ["string", null, 4096],
  page_title: ["string", null, 2000],
  page_referrer: ["string", null, 4096],
  element_id: ["string", null, 255],
  element_tag: ["string", null, 64],
  element_text: ["string", null, 256],
  element_href: ["string", null, 4096],
  element_classes: ["array", null, 32],
  pos_x: ["number", 0, 1000000],
  pos_y: ["number", 0, 1000000],
  scroll_depth: ["number", 0, 100],
  viewport_width: ["number", 0, 32767],
  viewport_height: ["number", 0, 32767],
  screen_width: ["number", 0, 32767],
  screen_height: ["number", 0, 32767],
  language: ["string", null, 35],
  timezone: ["string", null, 64],
  value: ["number", null, null],
  currency: ["string", null, 3],
  properties: ["object", null, null],
};

export const EVENT_NAME = /^[^\u0000-\u0020\u007f-\u00a0\u2028\u2029][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
