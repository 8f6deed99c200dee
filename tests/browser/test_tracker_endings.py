"""Pages end in many ways: what the tracker told before is there, and about once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from support.browser import Chromium, Page
from support.tracker_site import TAKEN, Collector, Reply, Site, ids, put, wait_until_stored

pytestmark = pytest.mark.browser

PATIENT = "pageViews: false, linger: 600000"


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("<a id=go href='/file' data-track=go>a download</a>", ""),
        ("<a id=go href='/out?about:blank' data-track=go>a redirect</a>", ""),
        ("<form action='/two'><button id=go data-track=go>a form</button></form>", ""),
        (
            "<a id=go href='/route' data-track=go>a route</a>",
            "navigation.addEventListener('navigate', (asked) => asked.canIntercept && asked.intercept());",
        ),
    ],
    ids=["download", "redirect", "form", "route"],
)
def test_a_click_that_leaves_arrives(
    browser: Chromium, collector: Collector, site: Callable[..., Site], body: str, before: str
) -> None:
    page = browser.open(site(PATIENT, body=body, before=before).origin)
    page.click("#go")
    time.sleep(0.3)
    page.close()
    assert collector.wait_for(1, "go")[0]["element_text"].startswith("a ")


def test_what_is_told_while_the_page_ends_arrives(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """By listeners before and after the tracker's own, more than one request takes."""
    burst = "for (let i = 0; i < 60; i++) tracker.track('impression', {properties: {i}})"
    other = site(PATIENT)
    page = browser.open(site(PATIENT, before=f"addEventListener('pagehide', () => {{ {burst} }});").origin)
    page.evaluate(f"void addEventListener('pagehide', () => {{ {burst} }})")
    page.evaluate(f"void (location.href = '{other.origin}')")
    assert len(set(ids(collector.wait_for(120)))) == 120


def test_short_visits_send_what_they_tell_and_not_what_those_before_them_told(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    shop = site("linger: 600000")
    for _ in range(6):
        browser.open(shop.origin).close()
    for count in range(6, 9):
        if len(set(ids(collector.wait_for(count)))) == 6:
            break
    assert len(set(ids(collector.taken()))) == 6
    assert len(collector.taken()) <= 8


def test_a_site_that_deletes_its_databases_waits_for_nobody(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site(PATIENT).origin)
    put(page, 1)
    wait_until_stored(page, 1)
    delete = """(async () => {
      const [{name}] = await indexedDB.databases();
      return await new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve("deleted");
        request.onblocked = () => resolve("blocked");
      });
    })()"""
    assert page.evaluate(delete) == "deleted"
    put(page, 1)
    wait_until_stored(page, 1)
    page.evaluate("tracker.flush()")
    assert len(collector.wait_for(2)) == 2


def test_a_database_that_hangs_and_a_lock_that_is_held_delay_nothing(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    hang = (
        f"navigator.locks.request('clickstream {collector.events_url}', () => new Promise(() => {{}}));"
        "indexedDB.open = () => ({});"
    )
    page = browser.open(site("pageViews: false", before=hang).origin)
    put(page, 2)
    assert len(collector.wait_for(2)) == 2


SEEDS = int(os.environ.get("CLICKSTREAM_TRACKER_SEEDS", "4"))
"""Random rounds; `make soak` has more."""
RETRY_AFTER = [
    "1",
    "3000000",
    "99999999999999999999",
    "Wed, 21 Oct 2037 07:28:00 GMT",
    "abc",
    "-1",
    "1e9",
    "",
    "\u00fc",
]


def _any_answer(chance: random.Random) -> Reply | None:
    """What a network and an endpoint may do: any status, any pause asked for, a late answer, none at all."""
    if chance.random() < 0.3:
        return TAKEN
    if chance.random() < 0.2:
        time.sleep(chance.random())
        return None
    status = chance.choice([401, 403, 404, 408, 415, 425, 429, 500, 502, 503, 504, 599])
    return status, {"Retry-After": chance.choice(RETRY_AFTER)} if chance.random() < 0.5 else {}


def _end(page: Page, how: str) -> None:
    page.evaluate({"reload": "void location.reload()", "leave": "void (location.href = 'about:blank')"}[how])


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_event_is_delivered_or_told_as_dropped(
    browser: Chromium, collector: Collector, site: Callable[..., Site], seed: int
) -> None:
    """Any events, any answers, any endings: no event is missing, none is unexplained, requests are few."""
    chance = random.Random(seed)

    def answer(events: list[dict[str, Any]]) -> Reply | None:
        return (
            (400, {})
            if any("bad" in event["properties"] for event in events)
            else _any_answer(random.Random(chance.random()))
        )

    collector.answer = answer
    report = (
        "onDrop: (events) => fetch('/dropped', {method: 'POST', keepalive: true, body: events.map((e) => e.event_id)})"
    )
    shop = site(f"pageViews: false, {report}")
    told: set[str] = set()
    for visit in range(5):
        page = browser.open(shop.origin)
        for _ in range(chance.randint(0, 3)):
            count = chance.choice([1, 3, 30])
            tell = f"""(() => {{ const given = [];
              for (let i = 0; i < {count}; i++) {{
                const event_id = crypto.randomUUID();
                given.push(event_id);
                const properties = i == 2 && {visit} % 2 ? {{bad: 1}} : {{i}};
                tracker.track("step", {{event_id, properties}}, {{urgent: i == 1}});
              }}
              return given; }})()"""
            told.update(page.evaluate(tell))
            page.evaluate(f"new Promise((resolve) => setTimeout(resolve, {chance.choice([0, 30, 300])}))")
        how = chance.choice(["reload", "leave", "close"])
        if how != "close":
            _end(page, how)
            time.sleep(chance.choice([0, 0.3]))
        # A page that stays keeps its events for as long as the endpoint wants to be left alone.
        page.close()
    collector.answer = lambda events: (400, {}) if any("bad" in one["properties"] for one in events) else TAKEN
    last = browser.open(shop.origin)
    wait_until_stored(last, 0)
    # An event that is told as dropped is gone from the store before the site has said so.
    deadline = time.monotonic() + 30
    while (delivered := set(ids(collector.taken()))) | (dropped := set(shop.dropped)) != told:
        assert time.monotonic() < deadline, f"neither delivered nor dropped: {told - delivered - dropped}"
        time.sleep(0.02)
    bad = {
        event["event_id"] for request in collector.requests for event in request.events if "bad" in event["properties"]
    }
    assert dropped <= bad
    assert len(collector.requests) < 40 + len(told)
