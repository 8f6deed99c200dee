"""Neither the page's markup nor its own code, nor where the file stands in it, turns the tracker against the site."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from contextlib import closing

import pytest

from support.browser import Chromium
from support.checkout import CHECKOUT
from support.tracker_site import TAKEN, Collector, Site, put, wait_until_stored

pytestmark = pytest.mark.browser

CLICK = "new MouseEvent('click', {bubbles: true, cancelable: true})"


@pytest.mark.parametrize(
    "name", ["title", "referrer", "documentElement", "head", "hidden", "cookie", "createTreeWalker"]
)
def test_a_form_named_like_a_property_of_the_page_is_not_it(
    browser: Chromium, collector: Collector, site: Callable[..., Site], name: str
) -> None:
    """DOM clobbering: named access on Document (WHATWG HTML 3.1.5)."""
    page = browser.open(site(body=f"<form name={name}></form><button id=x>Buy</button>").origin)
    page.click("#x")
    view, click = collector.wait_for(2, "page_view", "click")
    assert view["page_title"] == "Shop"
    assert isinstance(view.get("page_referrer", ""), str)
    assert click["element_text"] == "Buy"


@pytest.mark.parametrize(
    "name", ["id", "classList", "textContent", "closest", "matches", "getAttribute", "localName", "dataset", "nodeType"]
)
def test_a_field_named_like_a_property_of_its_form_is_not_it(
    browser: Chromium, collector: Collector, site: Callable[..., Site], name: str
) -> None:
    """Named access on form (WHATWG HTML 4.10.3)."""
    body = f"<form id=x class=big data-track=save onsubmit='return false'><input name={name}>words</form>"
    page = browser.open(site("pageViews: false", body=body).origin)
    page.evaluate(f"document.getElementById('x').dispatchEvent({CLICK})")
    [event] = collector.wait_for(1, "save")
    assert (event["element_id"], event["element_tag"], event["element_classes"]) == ("x", "form", ["big"])
    assert event["element_text"] == "words"


def test_an_image_named_current_script_does_not_choose_the_endpoint(browser: Chromium, collector: Collector) -> None:
    with closing(Collector()) as evil, closing(Site(tag=f'data-endpoint="{collector.events_url}"')) as site:
        site.head = f'<img name=currentScript data-endpoint="{evil.events_url}">'
        browser.open(site.origin)
        collector.wait_for(1, "page_view")
        assert evil.requests == []


def test_the_tag_twice_tells_once(browser: Chromium, collector: Collector) -> None:
    tag = f'data-endpoint="{collector.events_url}"'
    with closing(Site(tag=tag, body=f'<script src="/s/site.js" {tag}></script><button id=x>Buy</button>')) as site:
        page = browser.open(site.origin)
        page.click("#x")
        page.evaluate("clickstream.tracker.flush()")
        collector.wait_for(2)
        page.evaluate("new Promise((resolve) => setTimeout(resolve, 700))")
    assert sorted(event["event_name"] for event in collector.taken()) == ["click", "page_view"]


STUB = re.search(r"<script>(window\.clickstream \|\|= .*?)</script>", (CHECKOUT / "docs/tracker.md").read_text(), re.S)


def test_with_the_stub_of_the_guide_a_page_needs_no_tracker(browser: Chromium) -> None:
    """The file is blocked, or its server is down: the site's own code goes on."""
    assert STUB
    order = "clickstream.tracker.track('order'); clickstream.tracker.flush().then(() => 0); document.title = 'ordered'"
    with closing(Site(before=STUB[1], body=f'<button id=x onclick="{order}">Order</button>')) as site:
        site.blocked = True
        page = browser.open(site.origin)
        page.click("#x")
        assert page.evaluate("document.title") == "ordered"


def test_what_was_told_to_the_stub_is_told_when_the_file_is_there(browser: Chromium, collector: Collector) -> None:
    assert STUB
    early = STUB[1] + ";clickstream.tracker.identify('u-1'); clickstream.tracker.track('early', {value: 1});"
    with closing(Site(tag=f'defer data-endpoint="{collector.events_url}"', before=early)) as site:
        browser.open(site.origin)
        [event] = collector.wait_for(1, "early")
    assert (event["user_id"], event["value"]) == ("u-1", 1)


def test_a_page_whose_address_has_a_password_is_tracked_without_it(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    origin = site().origin.replace("http://", "http://jane:s3cr3t@")
    browser.open(origin + "/one")
    [view] = collector.wait_for(1, "page_view")
    assert view["page_url"].endswith("/one")
    assert b"s3cr3t" not in collector.requests[0].body


def test_a_click_in_a_huge_container_costs_no_more_than_its_first_words(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    body = "<main id=x data-track=area></main>"
    page = browser.open(site("pageViews: false", body=body).origin)
    count = """(() => {
      const main = document.getElementById('x');
      main.innerHTML = '<p> </p>'.repeat(50000) + 'end';
      let looked = 0;
      const {nextNode} = TreeWalker.prototype;
      TreeWalker.prototype.nextNode = function () { looked++; return nextNode.call(this); };
      main.click();
      return looked; })()"""
    assert page.evaluate(count) <= 301
    collector.wait_for(1, "area")


def test_it_imports_where_there_is_no_page() -> None:
    """A site that is rendered on a server: in both module formats."""
    script = """
      const {createTracker} = require("./clickstream.cjs");
      import("./clickstream.mjs").then(async (module) => {
        for (const make of [createTracker, module.createTracker]) {
          const {track, flush} = make({endpoint: "/x"});
          track("nothing");
          await flush();
        }
        console.log("ok");
      });"""
    run = subprocess.run(
        [os.environ["JSII_NODE"], "-e", script], cwd=CHECKOUT / "tracker", capture_output=True, text=True, check=False
    )
    assert run.stdout == "ok\n", run.stderr


def test_the_developer_is_told_what_the_pipeline_would_reject(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    before = "window.said = []; console.warn = (text) => said.push(text);"
    page = browser.open(site("pageViews: false", before=before).origin)
    page.evaluate(
        "tracker.track('a\\nb'); tracker.track('purchase', {value: '9', currency: 'EURO', colour: 'red', pos_x: -1})"
    )
    page.wait_until("said.length >= 5")
    said = "\n".join(page.evaluate("said"))
    for part in ("event_name", "value is string, not number", "currency", "colour is no column", "pos_x is -1"):
        assert part in said
    assert len(page.evaluate("said")) == 5


def test_a_visitor_s_page_loads_no_check(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    page = browser.open(site("debug: false").origin)
    collector.wait_for(1)
    loaded = "performance.getEntriesByType('resource').map((one) => one.name.split('/').pop()).join()"
    assert "debug" not in page.evaluate(loaded)


def test_an_opt_out_holds_in_all_tabs_and_on_later_visits_until_it_is_taken_back(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    shop = site("pageViews: false, linger: 600000")
    first, second = browser.open(shop.origin), browser.open(shop.origin)
    first.evaluate("tracker.disable()")
    second.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    put(second, 1)
    second.evaluate("tracker.flush()")
    third = browser.open(shop.origin)
    put(third, 1)
    third.evaluate("tracker.flush()")
    assert collector.requests == []
    third.evaluate("tracker.enable(); tracker.track('back'); tracker.flush()")
    collector.wait_for(1, "back")
    browser.open(shop.origin).evaluate("tracker.track('later'); tracker.flush()")
    collector.wait_for(1, "later")


def test_an_opt_out_forgets_what_was_told_a_moment_ago(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    """Neither what no transaction has taken, nor what a request that fails gives back."""
    collector.answer = lambda events: (503, {})
    page = browser.open(site("pageViews: false, linger: 600000").origin)
    page.evaluate("tracker.track('step', {}, {urgent: true})")
    collector.wait_for_requests(1)
    page.evaluate("tracker.track('step'); tracker.disable(); void (location.href = '/two')")
    page.wait_until("location.pathname == '/two' && document.readyState == 'complete'")
    wait_until_stored(page, 0)
    assert page.evaluate("Object.keys(localStorage)") == ["clickstream.optout"]
    collector.answer = lambda events: TAKEN
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 1500))")
    assert collector.taken() == []


def test_an_opt_out_forgets_what_is_just_taken_over_from_other_pages(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    collector.answer = lambda events: (503, {})
    late = """const {locks} = navigator, request = locks.request.bind(locks);
      if (location.pathname == "/late")
        locks.request = (name, options, taken) => request(name, options, async (lock) => {
          const found = await taken(lock);
          if (options.ifAvailable) await new Promise((resolve) => setTimeout(resolve, 1000));
          return found; });"""
    shop = site("pageViews: false, linger: 600000", before=late)
    page = browser.open(shop.origin)
    put(page, 1)
    wait_until_stored(page, 1)
    page.close()
    collector.wait_for_requests(1)
    collector.answer = lambda events: TAKEN
    page = browser.open(shop.origin + "/late")
    page.evaluate("tracker.disable(); new Promise((resolve) => setTimeout(resolve, 1500))")
    page.evaluate("tracker.enable(); tracker.track('new'); tracker.flush()")
    assert [event["event_name"] for event in collector.wait_for(1)] == ["new"]


def test_an_opt_out_forgets_who_was_known_before_there_was_a_cookie(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    known = "localStorage.setItem('clickstream.visitor', 'known before')"
    page = browser.open(site("pageViews: false, cookieDomain: 'localhost'", before=known).origin)
    page.evaluate("tracker.disable(); tracker.enable()")
    put(page, 1)
    assert collector.wait_for(1)[0]["anonymous_id"] != "known before"


def test_an_opt_out_holds_with_a_cookie_too(browser: Chromium, collector: Collector, site: Callable[..., Site]) -> None:
    shop = site("pageViews: false, linger: 600000, cookieDomain: 'localhost'")
    first, second = browser.open(shop.origin), browser.open(shop.origin)
    put(second, 1)
    first.evaluate("tracker.disable()")
    put(second, 1)
    second.evaluate("tracker.flush()")
    assert collector.requests == []
    assert second.evaluate("document.cookie") == "clickstream.optout=1"


def test_a_browser_that_takes_no_cookie_has_one_visitor_a_page(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false, cookieDomain: 'elsewhere.example'").origin)
    put(page, 2)
    first, second = collector.wait_for(2)
    assert (first["anonymous_id"], first["session_number"]) == (second["anonymous_id"], 1)


def test_a_cookie_knows_the_visitor_on_subdomains(
    browser: Chromium, collector: Collector, site: Callable[..., Site]
) -> None:
    page = browser.open(site("pageViews: false, cookieDomain: 'localhost'").origin)
    put(page, 2)
    first, second = collector.wait_for(2)
    assert first["anonymous_id"] == second["anonymous_id"]
    assert first["anonymous_id"] in page.evaluate("document.cookie")
    assert page.evaluate("Object.keys(localStorage).length") == 0
