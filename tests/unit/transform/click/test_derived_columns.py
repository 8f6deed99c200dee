from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clickstream_transform.click.derived_columns import _ALWAYS, _BY_ENRICHMENT, DerivedColumns
from clickstream_transform.click.enrich.campaign import campaign_columns
from clickstream_transform.click.enrich.redact import Redactor
from clickstream_transform.click.enrich.referrer import without_www
from clickstream_transform.click.enrich.url import split_url
from clickstream_transform.columns.compiled_column import read_columns
from clickstream_transform.errors import ConfigError
from clickstream_transform.options import Options
from support.transform_harness import CLICK_COLUMNS, CLICK_SCHEMA, Transform
from support.user_agents import CHROME, IPHONE

OPTIONS = Options()
REDACTOR = Redactor(OPTIONS.redact, OPTIONS.redact_query_keys, frozenset({"page_url", "page_referrer"}))
DERIVED = DerivedColumns(CLICK_COLUMNS, OPTIONS, REDACTOR)
PARTS = ["?", "#", "&", "=", "@", "/", "//", ":", "https:", "www.", "a.example", "email", "token", "utm_source", "é"]
PARTS += ["%3F", "%26", "%3D", "%23", "%2F", "%253D", "%40", "%20", ";", "jsessionid", "sid", " ", "b"]
addresses = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)


def columns_of(pieces: tuple[bytes, ...]) -> dict[str, Any]:
    return {name: value for members in pieces for name, value in json.loads(b"{%b}" % members).items()}


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
def test_an_address_split_at_its_query_gives_what_the_whole_gives(address: str) -> None:
    whole = REDACTOR.redacted("page_url", address)
    host, path, query = split_url(whole)
    text, found_host, pieces, flags = DERIVED.page(address)
    assert (text, found_host) == (whole, host and without_www(host))
    wanted = {"page_host": host, "page_path": path, "page_query": query} | (campaign_columns(query) if query else {})
    assert columns_of(pieces) == {name: value for name, value in wanted.items() if value is not None}
    assert ("redacted:page_url" in flags) == (whole != address)


@settings(max_examples=300)
@given(addresses)
@example("/a;email=b?c@d.example")
@example("&email=?")
def test_a_referrer_split_at_its_query_gives_what_the_whole_gives(address: str) -> None:
    whole = REDACTOR.redacted("page_referrer", address)
    host = split_url(whole)[0]
    text, found_host, pieces, flags = DERIVED.referrer(address, "a.example")
    assert (text, found_host) == (whole, host and without_www(host))
    assert columns_of(pieces).get("referrer_host") == host
    assert (columns_of(pieces).get("referrer_medium") == "internal") == (found_host == "a.example")
    assert ("redacted:page_referrer" in flags) == (whole != address)


def test_an_address_too_long_to_be_remembered_is_derived_all_the_same() -> None:
    path = "/" + "p" * 3_000
    assert columns_of(DERIVED.page(f"https://a.example{path}?q=1")[2]) == {
        "page_host": "a.example",
        "page_path": path,
        "page_query": "q=1",
    }


def test_rows_carry_what_url_referrer_and_user_agent_tell() -> None:
    row = Transform().row(
        {
            "event_name": "click",
            "page_url": "https://www.shop.example/p/1?utm_source=news&gclid=abc",
            "page_referrer": "https://www.google.com/",
        },
        user_agent=IPHONE,
    )
    expected: dict[str, Any] = {
        "page_host": "www.shop.example",
        "page_path": "/p/1",
        "page_query": "utm_source=news&gclid=abc",
        "referrer_host": "www.google.com",
        "referrer_medium": "search",
        "referrer_source": "Google",
        "utm_source": "news",
        "click_id": "abc",
        "click_id_type": "gclid",
        "device_type": "mobile",
        "browser_name": "Safari",
        "browser_version": "17",
        "os_name": "iOS",
        "os_version": "17.5.1",
        "is_bot": False,
    }
    assert {name: row.get(name) for name in expected} == expected
    assert "bot_indicators" not in row


def test_a_robots_row_says_why() -> None:
    row = Transform().row({"event_name": "click"}, user_agent="curl/8.5.0")
    assert (row["is_bot"], row["bot_indicators"], row["device_type"]) == (True, ["crawler", "tool", "no_device"], "bot")


@pytest.mark.parametrize(
    ("enrichment", "columns"),
    [
        ("url", {"page_host", "page_path", "page_query"}),
        ("campaign", {"utm_source", "click_id", "click_id_type"}),
        ("referrer", {"referrer_host", "referrer_medium", "referrer_source"}),
        ("device", {"device_type", "browser_name", "browser_version", "os_name", "os_version"}),
        ("bot", {"is_bot"}),
    ],
)
def test_each_enrichment_can_be_chosen_alone(enrichment: str, columns: set[str]) -> None:
    event = {
        "event_name": "click",
        "page_url": "https://www.shop.example/p?utm_source=a&gclid=b",
        "page_referrer": "https://bing.com/",
    }
    alone = Transform(enrichments=[enrichment]).row(event, user_agent=CHROME)
    none = Transform(enrichments=[]).row(event, user_agent=CHROME)
    assert alone.keys() - none.keys() == columns


def test_every_column_of_the_click_schema_can_be_filled() -> None:
    """Nothing else declares a column; a column that nothing fills would be a promise."""
    made = {*_ALWAYS, *(name for columns in _BY_ENRICHMENT.values() for name in columns)}
    assert made == {name for name, column in CLICK_SCHEMA["properties"].items() if column.get("readOnly")}


def test_a_server_column_of_a_type_that_cannot_hold_its_values_is_refused() -> None:
    columns = read_columns({"received_at": {"check": {"kind": "boolean"}, "read_only": True}})
    with pytest.raises(ConfigError, match="#/properties/received_at: the transform fills it, and its value must be"):
        DerivedColumns(columns, OPTIONS, REDACTOR)


def test_a_column_of_the_clients_own_with_a_servers_name_is_the_clients() -> None:
    schema = {"properties": {"event_name": {"type": "string"}, "received_at": {"type": "integer"}}}
    event = {"event_name": "click", "received_at": 7}
    assert Transform(schema=schema).row(event) == event
