"""Prefix expressions (facts/firehose.md#prefixes)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from clickstream_local.firehose.config.prefix import ObjectPrefixes, PrefixError, PrefixValues
from support.sample_data import shared_file

INSTANT = datetime(2018, 8, 27, 10, 30, 5, tzinfo=UTC)


def test_the_recorded_prefixes_come_out_as_recorded() -> None:
    """Vectors.json, s3_prefix."""
    for case in json.loads(shared_file("facts/vectors.json").read_text())["s3_prefix"]:
        prefix, error_prefix = case.get("prefix"), case.get("error_output_prefix")
        if "expect_create_error" in case:
            with pytest.raises(PrefixError):
                ObjectPrefixes(prefix, error_prefix)
        elif "type" in case:
            assert ObjectPrefixes(prefix, error_prefix).error(PrefixValues(INSTANT, case["type"])) == case["expect"]
        else:
            fallback = "e/!{firehose:error-output-type}/" if prefix and "!{" in prefix else None
            instant = datetime.fromisoformat(case["arrival"])
            assert ObjectPrefixes(prefix, fallback).data(PrefixValues(instant)) == case["expect"]


def data(prefix: str, instant: datetime = INSTANT) -> str:
    return ObjectPrefixes(prefix, "e/!{firehose:error-output-type}/").data(PrefixValues(instant))


def test_a_random_string_is_eleven_characters_and_new_each_time() -> None:
    """facts/firehose.md#prefixes. A prefix without timestamp gets the time appended, as the documentation
    says.
    """
    first, second = re.fullmatch(
        r"([0-9A-Za-z-]{11})/([0-9A-Za-z-]{11})/2018/08/27/10/",
        data("!{firehose:random-string}/!{firehose:random-string}/"),
    ).groups()  # type: ignore[union-attr]
    assert first != second


def test_all_occurrences_use_one_instant() -> None:
    """facts/firehose.md#prefixes."""
    assert data("!{timestamp:HH}/!{timestamp:mm}/!{timestamp:ss}/") == "10/30/05/"


def test_failures_of_a_plain_prefix_go_under_their_kind_and_hour() -> None:
    """facts/firehose.md#prefixes: sources differ; ``<prefix><kind>/yyyy/MM/dd/HH/`` is the suggestion for
    local use.
    """
    prefixes = ObjectPrefixes("my/", None)
    assert prefixes.error(PrefixValues(INSTANT, "processing-failed")) == "my/processing-failed/2018/08/27/10/"


def test_a_plain_error_prefix_is_taken_as_it_is() -> None:
    """facts/firehose.md#prefixes: no time is appended."""
    assert ObjectPrefixes("x/", "errors").error(PrefixValues(INSTANT, "processing-failed")) == "errors"


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        ("!{timestamp:yyyy", "begins an expression of the form"),
        ("!{nope:x}/", "expression !{nope:x} is not allowed"),
        ("!{firehose:error-output-type}/", "expression !{firehose:error-output-type} is not allowed"),
        ("!{timestamp:qqqqq}/", "'qqqqq' is not a field"),
        ("x" * 513, "513 characters when evaluated; the limit is 512"),
        ("x" * 1025, "1025 characters; the limit is 1024"),
    ],
)
def test_a_prefix_that_firehose_refuses_is_refused_with_the_reason(prefix: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        data(prefix)


def test_partition_keys_are_not_allowed_in_an_error_prefix() -> None:
    with pytest.raises(PrefixError, match="partitionKeyFromLambda"):
        ObjectPrefixes("x/", "e/!{firehose:error-output-type}/!{partitionKeyFromLambda:k}/")
