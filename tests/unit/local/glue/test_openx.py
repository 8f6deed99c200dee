"""The OpenX JSON SerDe, value by value (facts 7.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from clickstream_local.common.model import Column
from clickstream_local.glue import Converter, GlueError, MalformedDataError, SerDe
from support.sample_data import shared_file

ConvertValue = Callable[..., Any]
CASE_SENSITIVE = SerDe.openx({"CaseInsensitive": False})


def test_the_recorded_conversions_come_out_as_recorded(convert: ConvertValue) -> None:
    """Vectors.json, openx_conversion: probes of the service, and statements of its documentation."""
    for case in json.loads(shared_file("facts/vectors.json").read_text())["openx_conversion"]:
        if "expect_error" in case:
            with pytest.raises(MalformedDataError) as raised:
                convert(case["type"], case["json"])
            if case["expect_error"].startswith("Data "):
                assert case["expect_error"] in str(raised.value)
            continue
        value = convert(case["type"], case["json"])
        if isinstance(value, datetime):
            text = case["expect"].removesuffix("Z")
            assert value == datetime.fromisoformat(text), case
        else:
            assert value == case["expect"], case


@pytest.mark.parametrize(
    ("hive", "text", "value"),
    [
        ("int", "7", 7),
        ("int", "7.0", 7),
        ("int", '"123"', 123),
        ("int", '"0x1F"', 31),
        ("bigint", "9223372036854775807", 2**63 - 1),
        ("tinyint", "-128", -128),
        ("double", "3", 3.0),
        ("double", '"2.25"', 2.25),
        ("float", "0.5", 0.5),
        ("boolean", "true", True),
        ("boolean", '"FALSE"', False),
        ("string", "1", "1"),
        ("string", "1.5", "1.5"),
        ("string", "true", "true"),
        ("string", "12345678901234567890123", "12345678901234567890123"),
        ("string", '{"A":[{"B":1}],"c":"é"}', '{"a":[{"b":1}],"c":"é"}'),
        ("varchar(3)", '"abcdef"', "abc"),
        ("char(2)", "1234", "12"),
        ("date", '"2026-9-7"', date(2026, 9, 7)),
        ("decimal(10,2)", "1.005", Decimal("1.01")),
        ("decimal(10,2)", '"12.5"', Decimal("12.50")),
        ("decimal(38,0)", "12345678901234567890123", Decimal("12345678901234567890123")),
        ("timestamp", '"2026-01-02T03:04:05.123456789Z"', datetime.fromisoformat("2026-01-02T03:04:05.123456")),
        ("timestamp", "-1000", datetime.fromisoformat("1969-12-31T23:43:20")),
        ("array<int>", '[1,null,"2"]', [1, None, 2]),
        ("array<struct<x:int>>", '{"x":1}', [{"x": 1}]),
        ("map<string,int>", '{"Key":1,"b":null}', [("key", 1), ("b", None)]),
        ("map<string,string>", '{"A":1,"a":2}', [("a", "2")]),
        ("map<int,string>", '{"7":"x"}', [(7, "x")]),
        ("struct<x:int,y:string>", '{"X":1,"z":2}', {"x": 1, "y": None}),
        ("struct<x:int,y:string>", "[1]", {"x": 1, "y": None}),
        ("struct<x:int>", "[1,2,3]", {"x": 1}),
        ("struct<x:int>", "[]", None),
        ("struct<x:struct<y:array<string>>>", '{"x":{"Y":"a"}}', {"x": {"y": ["a"]}}),
        ("string", "null", None),
    ],
)
def test_a_value_is_coerced_to_its_column(convert: ConvertValue, hive: str, text: str, value: Any) -> None:
    assert convert(hive, text) == value


@pytest.mark.parametrize(
    ("hive", "text", "message"),
    [
        ("int", '"oops"', 'For input string: "oops"'),
        ("int", '"1_000"', 'For input string: "1_000"'),
        ("double", '"1_0.5"', 'For input string: "1_0.5"'),
        ("decimal(9,2)", '"1_0"', 'For input string: "1_0"'),
        ("int", "1.5", 'For input string: "1.5"'),
        ("int", "2147483648", "out of range for 32 bits"),
        ("tinyint", "128", "out of range for 8 bits"),
        ("bigint", "9223372036854775808", "out of range for 64 bits"),
        ("int", "true", 'For input string: "true"'),
        ("int", "[]", "cannot hold a JSON object or array"),
        ("double", '"nan"', 'For input string: "nan"'),
        ("double", "[1]", "cannot hold a JSON object or array"),
        ("float", "1e39", "For input string"),
        ("boolean", '"yes"', 'For input string: "yes"'),
        ("boolean", "1", 'For input string: "1"'),
        ("date", '"07.09.2026"', "For input string"),
        ("date", '"2026-02-30"', "For input string"),
        ("decimal(4,2)", "100", "out of range for decimal(4,2)"),
        ("decimal(4,2)", "99.999", "out of range for decimal(4,2)"),
        ("timestamp", '"2026-13-01T00:00:00Z"', "For input string"),
        ("timestamp", '"2026-01-01T00:00:00"', "For input string"),
        ("timestamp", "999999999999", "outside the years 1 to 9999"),
        ("timestamp", '"1e99"', "outside the years 1 to 9999"),
        ("timestamp", "true", "cannot hold this kind of value"),
        ("map<string,string>", '"a"', "A map column needs a JSON object"),
        ("struct<x:int>", "42", "Data is not JSONObject  but java.lang.Long with value 42"),
        ("struct<x:int>", '"s"', "java.lang.String with value s"),
        ("array<int>", '["x"]', 'For input string: "x"'),
        ("struct<x:int>", '{"x":"y"}', 'For input string: "y"'),
    ],
)
def test_a_value_that_does_not_fit_fails_the_record(convert: ConvertValue, hive: str, text: str, message: str) -> None:
    with pytest.raises(MalformedDataError) as raised:
        convert(hive, text)
    assert str(raised.value).startswith("Data does not match the schema. ")
    assert message in str(raised.value)
    assert raised.value.summary == "Data does not match the schema."


def test_unknown_members_are_dropped_and_missing_ones_are_null(rows: Callable[..., Any]) -> None:
    """Facts 7.3."""
    assert rows({"a": "int", "b": "string"}, {"a": 1, "zzz": [1, 2]}) == [{"a": 1, "b": None}]


def test_keys_of_any_case_match_by_default(rows: Callable[..., Any]) -> None:
    """Facts 7.2: CaseInsensitive is true by default."""
    assert rows({"event_name": "string"}, {"Event_Name": "click"}) == [{"event_name": "click"}]


def test_only_exact_keys_match_when_case_counts(rows: Callable[..., Any]) -> None:
    """Facts 7.4: with CaseInsensitive=false only exact matches count, nested members included."""
    columns = {"a": "string", "s": "struct<x:int>"}
    record = {"A": "no", "s": {"X": 1, "x": 2}}
    assert rows(columns, record, {"CaseInsensitive": False}) == [{"a": None, "s": {"x": 2}}]


@pytest.mark.parametrize(("hive", "value"), [("map<string,int>", [("Key", 1)]), ("string", '{"Key":1}')])
def test_keys_that_are_data_keep_their_case_when_case_counts(convert: ConvertValue, hive: str, value: Any) -> None:
    """Facts 7.4, string and map."""
    assert convert(hive, '{"Key":1}', CASE_SENSITIVE) == value


def test_a_mapping_gives_a_column_another_key(rows: Callable[..., Any]) -> None:
    """Facts 7.2 and 7.4: the mapped key is lower-cased when case does not count."""
    options = {"ColumnToJsonKeyMappings": {"ts": "Timestamp"}}
    assert rows({"ts": "string"}, {"TIMESTAMP": "x", "ts": "y"}, options) == [{"ts": "x"}]
    assert rows({"ts": "string"}, {"Timestamp": "x"}, options | {"CaseInsensitive": False}) == [{"ts": "x"}]


def test_one_key_can_fill_two_columns(rows: Callable[..., Any]) -> None:
    options = {"ColumnToJsonKeyMappings": {"copy": "a"}}
    assert rows({"a": "int", "copy": "string"}, {"a": 1}, options) == [{"a": 1, "copy": "1"}]


def test_dots_in_keys_become_underscores_when_asked(rows: Callable[..., Any]) -> None:
    """Facts 7.2: ConvertDotsInJsonKeysToUnderscores, false by default."""
    record = {"A.b": 1}
    assert rows({"a_b": "int"}, record, {"ConvertDotsInJsonKeysToUnderscores": True}) == [{"a_b": 1}]
    assert rows({"a_b": "int"}, record) == [{"a_b": None}]


def test_the_record_is_the_unit_of_failure() -> None:
    """Facts 7.3: with several documents in a record, treat the record as the unit."""
    converter = Converter([Column("a", "int")], SerDe.openx({}))
    with pytest.raises(MalformedDataError):
        converter.rows(b'{"a":1}\n{"a":"x"}\n')
    assert converter.rows(b'{"a":1}\n{"a":2}\n') == [[1], [2]]


def test_binary_columns_are_refused_as_the_serde_refuses_them() -> None:
    """Facts 7.4, binary."""
    with pytest.raises(GlueError, match=r"not supported by org\.openx\.data\.JsonSerDe \(binary\)"):
        Converter([Column("b", "binary")], SerDe.openx({}))


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(GlueError, match="at least one"):
        Converter([], SerDe.openx({}))


def test_columns_of_the_same_name_are_refused() -> None:
    with pytest.raises(GlueError, match="columns of the same name: a"):
        Converter([Column("a", "int"), Column("b", "int"), Column("a", "string")], SerDe.openx({}))


def test_epoch_seconds_become_milliseconds_at_ten_to_the_twelve(convert: ConvertValue) -> None:
    """Facts 7.4: |n| < 10^12 is seconds, otherwise milliseconds."""
    assert convert("timestamp", "1000000000000") == datetime.fromtimestamp(1_000_000_000, UTC).replace(tzinfo=None)
    assert convert("timestamp", '"1518033528.5"') == datetime.fromisoformat("2018-02-07T19:58:48.500000")
