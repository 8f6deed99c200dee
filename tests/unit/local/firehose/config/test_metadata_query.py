"""Partition keys by a jq program (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

import re
import sys

import pytest

from clickstream_local.firehose.config.metadata_query import MetadataError, MetadataQuery
from clickstream_local.firehose.config.values import ConfigurationError


def test_without_the_package_jq_a_query_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jq", None)
    with pytest.raises(ConfigurationError, match="needs the package jq, which is not installed"):
        MetadataQuery("{x: .x}")


def test_a_function_that_jq_1_6_does_not_have_is_refused() -> None:
    """facts/firehose.md#dynamic-partitioning: the engine is JQ-1.6."""
    with pytest.raises(ConfigurationError, match=re.escape("jq 1.6 has no toarray")):
        MetadataQuery("{x: (.x | toarray)}")


@pytest.mark.parametrize(
    ("query", "record", "keys"),
    [
        ('{customer_id:.customer_id, d:.ts|strftime("%Y")}', b'{"customer_id":"c","ts":0}', ("c", "1970")),
        ("{a: .n, b: .flag}", b'{"n": 1.5, "flag": true}', ("1.5", "true")),
        ("{trim: .a, b: (.b | ascii_downcase)}", b'{"a": "x", "b": "Y"}', ("x", "y")),
    ],
)
def test_a_jq_program_makes_keys(query: str, record: bytes, keys: tuple[str, ...]) -> None:
    """facts/firehose.md#dynamic-partitioning: a jq program that returns an object."""
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    assert tuple(MetadataQuery(query).keys(record).values()) == keys


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"no json", "Non JSON record provided"),
        (b'{"x": []}', "The metadata extraction query failed for the record"),
        (b'{"x": {"a": {}}}', "The metadata extraction query did not return a JSON object"),
    ],
)
def test_a_record_that_the_program_does_not_fit_has_no_keys(record: bytes, message: str) -> None:
    """facts/firehose.md#error-objects: ``Non JSON record provided``; the other texts are the runtime's own."""
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    with pytest.raises(MetadataError, match=message):
        MetadataQuery(".x.a | tostring").keys(record)


def test_a_program_that_is_none_is_refused() -> None:
    pytest.importorskip("jq", reason="the optional package jq is not installed")
    with pytest.raises(ConfigurationError, match="is not a jq program"):
        MetadataQuery("{a:")
