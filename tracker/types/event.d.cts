/** One event, as a client sends it. */
export interface ClickEvent {
    /** Identifier of the event, given by the client (UUID or ULID). The transform derives one where it is absent. (maxLength 64) */
    event_id?: string;
    /** What happened, in any script, such as `page_view` or `Order Completed`: no control characters, no blank first. (maxLength 128) */
    event_name: string;
    /** When it happened, on the client's clock. */
    client_time?: string;
    /** When the client sent the request, on the client's clock; used to correct client_time. */
    sent_at?: string;
    /** The application or site. (maxLength 128) */
    app_id?: string;
    /** Platform of the client, such as web, iOS, Android or server. (maxLength 64) */
    platform?: string;
    /** Version of the event's own definition, chosen by its author. (maxLength 32) */
    schema_version?: string;
    /** Pseudonymous identifier of the browser or device. (maxLength 128) */
    anonymous_id?: string;
    /** Identifier of the signed-in user. (maxLength 128) */
    user_id?: string;
    /** Identifier of the session. (maxLength 128) */
    session_id?: string;
    /** How many sessions this browser or device has had, this one included. (minimum 0) */
    session_number?: number;
    /** Address of the page. (maxLength 4096) */
    page_url?: string;
    /** Title of the page. (maxLength 2000) */
    page_title?: string;
    /** Address of the page that led here. (maxLength 4096) */
    page_referrer?: string;
    /** The id attribute of the element clicked. (maxLength 255) */
    element_id?: string;
    /** Tag name of the element clicked. (maxLength 64) */
    element_tag?: string;
    /** Text of the element clicked. (maxLength 256) */
    element_text?: string;
    /** Link target of the element clicked. (maxLength 4096) */
    element_href?: string;
    /** Class names of the element clicked. (maxItems 32) */
    element_classes?: string[];
    /** Horizontal position of the pointer in the page, in CSS pixels. (minimum 0, maximum 1000000) */
    pos_x?: number;
    /** Vertical position of the pointer in the page, in CSS pixels. (minimum 0, maximum 1000000) */
    pos_y?: number;
    /** How far down the page was scrolled, in percent. (minimum 0, maximum 100) */
    scroll_depth?: number;
    /** Width of the viewport, in CSS pixels. (minimum 0, maximum 32767) */
    viewport_width?: number;
    /** Height of the viewport, in CSS pixels. (minimum 0, maximum 32767) */
    viewport_height?: number;
    /** Width of the screen, in CSS pixels. (minimum 0, maximum 32767) */
    screen_width?: number;
    /** Height of the screen, in CSS pixels. (minimum 0, maximum 32767) */
    screen_height?: number;
    /** Language of the client, BCP 47. (maxLength 35) */
    language?: string;
    /** Time zone of the client, IANA name. (maxLength 64) */
    timezone?: string;
    /** Monetary or other value of the event. */
    value?: number;
    /** Currency of value, ISO 4217. (maxLength 3) */
    currency?: string;
    /** Everything else the client sent, as JSON text: its own members and the members that no column takes. */
    properties?: Record<string, unknown>;
}
