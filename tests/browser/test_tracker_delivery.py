"""What becomes of the tracker's events, in a real Chromium, when things fail and pages end.

Peers lose events when the page ends, when the endpoint throttles, or when one event of a batch is bad
(facts/peers.md#trackers, #complaints): each of these is a test here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from support.browser import Chromium
from support.tracker_site import TAKEN, Collector, Reply, Site, ids, numbers, owners, put, wait_until_stored

pytestmark = pytest.mark.browser

THROTTLED: Reply = (503, {"Retry-After": "1"})


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


@pytest.mark.parametrize(
    ("header", "least"),
    [
        ("Wed, 21 Oct 2037 07:28:00 GMT", 2),
        ("3000000", 2),
        ("99999999999999999999", 2),
        ("abc", 5),
        ("-1", 5),
        ("1e9", 5),
        ("", 5),
    ],
)
def test_whatever_retry_after_says_no_page_asks_in_a_loop(
    browser: Chromium, collector: Collector, site: Callable[..., Site], header: str, least: int
) -> None:
    """RFC 9110 10.2.3; a timer of more than 2^31 ms ends at once."""
    collector.answer = lambda events: (503, {"Retry-After": header})
    page = browser.open(site("pageViews: false").origin)
    put(page, 1)
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 3000))")
    assert 1 <= len(collector.requests) < least
    # Neither a visitor who looks at other tabs nor one who tells more hurries it.
    put(page, 50)
    browser.open("about:blank?another-tab")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")
    assert len(collector.requests) < least + 1


POISON = {
    "a circle": "(() => { const a = {}; a.a = a; return a; })()",
    "toJSON throws": "{toJSON() { throw 1; }}",
    "a getter throws": "{get x() { throw 1; }}",
    "a node": "(() => { const node = document.body; node.__x = {node}; return {node}; })()",
}


@pytest.mark.parametrize("name", POISON)
def test_an_event_that_json_cannot_write_costs_no_other(
    browser: Chromium, collector: Collector, site: Callable[..., Site], name: str
) -> None:
    drops = "pageViews: false, onDrop: (events, reason) => dropped.push([events[0].event_name, reason])"
    shop = site(drops)
    page = browser.open(shop.origin)
    page.evaluate(f"tracker.track('bad', {{properties: {POISON[name]}}})")
    put(page, 3)
    assert numbers(collector.wait_for(3)) == [0, 1, 2]
    page.wait_until("dropped.length")
    assert page.evaluate("dropped") == [["bad", "invalid"]]
    page.evaluate("void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    put(page, 1, "next")
    collector.wait_for(1, "next")


def test_a_bigint_is_a_number(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    page = browser.open(site("pageViews: false").origin)
    page.evaluate("tracker.track('purchase', {value: 10n, properties: {order: 12n}})")
    [event] = collector.wait_for(1)
    assert (event["value"], event["properties"]) == (10, {"order": 12})


def test_what_the_site_s_own_functions_throw_is_the_console_s(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (400, {}) if events[0]["event_name"] == "bad" else TAKEN
    page = browser.open(site("pageViews: false, onDrop: () => { throw 1; }, urlFilter: () => { throw 1; }").origin)
    put(page, 1, "bad")
    collector.wait_for_requests(1)
    put(page, 2)
    assert "page_url" not in collector.wait_for(2)[0]
    wait_until_stored(page, 0)


def test_before_send_changes_and_drops(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    edit = "(event) => event.event_name == 'quiet' ? null : {...event, page_title: 'T'}"
    page = browser.open(site(f"pageViews: false, beforeSend: {edit}").origin)
    page.evaluate("tracker.track('quiet'); tracker.track('loud')")
    [event] = collector.wait_for(1)
    assert (event["event_name"], event["page_title"]) == ("loud", "T")
    wait_until_stored(page, 0)


def test_a_firewall_that_refuses_one_event_costs_that_one(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """AWS WAF answers 403 for a body that looks like an attack, and for visitors who send too much."""

    def answer(events: list[dict[str, Any]]) -> Reply:
        return (403, {}) if any(event["event_name"] == "<script" for event in events) else TAKEN

    collector.answer = answer
    drops = "pageViews: false, onDrop: (events, reason) => dropped.push([events[0].event_name, reason])"
    page = browser.open(site(drops).origin)
    page.evaluate("for (let i = 0; i < 4; i++) tracker.track(i == 1 ? '<script' : 'step', {properties: {i}})")
    assert sorted(numbers(collector.wait_for(3))) == [0, 2, 3]
    put(page, 1, "later")
    collector.wait_for(1, "later")
    page.wait_until("dropped.length")
    assert page.evaluate("dropped") == [["<script", "refused"]]


def test_a_visitor_who_is_refused_for_a_while_loses_nothing(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (403, {}) if len(collector.requests) < 2 else TAKEN
    page = browser.open(site("pageViews: false").origin)
    put(page, 4)
    assert sorted(numbers(collector.wait_for(4))) == [0, 1, 2, 3]
    assert page.evaluate("dropped") == []


def test_an_endpoint_that_refuses_everything_is_not_asked_in_a_loop(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (400, {})
    page = browser.open(site("pageViews: false, batchSize: 1").origin)
    put(page, 300)
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 2500))")
    assert len(collector.requests) < 15


@pytest.mark.parametrize(("status", "reason"), [(400, "refused"), (413, "too_large")])
def test_one_bad_event_costs_no_other(
    browser: Chromium, collector: Collector, site: Callable[..., Site], status: int, reason: str
) -> None:
    """facts/peers.md#complaints."""

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


def test_an_endpoint_without_the_route_is_left_alone_and_what_waits_goes_with_the_next(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (404, {})
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
    """Peers lose or double them: each tab sends the common queue (facts/peers.md#trackers)."""
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
    page.evaluate(f"navigator.locks.request('clickstream {collector.events_url}', () => {{}})")
    page.evaluate("void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    page.evaluate("void history.back()")
    page.wait_until("location.pathname == '/one' && document.readyState == 'complete'")
    why = "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    assert page.evaluate("window.mark") == 1, page.evaluate(why)
    put(page, 2)
    assert len(collector.wait_for(2)) == 2
    wait_until_stored(page, 0)


def test_events_before_a_change_of_page_are_sent_by_the_page_that_is_left_and_cost_no_second_request(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """No page may be left to learn that they were taken: the next one keeps them until it sends something anyway."""
    page = browser.open(site("pageViews: false, linger: 600000").origin + "/one")
    put(page, 2)
    wait_until_stored(page, 2)
    page.evaluate("void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    collector.wait_for(2)
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 500))")
    assert len(collector.requests) == 1
    page.evaluate("tracker.track('next'); tracker.flush()")
    collector.wait_for(1, "next")
    wait_until_stored(page, 0)
    assert len(collector.taken("step")) in (2, 4)
    assert len(set(ids(collector.taken("step")))) == 2


def test_events_before_a_change_of_site_are_sent_by_the_page_that_is_left(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    other = site("pageViews: false")
    page = browser.open(site("pageViews: false, linger: 600000").origin)
    put(page, 2)
    wait_until_stored(page, 2)
    page.evaluate(f"void (location.href = '{other.origin}')")
    assert len(collector.wait_for(2)) == 2


def test_bodies_stay_below_what_a_page_that_ends_may_have_under_way(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """64 KiB for all keepalive requests together; peers send nothing beyond it (facts/peers.md#complaints)."""
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
