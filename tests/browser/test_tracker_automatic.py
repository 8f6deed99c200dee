"""What the tracker tells by itself: the table of the guide, a test a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.browser import Chromium
from support.tracker_site import Collector, Site, put, wait_until_stored

pytestmark = pytest.mark.browser

SHADOW = """<my-box id=x></my-box><script>customElements.define("my-box", class extends HTMLElement {
  constructor() { super(); this.attachShadow({mode: "open"}).innerHTML = "<button data-track=buy>Buy</button>"; }
});</script>"""


def dispatch(selector: str, kind: str = "click", more: str = "") -> str:
    event = f"new MouseEvent('{kind}', {{bubbles: true, cancelable: true, composed: true, {more}}})"
    return f"(document.querySelector('#x').shadowRoot ?? document).querySelector('{selector}').dispatchEvent({event})"


@pytest.mark.parametrize(
    ("body", "selector", "name", "text"),
    [
        ("<a id=x href='/two'>Two <b>words</b></a>", "b", "click", "Two words"),
        ("<button id=x>\n  Buy\n now </button>", "#x", "click", "Buy now"),
        ("<div id=x role=button>Roll</div>", "#x", "click", "Roll"),
        ("<details><summary id=x>More</summary></details>", "#x", "click", "More"),
        ("<map name=m><area id=x href='/two' shape=default></map>", "#x", "click", ""),
        ("<input id=x type=button value=typed>", "#x", "click", ""),
        ("<input id=x type=submit value=typed>", "#x", "click", ""),
        ("<b id=x data-track=add_to_cart>Add</b>", "#x", "add_to_cart", "Add"),
        ("<a id=x href='/price.pdf'>List</a>", "#x", "file_download", "List"),
        ("<a id=x href='/price' download>List</a>", "#x", "file_download", "List"),
        (SHADOW, "button", "buy", "Buy"),
        # What people type or never see is no text of an element.
        ("<div id=x contenteditable data-track=note>typed</div>", "#x", "note", ""),
        ("<div contenteditable><b id=x data-track=note>typed</b></div>", "#x", "note", ""),
        ("<textarea id=x data-track=note>typed</textarea>", "#x", "note", ""),
        ("<button id=x>go<textarea>typed</textarea></button>", "textarea", "click", "go"),
        ("<button id=x>go<select><option>typed</select></button>", "select", "click", "go"),
        ("<button id=x>go<i hidden>typed</i><script>typed</script></button>", "#x", "click", "go"),
        ("<button id=x>go<i data-no-track>typed</i></button>", "#x", "click", "go"),
        ("<button id=x>go<i role=textbox>typed</i></button>", "#x", "click", "go"),
    ],
)
def test_a_click(
    browser: Chromium, collector: Collector, site: Callable[..., Site], body: str, selector: str, name: str, text: str
) -> None:
    page = browser.open(site("pageViews: false", body=body).origin)
    page.evaluate("void addEventListener('click', (event) => event.preventDefault())")
    page.evaluate(dispatch(selector))
    [event] = collector.wait_for(1)
    assert (event["event_name"], event["element_text"]) == (name, text)
    assert b"typed" not in collector.requests[0].body


@pytest.mark.parametrize(
    "body",
    [
        "<p id=x>words</p>",
        "<input id=x value=typed>",
        "<textarea id=x>typed</textarea>",
        "<div data-no-track><button id=x>Quiet</button></div>",
        f"<div data-no-track>{SHADOW}</div>",
    ],
)
def test_no_click(browser: Chromium, collector: Collector, site: Callable[..., Site], body: str) -> None:
    page = browser.open(site("pageViews: false", body=body).origin)
    page.evaluate(dispatch("button" if "my-box" in body else "#x"))
    put(page, 1)
    assert [event["event_name"] for event in collector.wait_for(1)] == ["step"]


def test_a_middle_click_is_told_of_a_link_alone(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false", body="<a id=x href='/two'>Two</a><button id=y>B</button>").origin)
    for selector, button in (("#y", 1), ("#x", 2), ("#x", 1)):
        page.evaluate(dispatch(selector, "auxclick", f"button: {button}"))
    put(page, 1)
    click, _ = collector.wait_for(2)
    assert click["element_href"].endswith("/two")


def test_a_form_that_is_sent_tells_its_names(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    body = (
        "<form id=signup name=newsletter action='/join?token=typed#a=typed' onsubmit='return false'>"
        "<input name=mail value=typed><button id=x>Join</button></form>"
    )
    page = browser.open(site("pageViews: false", body=body).origin)
    page.click("#x")
    click, sent = collector.wait_for(2)
    assert (click["event_name"], sent["event_name"]) == ("click", "form_submit")
    assert (sent["element_id"], sent["properties"]) == ("signup", {"form_name": "newsletter"})
    assert "mail" not in str(sent)


@pytest.mark.parametrize(
    ("href", "told"),
    [
        ("mailto:jane@shop.example?subject=Order", "mailto:"),
        ("javascript:void('s3cr3t')", "javascript:"),
        ("data:text/plain,s3cr3t", "data:"),
        ("myapp://open?token=s3cr3t", "myapp:"),
        ("https://user:s3cr3t@shop.example/a", "https://shop.example/a"),
        ("https://shop.example/a#access_token=s3cr3t&state=s3cr3t", "https://shop.example/a#access_token&state"),
        ("https://shop.example/a#top", "https://shop.example/a#top"),
        ("http://[s3cr3t", None),
    ],
)
def test_a_link_leaves_without_its_secrets(
    browser: Chromium, collector: Collector, site: Callable[..., Site], href: str, told: str | None
) -> None:
    page = browser.open(site("pageViews: false", body=f'<a id=x href="{href}">a</a>').origin)
    page.evaluate("void addEventListener('click', (event) => event.preventDefault())")
    page.evaluate(dispatch("#x"))
    [event] = collector.wait_for(1)
    assert event.get("element_href") == told
    assert b"s3cr3t" not in collector.requests[0].body


def test_a_token_in_the_page_s_fragment_does_not_leave(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site().origin + "/#id_token=s3cr3t&state=s3cr3t")
    collector.wait_for(1, "page_view")
    page.evaluate("history.pushState({}, '', '/two'); ")
    collector.wait_for(2, "page_view")
    assert b"s3cr3t" not in b"".join(request.body for request in collector.requests)


def test_addresses_leave_as_the_site_s_filter_writes_them(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(
        site("urlFilter: (url) => url.split('?')[0]", body="<a id=x href='/a?b=1'>a</a>").origin + "/?c=2"
    )
    page.evaluate("history.pushState({}, '', '/two?d=3')")
    page.click("#x")
    events = collector.wait_for(3, "page_view", "click")
    assert not [value for event in events for value in event.values() if "?" in str(value)]


@pytest.mark.parametrize(
    ("options", "count"), [("", 2), ("search: true", 3), ("hash: true", 3), ("search: true, hash: true", 4)]
)
def test_a_change_of_the_path_is_a_view_and_others_where_they_are_asked_for(
    browser: Chromium, collector: Collector, site: Callable[..., Site], options: str, count: int
) -> None:
    page = browser.open(site(options).origin + "/one")
    for address in ("/one?a=1", "/one?a=1#b", "/two?a=1#b"):
        page.evaluate(f"history.pushState({{}}, '', '{address}')")
    put(page, 1)
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 700))")
    collector.wait_for(1, "step")
    assert len(collector.wait_for(count, "page_view")) == count


def test_a_view_has_the_title_that_the_router_writes_after_the_address(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site().origin + "/list")
    page.evaluate("history.pushState({}, '', '/detail'); setTimeout(() => { document.title = 'Detail'; }, 30)")
    titles = [view["page_title"] for view in collector.wait_for(2, "page_view")]
    assert titles == ["Shop", "Detail"]


def test_a_page_in_a_background_tab_is_viewed_when_it_is_shown(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    hide = "let hidden = true; Object.defineProperty(Document.prototype, 'hidden', {get: () => hidden});"
    page = browser.open(site(before=hide).origin)
    put(page, 1)
    assert [event["event_name"] for event in collector.wait_for(1)] == ["step"]
    page.evaluate("hidden = false; void dispatchEvent(new Event('visibilitychange'))")
    collector.wait_for(1, "page_view")


def test_a_prerendered_page_is_viewed_when_it_is_shown(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    rules = '<script type=speculationrules>{"prerender": [{"source": "list", "urls": ["/next"]}]}</script>'
    page = browser.open(site(body=rules + "<a id=go href='/next'>next</a>").origin + "/one")
    collector.wait_for(1, "page_view")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 1000))")
    assert len(collector.taken("page_view")) == 1
    page.evaluate("void (location.href = '/next')")
    assert collector.wait_for(2, "page_view")[1]["page_url"].endswith("/next")


def test_a_page_that_the_back_button_brings_back_is_viewed_again(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site().origin + "/one")
    page.evaluate("void (window.mark = 1)")
    collector.wait_for(1)
    wait_until_stored(page, 0)
    # A page that leaves while it still looks for what others left behind is not kept.
    page.evaluate(f"navigator.locks.request('clickstream {collector.events_url}', () => {{}})")
    page.evaluate("void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    collector.wait_for(2, "page_view")
    page.evaluate("void history.back()")
    page.wait_until("location.pathname == '/one' && document.readyState == 'complete'")
    why = "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    assert page.evaluate("window.mark") == 1, page.evaluate(why)
    views = [view["page_url"].rpartition("/")[2] for view in collector.wait_for(3, "page_view")]
    assert views == ["one", "two", "one"]


def test_a_place_in_the_page_is_no_end_of_its_scroll(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    body = "<a id=x href='#down'>Down</a><div style='height:400vh'></div>"
    page = browser.open(site("pageViews: false, clicks: false", body=body).origin)
    page.evaluate("new Promise((resolve) => { onscroll = () => resolve(); scrollTo(0, 10); })")
    page.click("#x")
    put(page, 1)
    assert [event["event_name"] for event in collector.wait_for(1)] == ["step"]
    page.evaluate("void (location.href = '/two')")
    assert len(collector.wait_for(1, "scroll")) == 1


def test_the_depth_of_a_pane_that_scrolls_instead_of_the_page(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    body = "<div id=x style='height:100vh;overflow:auto'><div style='height:400vh'></div></div>"
    page = browser.open(site("pageViews: false", body=body).origin)
    page.evaluate("var pane = document.querySelector('#x')")
    page.evaluate("new Promise((resolve) => { pane.onscroll = resolve; pane.scrollTo(0, innerHeight); })")
    page.evaluate("void (location.href = 'about:blank')")
    [event] = collector.wait_for(1, "scroll")
    assert event["scroll_depth"] == 50
