"""What follows from an address comes out the same whether parts of it were seen before or not."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clickstream_transform.click.derived_columns import DerivedColumns, Piece
from clickstream_transform.click.enrich.campaign import campaign_columns
from clickstream_transform.click.enrich.redact import Redactor
from clickstream_transform.click.enrich.url import split_url
from clickstream_transform.options import Options
from support.transform_harness import CLICK_COLUMNS

OPTIONS = Options()
REDACTOR = Redactor(OPTIONS.redact, OPTIONS.redact_query_keys)
DERIVER = DerivedColumns(CLICK_COLUMNS, OPTIONS, REDACTOR)
PARTS = ["?", "#", "&", "=", "@", "/", "//", ":", "https:", "a.example", "email", "token", "utm_source", "é"]
addresses = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)


def columns_of(pieces: tuple[Piece, ...]) -> dict[str, Any]:
    return {name: value for members, _ in pieces for name, value in json.loads(b"{%b}" % members).items()}


@settings(max_examples=500)
@given(addresses)
@example("mailto:a@b.example?subject=x")
@example("mailto:a//b?subject=x")
@example("mailto:a://b?subject=x")
@example("/a:b?q=1")
@example("//a.example:80?q=1")
@example("https://a.example#b?c")
@example("https://a.example?b?c#d?e")
@example("https://a.example/p;email=b?c")
def test_an_address_in_two_halves_gives_what_the_whole_gives(address: str) -> None:
    whole = REDACTOR.redacted("page_url", address)
    host, path, query = split_url(whole)
    text, found_host, pieces = DERIVER.page(address)
    assert (text, found_host) == (whole, host)
    wanted = {"page_host": host, "page_path": path, "page_query": query} | (campaign_columns(query) if query else {})
    assert columns_of(pieces) == {name: value for name, value in wanted.items() if value is not None}
    assert any("redacted:page_url" in flags for _, flags in pieces) == (whole != address)


@settings(max_examples=300)
@given(addresses)
@example("/a;email=b?c@d.example")
@example("&email=?")
def test_a_referrer_in_two_halves_gives_what_the_whole_gives(address: str) -> None:
    whole = REDACTOR.redacted("page_referrer", address)
    text, host, pieces = DERIVER.referrer(address, "a.example")
    assert (text, host) == (whole, split_url(whole)[0])
    assert columns_of(pieces).get("referrer_host") == host
    assert any("redacted:page_referrer" in flags for _, flags in pieces) == (whole != address)


def test_an_address_too_long_to_be_remembered_is_derived_all_the_same() -> None:
    path = "/" + "p" * 3_000
    assert columns_of(DERIVER.page(f"https://a.example{path}?q=1")[2]) == {
        "page_host": "a.example",
        "page_path": path,
        "page_query": "q=1",
    }
