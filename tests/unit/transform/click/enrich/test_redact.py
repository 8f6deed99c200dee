from __future__ import annotations

import json

import pytest

from clickstream_transform.click.enrich.redact import redact_emails
from support.transform_harness import Transform

NAME = {"event_name": "click"}


def test_email_like_text_is_redacted_in_addresses_and_properties() -> None:
    """transforms.md 8, goal 9."""
    row = Transform().row(
        NAME
        | {
            "page_url": "https://u:p@example.com/joe%40mail.example.org/?a=1&Token=abc&b=2",
            "page_referrer": "https://example.org/?q=joe.doe+x@mail.example.org",
            "properties": {"note": ["line\njoe@mail.example.org."], "joe@mail.example.org": {"n": 1}},
        }
    )
    assert row["page_url"] == "https://example.com/redacted/?a=1&Token=redacted&b=2"
    assert row["page_referrer"] == "https://example.org/?q=redacted"
    assert json.loads(row["properties"]) == {"note": ["line\nredacted."], "redacted": {"n": 1}}
    assert sorted(row["enrich_flags"]) == ["redacted:page_referrer", "redacted:page_url", "redacted:properties"]


@pytest.mark.parametrize("column", ["page_url", "page_referrer"])
def test_an_email_address_is_redacted_before_its_column_is_cut(column: str) -> None:
    start = "https://example.com/?q="
    address = start + "x" * (4_096 - len(start) - len("=a@m")) + "=a@mail.example.org"
    row = Transform().row(NAME | {column: address})
    assert row[column].endswith("x=red")
    assert set(row["enrich_flags"]) == {f"redacted:{column}", f"truncated:{column}"}


def test_names_that_are_redacted_to_the_same_text_keep_their_values() -> None:
    members = {"a@b.example": 1, "redacted": 2, "c@d.example": 3, "redacted_3": 4, "e@f.example": 5}
    row = Transform().row(NAME | {"properties": members})
    assert json.loads(row["properties"]) == {
        "redacted": 1,
        "redacted_": 2,
        "redacted_2": 3,
        "redacted_3": 4,
        "redacted_4": 5,
    }


def test_redaction_follows_the_options() -> None:
    row = Transform(redact=["page_title"], redact_query_keys=[]).row(
        NAME | {"page_title": "to joe@mail.example.org", "page_url": "/?token=a", "properties": {"e": "a@b.example"}}
    )
    assert row["page_title"] == "to redacted"
    assert (row["page_url"], row["properties"]) == ("/?token=a", '{"e":"a@b.example"}')


def test_what_was_redacted_does_not_come_back_in_derived_columns() -> None:
    row = Transform().row({"event_name": "click", "page_url": "https://e.example/?utm_source=joe@mail.example.org"})
    assert row["utm_source"] == "redacted"
    assert "joe" not in json.dumps(row)


def test_redaction_takes_time_that_grows_with_the_text() -> None:
    import time

    start = time.process_time()
    redact_emails("a" * 500_000 + "@" + "a." * 200_000)
    redact_emails("a@" * 200_000)
    redact_emails("%40" * 200_000 + " a%40")
    assert time.process_time() - start < 2
