"""The documentation site in a browser: nothing is missing, and nothing is asked of any other address."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Chromium, Page
from support.checkout import CHECKOUT
from support.requirements import absent

pytestmark = pytest.mark.browser
HTML = CHECKOUT / "build" / "site" / "html"
REQUESTS = """JSON.stringify(performance.getEntriesByType("resource").map((one) => [one.name, one.responseStatus]))"""


@pytest.fixture
def origin() -> Iterator[str]:
    if not (HTML / "index.html").exists():
        absent("the documentation site is not built", "make docs")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def go(page: Page, address: str) -> None:
    # The page that is left may have the same address, and be complete.
    page.evaluate(f"window.isLeft = true; location.assign({json.dumps(address)})")
    page.wait_until(f"!window.isLeft && location.href === {json.dumps(address)} && document.readyState === 'complete'")


def failed_requests(page: Page, origin: str) -> list[list[object]]:
    """What a page asked for in vain, or from another address."""
    return [one for one in json.loads(page.evaluate(REQUESTS)) if not str(one[0]).startswith(origin) or one[1] != 200]


def test_every_page_opens_without_a_failed_request_and_without_a_broken_picture(browser: Chromium, origin: str) -> None:
    addresses = ["/" + str(path.parent.relative_to(HTML)) + "/" for path in sorted(HTML.rglob("index.html"))]
    assert len(addresses) > 130
    page = browser.open(origin + "/")
    wrong = {}
    for address in addresses:
        go(page, origin + address.replace("/./", "/"))
        broken = page.evaluate("[...document.images].filter((one) => one.complete && !one.naturalWidth).length")
        headings = page.evaluate("document.querySelectorAll('h1').length")
        if found := failed_requests(page, origin):
            wrong[address] = f"{found}"
        if broken or headings != 1:
            wrong[address] = f"{broken} broken pictures, {headings} headings of the first order"
    assert wrong == {}


def test_no_page_is_wider_than_a_telephone(browser: Chromium, origin: str) -> None:
    """Tables and code scroll in themselves."""
    page = browser.open(origin + "/")
    page.resize(390, 844)
    for address in ("/", "/cost/", "/transforms/", "/reference/constructs/ClickstreamPipeline/", "/checks/"):
        go(page, origin + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_request_to_another_address_is_found(browser: Chromium, origin: str, tmp_path: Path) -> None:
    page = browser.open(origin + "/")
    page.evaluate("fetch('http://127.0.0.1:9/font.woff2').catch(() => 0)")
    assert failed_requests(page, origin) == [["http://127.0.0.1:9/font.woff2", 0]]


def test_the_search_finds_an_option(browser: Chromium, origin: str) -> None:
    page = browser.open(origin + "/")
    page.click(".md-search__button")
    # The search is a shadow tree of its own; the focus of the page is its host.
    page.wait_until("document.activeElement.shadowRoot")
    page.type("previous_tokens")
    found = "[...document.activeElement.shadowRoot.querySelectorAll('a')].map((one) => one.href).join(' ')"
    page.wait_until(f"{found}.includes('/reference/constructs/ClickstreamPipeline/')")
    assert failed_requests(page, origin) == []
