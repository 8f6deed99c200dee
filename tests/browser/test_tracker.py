"""The browser tracker in a real Chromium: what it sends, and what it keeps to itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import closing

import pytest

from support.browser import Chromium
from support.running_pipeline import Pipeline
from support.tracker_site import Collector, Site, put, wait_until_stored

pytestmark = pytest.mark.browser


def test_a_script_tag_is_all_it_takes(browser: Chromium, collector: Collector) -> None:
    with closing(Site(tag=f'data-endpoint="{collector.events_url}" data-app-id="shop"')) as site:
        browser.open(site.origin + "/tea?utm_source=mail")
        [view] = collector.wait_for(1)
    assert view["event_name"] == "page_view"
    assert view["app_id"] == "shop"
    assert view["page_url"] == site.origin + "/tea?utm_source=mail"
    assert view["page_title"] == "Shop"
    assert len(view["event_id"]) == 36
    assert view["viewport_width"] > 0
    assert view["sent_at"] >= view["client_time"]
    assert collector.requests[0].headers["Content-Type"] == "text/plain"


def test_clicks_are_told_without_what_people_type(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    body = (
        '<button id=buy class="big red" data-track=add_to_cart><b> Buy </b></button><a href="#cup">Cup</a>'
        "<p id=text>words</p><div data-no-track><button id=quiet>Quiet</button></div>"
        '<form onsubmit="return false"><input id=secret type=submit value=hunter2></form>'
    )
    page = browser.open(site(body=body).origin)
    for selector in ("#buy b", "a", "#text", "#quiet", "#secret"):
        page.click(selector)
    page.evaluate("tracker.flush()")
    events = collector.wait_for(3, "add_to_cart", "click")
    bought, link, submit = events
    assert (bought["element_id"], bought["element_tag"], bought["element_text"]) == ("buy", "button", "Buy")
    assert bought["element_classes"] == ["big", "red"]
    assert link["element_href"].endswith("/#cup")
    assert submit["element_id"] == "secret"
    assert b"hunter2" not in b"".join(request.body for request in collector.requests)


def test_links_in_pictures_and_to_people(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    body = (
        '<svg width=9 height=9><a href="/map"><rect width=9 height=9 /></a></svg>'
        '<a id=mail href="mailto:jane@shop.example?subject=Order">Write</a><a id=call href="TEL:+4912345">Call</a>'
    )
    page = browser.open(site("pageViews: false", body=body).origin)
    page.evaluate("document.body.onclick = (event) => event.preventDefault()")
    for selector in ("rect", "#mail", "#call"):
        click = "new MouseEvent('click', {bubbles: true, cancelable: true})"
        page.evaluate(f"document.querySelector('{selector}').dispatchEvent({click})")
    links = [event["element_href"] for event in collector.wait_for(3)]
    assert links == [page.evaluate("location.origin") + "/map", "mailto:", "tel:"]


@pytest.mark.parametrize("before", ["", "Object.defineProperty(self, 'navigation', {value: undefined});"])
def test_a_change_of_address_is_a_page_view_and_ends_the_scroll_of_the_one_before(
    browser: Chromium, collector: Collector, site: Callable[..., Site], before: str
) -> None:
    """Without the Navigation API, too."""
    page = browser.open(site(body="<div style='height:4000px'></div>", before=before).origin + "/one")
    page.evaluate("new Promise((resolve) => { onscroll = () => resolve(); scrollTo(0, 1000); })")
    page.evaluate("history.pushState({}, '', '/two'); history.replaceState({}, '', '/two')")
    _, second = collector.wait_for(2, "page_view")
    assert second["page_url"].endswith("/two")
    assert second["page_referrer"].endswith("/one")
    [scroll] = collector.wait_for(1, "scroll")
    assert scroll["page_url"].endswith("/one")
    assert 25 <= scroll["scroll_depth"] < 60


@pytest.mark.parametrize("before", ["", "Object.defineProperty(self, 'navigation', {value: undefined});"])
def test_going_to_a_place_in_the_page_and_back_are_page_views_where_that_is_asked_for(
    browser: Chromium, collector: Collector, site: Callable[..., Site], before: str
) -> None:
    body = "<a id=down href='#down'>Down</a>"
    page = browser.open(site("hash: true", body=body, before=before).origin + "/one")
    page.click("#down")
    page.evaluate("new Promise((resolve) => { onpopstate = resolve; history.back(); })")
    views = [event["page_url"].rpartition("/")[2] for event in collector.wait_for(3, "page_view")]
    assert views == ["one", "one#down", "one"]


def test_a_router_that_takes_navigations_over_has_its_page_views(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site().origin + "/one")
    page.evaluate("void navigation.addEventListener('navigate', (asked) => asked.intercept())")
    page.evaluate("void (location.href = '/two')")
    _, second = collector.wait_for(2, "page_view")
    assert second["page_url"].endswith("/two")
    assert second["page_referrer"].endswith("/one")


def test_an_identifier_needs_no_secure_origin(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false", before="crypto.randomUUID = undefined;").origin)
    put(page, 2)
    ids = {event["event_id"] for event in collector.wait_for(2)}
    assert len(ids) == 2
    assert all(uuid.UUID(one).version == 4 for one in ids)


def test_a_key_is_sent_where_there_is_one(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    browser.open(site("apiKey: 'the-key'").origin)
    collector.wait_for(1)
    headers = collector.requests[0].headers
    assert (headers["x-api-key"], headers["Content-Type"]) == ("the-key", "application/json")


KEPT = """(async () => JSON.stringify([Object.keys(localStorage), (await indexedDB.databases()).length,
  document.cookie]))()"""


@pytest.mark.parametrize(
    ("signal", "value"), [("globalPrivacyControl", "true"), ("doNotTrack", "'1'"), ("doNotTrack", "'yes'")]
)
def test_a_browser_that_asks_not_to_be_tracked_is_not(
    browser: Chromium, collector: Collector, site: Callable[..., Site], signal: str, value: str
) -> None:
    before = f"Object.defineProperty(navigator, '{signal}', {{get: () => {value}}})"
    page = browser.open(site(before=before).origin)
    put(page, 1)
    page.evaluate("tracker.enable(); tracker.flush()")
    assert collector.requests == []
    assert json.loads(page.evaluate(KEPT)) == [[], 0, ""]
    browser.open(site("respectSignals: false", before=before).origin)
    collector.wait_for(1)


def test_nothing_is_kept_or_sent_before_consent_and_nothing_is_left_after_it_is_withdrawn(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("enabled: false, linger: 600000").origin)
    put(page, 1)
    page.evaluate("tracker.flush()")
    assert json.loads(page.evaluate(KEPT)) == [[], 0, ""]
    page.evaluate("tracker.enable()")
    wait_until_stored(page, 1)
    page.evaluate("tracker.disable()")
    wait_until_stored(page, 0)
    put(page, 1)
    page.evaluate("tracker.flush()")
    assert json.loads(page.evaluate(KEPT))[0] == ["clickstream.optout"]
    assert collector.requests == []


def test_without_persistence_nothing_is_kept_on_the_device(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("persist: false").origin)
    [view] = collector.wait_for(1)
    assert view["anonymous_id"]
    assert json.loads(page.evaluate(KEPT)) == [[], 0, ""]


def test_a_visitor_stays_and_a_session_ends_after_half_an_hour(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    shop = site()
    page = browser.open(shop.origin)
    browser.open(shop.origin)
    first, second = collector.wait_for(2)
    assert first["anonymous_id"] == second["anonymous_id"]
    assert (first["session_id"], first["session_number"]) == (second["session_id"], 1)
    half_an_hour_ago = """{
      const [id, number, last] = localStorage["clickstream.session"].split(",");
      localStorage["clickstream.session"] = [id, number, last - 1800001];
    }"""
    page.evaluate(half_an_hour_ago + " tracker.track('back')")
    [back] = collector.wait_for(1, "back")
    assert back["anonymous_id"] == first["anonymous_id"]
    assert back["session_id"] != first["session_id"]
    assert back["session_number"] == 2


def test_a_signed_in_user_is_named_until_he_signs_out(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false").origin)
    page.evaluate("tracker.identify('u-7'); tracker.track('in'); tracker.identify(null); tracker.track('out')")
    inside, outside = collector.wait_for(2)
    assert inside["user_id"] == "u-7"
    assert "user_id" not in outside


def test_what_it_sends_are_rows_without_a_doubt(browser: Chromium, pipeline: Pipeline) -> None:
    tag = f'data-endpoint="{pipeline.stage_url}/events" data-app-id="shop"'
    with closing(Site(tag=tag, body="<button id=buy data-track=add_to_cart>Buy</button>")) as site:
        page = browser.open(site.origin + "/tea?utm_source=mail")
        page.click("#buy")
        page.evaluate(
            "clickstream.tracker.track('purchase', {value: 9.5, currency: 'EUR', properties: {order: 'A-1'}})"
        )
        page.evaluate("clickstream.tracker.flush()")
    pipeline.flush()
    rows = {row["event_name"]: row for row in pipeline.rows()}
    assert set(rows) == {"page_view", "add_to_cart", "purchase"}
    assert [row["enrich_flags"] for row in rows.values()] == [None, None, None]
    assert pipeline.failed() == []
    assert rows["page_view"]["utm_source"] == "mail"
    assert rows["add_to_cart"]["element_id"] == "buy"
    assert (rows["purchase"]["value"], json.loads(rows["purchase"]["properties"])) == (9.5, {"order": "A-1"})
    assert len({row["session_id"] for row in rows.values()}) == 1
