"""The live page and the demo shop in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Chromium, Page, chromium
from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.browser
MARKUP = '<img src=x onerror="document.title=1">'


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with chromium(tmp_path / "profile") as running:
        yield running


@pytest.fixture
def page(browser: Chromium, pipeline: Pipeline) -> Page:
    return browser.open(pipeline.runtime.url + "/_local/")


def test_it_shows_what_happens_while_it_happens(page: Page, pipeline: Pipeline) -> None:
    page.wait_until("document.querySelectorAll('#streams tr').length === 2")
    pipeline.post(event(page_url="https://shop.example/cart"))
    pipeline.post(b"[]")
    pipeline.post(event(value="12"))
    page.wait_until("document.querySelectorAll('#requests li').length === 3")
    assert "202 POST /prod/events" in page.text("#requests")
    assert "400 POST /prod/events" in page.text("#requests")
    buffered = "[...document.querySelectorAll('#streams tr')].map((row) => row.cells[2].textContent).includes('2')"
    page.wait_until(buffered)
    page.click("#flush")
    page.wait_until("document.querySelectorAll('#objects li').length === 2")
    assert ".parquet" in page.text("#objects")
    page.wait_until("document.querySelectorAll('#errors li').length === 1")
    assert "1 × rejected: value: " in page.text("#errors")
    page.wait_until(f"!{buffered}")


def test_what_clients_send_is_shown_as_text_and_never_becomes_part_of_the_page(page: Page, pipeline: Pipeline) -> None:
    pipeline.post(event(event_name=f"{MARKUP}\t", page_title=MARKUP))
    pipeline.post(event(event_name="click", page_title=MARKUP))
    pipeline.flush()
    # The third is the function's: it puts the first event, which is rejected, into the stream of rejects.
    page.wait_until("document.querySelectorAll('#requests li').length === 3")
    assert "ok PutRecordBatch" in page.text("#requests")
    page.evaluate("document.querySelector('#sql').value = 'SELECT page_title FROM events'")
    page.click("#run")
    page.wait_until("document.querySelectorAll('#result td').length === 1")
    assert page.text("#result td") == MARKUP
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    assert page.text("title") == "clickstream local"


def test_the_query_box_answers_and_says_what_is_wrong(page: Page, pipeline: Pipeline) -> None:
    pipeline.post(b"[%s]" % b",".join([event()] * 3))
    pipeline.flush()
    page.click("#run")
    page.wait_until("document.querySelectorAll('#result td').length === 2")
    assert page.text("#result") == "event_nameeventsclick31 rows"
    page.evaluate("document.querySelector('#sql').value = 'SELECT nothing FROM events'")
    page.click("#run")
    page.wait_until("document.querySelector('#result pre')")
    assert "Column 'nothing' could not be resolved" in page.text("#result")


def test_a_page_that_is_opened_late_shows_what_has_happened(browser: Chromium, pipeline: Pipeline) -> None:
    pipeline.post(event())
    pipeline.flush()
    page = browser.open(pipeline.runtime.url + "/_local/")
    page.wait_until("document.querySelectorAll('#objects li').length === 2")
    assert "202 POST" in page.text("#requests")


def test_an_open_page_does_not_keep_the_runtime_from_ending(page: Page, pipeline: Pipeline) -> None:
    page.wait_until("document.querySelectorAll('#streams tr').length === 2")
    assert pipeline.runtime.stop() == 0
    page.wait_until("!document.querySelector('#gone').hidden")


def test_every_button_of_the_demo_shop_sends_what_it_says(browser: Chromium, pipeline: Pipeline) -> None:
    shop = browser.open(pipeline.runtime.url + "/_local/shop")
    answers = "(document.querySelector('#answers').textContent.match(/^202 /gm) ?? []).length"
    shop.wait_until(f"{answers} === 1")
    for selector in ("#shelf button", "#pay", "#many", "#wrong", "#refused"):
        shop.click(selector)
    shop.wait_until("document.querySelector('#answers').textContent.includes('400 ')")
    shop.evaluate("tracker.then((running) => running.flush())")
    pipeline.flush()
    names = [row["event_name"] for row in pipeline.rows()]
    assert {name: names.count(name) for name in names} == {"page_view": 101, "view_item": 1, "purchase": 1}
    (rejected,) = pipeline.failed()
    assert rejected.paths == ("value",)
