"""The Hive JSON SerDe: stricter than OpenX (facts 7.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from clickstream_local.glue import GlueError, MalformedDataError, SerDe

ConvertValue = Callable[..., Any]
HIVE = SerDe.hive({})


@pytest.mark.parametrize(
    ("hive", "text", "message"),
    [
        ("int", '"1"', "Current token (VALUE_STRING) not numeric, can not use numeric value accessors"),
        ("double", '"1"', "Current token (VALUE_STRING) not numeric"),
        ("array<int>", "1", "java.io.IOException: Start of Array expected"),
        ("struct<x:int>", "[1]", "java.io.IOException: Start of Object expected"),
        ("map<string,int>", "1", "java.io.IOException: Start of Object expected"),
        ("timestamp", "1518033528", "For input string"),
        ("timestamp", '"2026-01-01T00:00:00Z"', "For input string"),
    ],
)
def test_a_value_of_another_shape_is_refused(convert: ConvertValue, hive: str, text: str, message: str) -> None:
    """Facts 7.5, observed texts."""
    with pytest.raises(MalformedDataError) as raised:
        convert(hive, text, HIVE)
    assert message in str(raised.value)


def test_an_object_in_a_string_column_is_refused_without_the_schema_sentence(convert: ConvertValue) -> None:
    """Facts 7.5, observed texts."""
    with pytest.raises(MalformedDataError) as raised:
        convert("string", '{"a":1}', HIVE)
    message = "One or more fields have incorrect format. Exception when validating field (root)"
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("hive", "text", "value"),
    [
        ("string", "1", "1"),
        ("map<string,int>", '{"Key":1}', [("Key", 1)]),
        ("struct<x:int>", '{"X":1}', {"x": 1}),
        ("timestamp", '"2026-9-7 2:0:2.5"', datetime.fromisoformat("2026-09-07T02:00:02.500000")),
    ],
)
def test_names_match_in_any_case_and_map_keys_keep_theirs(
    convert: ConvertValue, hive: str, text: str, value: Any
) -> None:
    """Facts 7.5; timestamps as java.sql.Timestamp.valueOf by default (facts 7.2)."""
    assert convert(hive, text, HIVE) == value


def test_millis_reads_epoch_milliseconds(convert: ConvertValue) -> None:
    """Facts 7.2: the word millis."""
    serde = SerDe.hive({"TimestampFormats": ["millis"]})
    assert convert("timestamp", "1518033528123", serde) == datetime.fromisoformat("2018-02-07T19:58:48.123000")


def test_other_timestamp_formats_are_named_with_the_way_out() -> None:
    with pytest.raises(GlueError, match=r"TimestampFormats is \['yyyy'\].*use OpenXJsonSerDe"):
        SerDe.hive({"TimestampFormats": ["yyyy"]})


@pytest.mark.parametrize("deserializer", [{}, {"OpenXJsonSerDe": {}, "HiveJsonSerDe": {}}])
def test_a_deserializer_is_one_of_the_two(deserializer: dict[str, Any]) -> None:
    """Facts 7.1: setting both is rejected."""
    with pytest.raises(GlueError, match="one of OpenXJsonSerDe and HiveJsonSerDe"):
        SerDe.of(deserializer)
