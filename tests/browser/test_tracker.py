"""The browser tracker in a real Chromium: what it sends, and what becomes of events when things fail.

Peers lose events when the page ends, when the endpoint throttles, or when one event of a batch is bad (producers.md
section 1d; transforms.md section 6, items 9 and 15): each of these is a test here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from browser_kit import Chromium, Page, chromium
from pipeline_kit import Pipeline
from tracker_kit import TAKEN, Collector, Reply, Site, ids

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pipeline")]

THROTTLED: Reply = (503, {"Retry-After": "1"})


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with chromium(tmp_path / "profile") as running:
        yield running


@pytest.fixture
def collector() -> Iterator[Collector]:
    with closing(Collector()) as running:
        yield running


@pytest.fixture
def site(browser: Chromium, collector: Collector) -> Iterator[Callable[..., Site]]:
    """Makes a site whose page creates `tracker` with the options given, `linger` short."""
    sites: list[Site] = []

    def make(options: str = "", *, body: str = "", before: str = "") -> Site:
        create = f'{{endpoint: "{collector.endpoint}", linger: 20, {options}}}'
        script = f"window.dropped = []; var tracker = clickstream.createTracker({create});"
        sites.append(Site(script=script, body=body, before=before))
        return sites[-1]

    yield make
    for each in sites:
        each.close()


def put(page: Page, count: int, name: str = "step") -> None:
    page.evaluate(f"for (let i = 0; i < {count}; i++) tracker.track('{name}', {{properties: {{i}}}})")


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [event["properties"]["i"] for event in events]


def owners(page: Page) -> list[str]:
    """Of each event in the device's store the page that shall send it."""
    read = """(async () => {
      const [database] = await indexedDB.databases();
      if (!database) return "[]";
      const request = indexedDB.open(database.name);
      const opened = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
      const reading = opened.transaction("events").objectStore("events").getAll();
      await new Promise((resolve) => { reading.onsuccess = resolve; });
      opened.close();
      return JSON.stringify(reading.result.map((row) => row.owner));
    })()"""
    found: list[str] = json.loads(page.evaluate(read))
    return found


def wait_until_stored(page: Page, count: int) -> None:
    for _ in range(200):
        if len(owners(page)) == count:
            return
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 25))")
    pytest.fail(f"{len(owners(page))} events are stored, not {count}")


def test_a_script_tag_is_all_it_takes(browser: Chromium, collector: Collector) -> None:
    with closing(Site(tag=f'data-endpoint="{collector.endpoint}" data-app-id="shop"')) as site:
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
    assert links == ["/map", "mailto:", "tel:"]


def test_a_change_of_address_is_a_page_view_and_ends_the_scroll_of_the_one_before(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site(body="<div style='height:4000px'></div>").origin + "/one")
    page.evaluate("new Promise((resolve) => { onscroll = () => resolve(); scrollTo(0, 1000); })")
    page.evaluate("history.pushState({}, '', '/two'); history.replaceState({}, '', '/two')")
    _, second = collector.wait_for(2, "page_view")
    assert second["page_url"].endswith("/two")
    assert second["page_referrer"].endswith("/one")
    [scroll] = collector.wait_for(1, "scroll")
    assert scroll["page_url"].endswith("/one")
    assert 25 <= scroll["scroll_depth"] < 60


def test_throttled_events_are_sent_again_after_the_time_asked_for_and_once(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: THROTTLED if len(collector.requests) < 2 else TAKEN
    page = browser.open(site("pageViews: false").origin)
    put(page, 30)
    events = collector.wait_for(30)
    assert sorted(numbers(events)) == list(range(30))
    assert [request.status for request in collector.requests][:3] == [503, 503, 202]
    wait_until_stored(page, 0)


def test_an_answer_that_never_came_costs_a_copy_and_no_event(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: None if not collector.requests else TAKEN
    page = browser.open(site("pageViews: false").origin)
    put(page, 3)
    events = collector.wait_for(3)
    assert ids(events) == ids(collector.requests[0].events)


@pytest.mark.parametrize(("status", "reason"), [(400, "refused"), (413, "too_large")])
def test_one_bad_event_costs_no_other(
    browser: Chromium, collector: Collector, site: Callable[..., Site], status: int, reason: str
) -> None:
    """transforms.md section 6 item 9."""

    def answer(events: list[dict[str, Any]]) -> Reply:
        return (status, {}) if any(event["event_name"] == "bad" for event in events) else TAKEN

    collector.answer = answer
    drops = "pageViews: false, onDrop: (events, reason) => dropped.push([events[0].event_name, reason])"
    page = browser.open(site(drops).origin)
    page.evaluate("for (let i = 0; i < 40; i++) tracker.track(i == 7 ? 'bad' : 'step', {properties: {i}})")
    events = collector.wait_for(39)
    assert sorted(numbers(events)) == [i for i in range(40) if i != 7]
    page.wait_until("dropped.length")
    assert page.evaluate("dropped") == [["bad", reason]]
    wait_until_stored(page, 0)


def test_an_endpoint_that_refuses_the_page_is_left_alone_and_what_waits_goes_with_the_next(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (403, {})
    shop = site("pageViews: false")
    page = browser.open(shop.origin)
    put(page, 2)
    collector.wait_for_requests(1)
    put(page, 2, "later")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")
    assert len(collector.requests) == 1
    collector.answer = lambda events: TAKEN
    page.close()
    browser.open(shop.origin)
    assert len(collector.wait_for(4)) == 4


def test_a_page_that_is_left_sends_what_waits(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("linger: 600000, pageViews: false").origin)
    put(page, 3)
    page.evaluate("void (location.href = 'about:blank')")
    assert len(collector.wait_for(3)) == 3


@pytest.mark.parametrize("status", [400, 503])
def test_a_page_that_is_hidden_and_stays_goes_on_sending(
    browser: Chromium, collector: Collector, site: Callable[..., Site], status: int
) -> None:
    collector.answer = lambda events: TAKEN if collector.requests else (status, {})
    page = browser.open(site("linger: 600000, pageViews: false").origin)
    put(page, 4)
    browser.open("about:blank?another-tab")
    assert len(collector.wait_for(4)) == 4


def test_events_outlive_their_page_and_one_of_the_pages_left_sends_them(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """Peers lose or double them: each tab sends the common queue (producers.md section 1d)."""
    shop = site("pageViews: false")
    collector.answer = lambda events: None
    page = browser.open(shop.origin)
    put(page, 50)
    wait_until_stored(page, 50)
    page.close()
    # What the page sent with its last breath is hung up on, too.
    time.sleep(0.5)
    collector.answer = lambda events: TAKEN
    others = [browser.open(shop.origin) for _ in range(3)]
    events = collector.wait_for(50)
    assert sorted(numbers(events)) == list(range(50))
    wait_until_stored(others[0], 0)
    assert len(collector.taken()) == 50


def test_events_of_a_page_that_lives_are_its_own(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: None
    shop = site("pageViews: false")
    first = browser.open(shop.origin)
    put(first, 5)
    wait_until_stored(first, 5)
    before = owners(first)
    second = browser.open(shop.origin)
    second.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")
    assert owners(second) == before


def test_the_back_button_finds_the_page_as_it_was_and_it_goes_on_sending(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """Browsers keep no page that holds a Web Lock in their back/forward cache."""
    shop = site("pageViews: false")
    page = browser.open(shop.origin + "/one")
    page.evaluate("void (window.mark = 1)")
    # A page that leaves while it still looks for what others left behind is not kept.
    page.evaluate("navigator.locks.request('events', () => {})")
    page.evaluate("void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    page.evaluate("void history.back()")
    page.wait_until("location.pathname == '/one' && document.readyState == 'complete'")
    why = "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    assert page.evaluate("window.mark") == 1, page.evaluate(why)
    put(page, 2)
    assert len(collector.wait_for(2)) == 2
    wait_until_stored(page, 0)


def test_bodies_stay_below_what_a_page_that_ends_may_have_under_way(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """64 KiB for all keepalive requests together; peers send nothing beyond it (transforms.md section 6 item 15)."""
    page = browser.open(site("pageViews: false, batchSize: 500").origin)
    page.evaluate("for (let i = 0; i < 300; i++) tracker.track('step', {properties: {i, text: 'ü'.repeat(700)}})")
    events = collector.wait_for(300)
    assert numbers(events) == list(range(300))
    assert max(len(request.body) for request in collector.requests) <= 60_000


def test_one_event_beyond_the_limit_of_keepalive_goes_alone(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false").origin)
    page.evaluate("tracker.track('big', {properties: {text: 'x'.repeat(90000)}}); tracker.track('small')")
    collector.wait_for(2)
    assert [len(request.events) for request in collector.requests] == [1, 1]


def test_the_oldest_make_room_when_too_many_wait(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    drops = "onDrop: (events, reason) => dropped.push([events.map((event) => event.properties.i), reason])"
    page = browser.open(site(f"pageViews: false, linger: 600000, capacity: 10, {drops}").origin)
    put(page, 12)
    page.wait_until("dropped.length == 2")
    assert page.evaluate("dropped") == [[[0], "full"], [[1], "full"]]
    page.evaluate("tracker.flush()")
    assert numbers(collector.taken()) == list(range(2, 12))


def test_a_key_is_sent_where_there_is_one(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    browser.open(site("apiKey: 'the-key'").origin)
    collector.wait_for(1)
    headers = collector.requests[0].headers
    assert (headers["x-api-key"], headers["Content-Type"]) == ("the-key", "application/json")


KEPT = """(async () => JSON.stringify([Object.keys(localStorage), (await indexedDB.databases()).length,
  document.cookie]))()"""


@pytest.mark.parametrize("signal", ["globalPrivacyControl", "doNotTrack"])
def test_a_browser_that_asks_not_to_be_tracked_is_not(
    browser: Chromium, collector: Collector, site: Callable[..., Site], signal: str
) -> None:
    value = "true" if signal == "globalPrivacyControl" else "'1'"
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
    assert json.loads(page.evaluate(KEPT))[0] == []
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
    tag = f'data-endpoint="{pipeline.endpoint}/events" data-app-id="shop"'
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
