"""The OpenX JSON SerDe, value by value (facts/firehose.md#openx); test_serde.py has Hive's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from clickstream_local.common.model import Column
from clickstream_local.glue.converter import Converter
from clickstream_local.glue.errors import GlueError, MalformedDataError
from clickstream_local.glue.serde import SerDe
from support.sample_data import shared_file

ConvertValue = Callable[..., Any]


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


def test_binary_columns_are_refused_as_the_serde_refuses_them() -> None:
    """facts/firehose.md#openx, binary."""
    with pytest.raises(GlueError, match=r"not supported by org\.openx\.data\.JsonSerDe \(binary\)"):
        Converter([Column("b", "binary")], SerDe.openx({}))


def test_epoch_seconds_become_milliseconds_at_ten_to_the_twelve(convert: ConvertValue) -> None:
    """facts/firehose.md#openx: |n| < 10^12 is seconds, otherwise milliseconds."""
    assert convert("timestamp", "1000000000000") == datetime.fromtimestamp(1_000_000_000, UTC).replace(tzinfo=None)
    assert convert("timestamp", '"1518033528.5"') == datetime.fromisoformat("2018-02-07T19:58:48.500000")
