"""Record de-aggregation (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import base64

import pytest

from clickstream_local.firehose.records.deaggregation import MAX_SUB_RECORDS, Deaggregation


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b'{"a":1}{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b'{"a": 1}\n{"a":2}\n', [b'{"a": 1}', b'{"a":2}']),
        (b'{"a":{"b":"}{"}} {"c":"\xc3\xa9"}', [b'{"a":{"b":"}{"}}', b'{"c":"\xc3\xa9"}']),
        (b'[{"a":1},{"a":2}]', [b'[{"a":1},{"a":2}]']),
        (b"no json", [b"no json"]),
        (b'{"a":1}{', [b'{"a":1}{']),
        (b"", [b""]),
        (b'{"a":1}' * (MAX_SUB_RECORDS + 1), [b'{"a":1}' * (MAX_SUB_RECORDS + 1)]),
    ],
)
def test_json_is_split_between_objects(data: bytes, parts: list[bytes]) -> None:
    """facts/firehose.md#dynamic-partitioning: consecutive objects or JSON lines, no arrays;
    facts/firehose.md#put-records: more than 500 go on
    un-split.
    """
    assert Deaggregation(None).split(data) == parts


def test_text_is_split_at_the_delimiter() -> None:
    """facts/firehose.md#dynamic-partitioning: ``####`` is given as ``IyMjIw==``."""
    assert Deaggregation(base64.b64decode("IyMjIw==")).split(b"one####two####") == [b"one", b"two"]
