"""The two JSON deserializers: how they match keys, and that Hive's is stricter (facts/firehose.md#openx, #hive)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from clickstream_local.glue.errors import GlueError, MalformedDataError
from clickstream_local.glue.serde import SerDe

CASE_SENSITIVE = SerDe.openx({"CaseInsensitive": False})

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
    """facts/firehose.md#hive, observed texts."""
    with pytest.raises(MalformedDataError) as raised:
        convert(hive, text, HIVE)
    assert message in str(raised.value)


def test_an_object_in_a_string_column_is_refused_without_the_schema_sentence(convert: ConvertValue) -> None:
    """facts/firehose.md#hive, observed texts."""
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
    """facts/firehose.md#hive; timestamps as java.sql.Timestamp.valueOf by default
    (facts/firehose.md#conversion-options).
    """
    assert convert(hive, text, HIVE) == value


def test_millis_reads_epoch_milliseconds(convert: ConvertValue) -> None:
    """facts/firehose.md#conversion-options: the word millis."""
    serde = SerDe.hive({"TimestampFormats": ["millis"]})
    assert convert("timestamp", "1518033528123", serde) == datetime.fromisoformat("2018-02-07T19:58:48.123000")


def test_other_timestamp_formats_are_named_with_the_way_out() -> None:
    with pytest.raises(GlueError, match=r"TimestampFormats is \['yyyy'\].*use OpenXJsonSerDe"):
        SerDe.hive({"TimestampFormats": ["yyyy"]})


@pytest.mark.parametrize("deserializer", [{}, {"OpenXJsonSerDe": {}, "HiveJsonSerDe": {}}])
def test_a_deserializer_is_one_of_the_two(deserializer: dict[str, Any]) -> None:
    """facts/firehose.md#conversion: setting both is rejected."""
    with pytest.raises(GlueError, match="one of OpenXJsonSerDe and HiveJsonSerDe"):
        SerDe.of(deserializer)


def test_unknown_members_are_dropped_and_missing_ones_are_null(rows: Callable[..., Any]) -> None:
    """facts/firehose.md#conversion-input."""
    assert rows({"a": "int", "b": "string"}, {"a": 1, "zzz": [1, 2]}) == [{"a": 1, "b": None}]


def test_keys_of_any_case_match_by_default(rows: Callable[..., Any]) -> None:
    """facts/firehose.md#conversion-options: CaseInsensitive is true by default."""
    assert rows({"event_name": "string"}, {"Event_Name": "click"}) == [{"event_name": "click"}]


def test_only_exact_keys_match_when_case_counts(rows: Callable[..., Any]) -> None:
    """facts/firehose.md#openx: with CaseInsensitive=false only exact matches count, nested members included."""
    columns = {"a": "string", "s": "struct<x:int>"}
    record = {"A": "no", "s": {"X": 1, "x": 2}}
    assert rows(columns, record, {"CaseInsensitive": False}) == [{"a": None, "s": {"x": 2}}]


@pytest.mark.parametrize(("hive", "value"), [("map<string,int>", [("Key", 1)]), ("string", '{"Key":1}')])
def test_keys_that_are_data_keep_their_case_when_case_counts(convert: ConvertValue, hive: str, value: Any) -> None:
    """facts/firehose.md#openx, string and map."""
    assert convert(hive, '{"Key":1}', CASE_SENSITIVE) == value


def test_a_mapping_gives_a_column_another_key(rows: Callable[..., Any]) -> None:
    """facts/firehose.md#conversion-options, #openx: the mapped key is lower-cased when case does not count."""
    options = {"ColumnToJsonKeyMappings": {"ts": "Timestamp"}}
    assert rows({"ts": "string"}, {"TIMESTAMP": "x", "ts": "y"}, options) == [{"ts": "x"}]
    assert rows({"ts": "string"}, {"Timestamp": "x"}, options | {"CaseInsensitive": False}) == [{"ts": "x"}]


def test_one_key_can_fill_two_columns(rows: Callable[..., Any]) -> None:
    options = {"ColumnToJsonKeyMappings": {"copy": "a"}}
    assert rows({"a": "int", "copy": "string"}, {"a": 1}, options) == [{"a": 1, "copy": "1"}]


@pytest.mark.parametrize(
    ("hive", "text", "value"),
    [
        ("struct<agent:string>", '{"User-Agent":"curl","agent":"no"}', {"agent": "curl"}),
        ("struct<agent:string>", '{"agent":"no"}', {"agent": None}),
        ("struct<h:struct<agent:array<string>>>", '{"H":{"user-agent":["curl"]}}', {"h": {"agent": ["curl"]}}),
        ("array<struct<agent:string>>", '[{"USER-AGENT":"curl"}]', [{"agent": "curl"}]),
        ("map<string,struct<agent:string>>", '{"k":{"User-Agent":"curl"}}', [("k", {"agent": "curl"})]),
        ("map<string,string>", '{"User-Agent":"curl"}', [("user-agent", "curl")]),
    ],
)
def test_a_mapping_counts_at_every_depth(convert: ConvertValue, hive: str, text: str, value: Any) -> None:
    """rcongiu/Hive-JSON-Serde, NestedWithMappingTest; of Firehose no probe is known."""
    assert convert(hive, text, SerDe.openx({"ColumnToJsonKeyMappings": {"agent": "User-Agent"}})) == value


DOTS = {"ConvertDotsInJsonKeysToUnderscores": True}


def test_dots_in_keys_become_underscores_when_asked(rows: Callable[..., Any]) -> None:
    """facts/firehose.md#conversion-options: ConvertDotsInJsonKeysToUnderscores, false by default."""
    record = {"A.b": 1}
    assert rows({"a_b": "int"}, record, DOTS) == [{"a_b": 1}]
    assert rows({"a_b": "int"}, record) == [{"a_b": None}]


@pytest.mark.parametrize(
    ("hive", "text", "value"),
    [
        ("struct<a_b:int>", '{"A.b":1}', {"a_b": 1}),
        ("struct<a_b:int>", '{"a.b":1,"a_b":2}', {"a_b": 2}),
        ("struct<a_b:int>", '{"a_b":2,"a.b":1}', {"a_b": 2}),
        ("map<string,struct<a_b:int>>", '{"x.y":{"a.b":1}}', [("x.y", {"a_b": 1})]),
    ],
)
def test_dots_count_at_every_depth_where_a_name_has_no_key_of_its_own(
    convert: ConvertValue, hive: str, text: str, value: Any
) -> None:
    """rcongiu/Hive-JSON-Serde, JsonSerDeDotsInKeysTest and the source of its struct inspector."""
    assert convert(hive, text, SerDe.openx(DOTS)) == value


def test_a_mapped_key_may_have_dots_that_are_converted_elsewhere(rows: Callable[..., Any]) -> None:
    options = DOTS | {"ColumnToJsonKeyMappings": {"ts": "event.time"}}
    assert rows({"ts": "string", "event_time": "string"}, {"event.time": "x"}, options) == [
        {"ts": "x", "event_time": "x"}
    ]


@pytest.mark.parametrize(
    ("hive", "text", "value"),
    [
        ("array<string>", '""', None),
        ("array<string>", '" "', [" "]),
        ("map<string,string>", '""', None),
        ("map<string,string>", '" \\t"', None),
        ("struct<x:int>", '""', None),
        ("struct<x:int>", '" "', None),
        ("array<struct<x:int>>", '["",{"x":1}]', [None, {"x": 1}]),
        ("map<string,array<int>>", '{"k":""}', [("k", None)]),
        ("struct<m:map<string,int>,a:array<int>>", '{"m":"","a":""}', {"m": None, "a": None}),
    ],
)
def test_an_empty_text_is_nothing_where_an_array_or_object_belongs(
    convert: ConvertValue, hive: str, text: str, value: Any
) -> None:
    """The source of rcongiu/Hive-JSON-Serde: its list, map and struct inspectors."""
    assert convert(hive, text) == value


@pytest.mark.parametrize("hive", ["array<string>", "map<string,string>", "struct<x:int>"])
def test_hive_refuses_an_empty_text_as_any_other(convert: ConvertValue, hive: str) -> None:
    with pytest.raises(MalformedDataError, match="expected"):
        convert(hive, '""', HIVE)
