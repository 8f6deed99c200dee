"""Hive type strings."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clickstream_local.glue.errors import GlueError
from clickstream_local.glue.hive_types import arrow_type, parse_type


@pytest.mark.parametrize(
    ("hive", "arrow"),
    [
        ("string", pa.string()),
        ("BIGINT", pa.int64()),
        ("integer", pa.int32()),
        ("float", pa.float32()),
        ("timestamp", pa.timestamp("us")),
        ("date", pa.date32()),
        ("varchar(10)", pa.string()),
        ("decimal", pa.decimal128(10, 0)),
        ("decimal(12, 2)", pa.decimal128(12, 2)),
        ("array<int>", pa.list_(pa.int32())),
        ("map<string,array<double>>", pa.map_(pa.string(), pa.list_(pa.float64()))),
        (
            "array<struct<name:string, Price:decimal(10,2), tags:map<string,int>>>",
            pa.list_(
                pa.struct(
                    [
                        pa.field("name", pa.string()),
                        pa.field("price", pa.decimal128(10, 2)),
                        pa.field("tags", pa.map_(pa.string(), pa.int32())),
                    ]
                )
            ),
        ),
    ],
)
def test_a_type_has_its_arrow_type(hive: str, arrow: pa.DataType) -> None:
    assert arrow_type(parse_type(hive)) == arrow


@pytest.mark.parametrize(
    ("hive", "reason"),
    [
        ("text", "'text' is not a Hive type"),
        ("uniontype<int,string>", "'uniontype' is not a Hive type"),
        ("array<int", "it ends where '>' was expected"),
        ("array<int>>", "'>' follows the end"),
        ("struct<a int>", "':' was expected, not 'int'"),
        ("struct<a:int;b:int>", "';' at position 12"),
        ("map<array<int>,int>", "key of a map must be a primitive"),
        ("struct<a:int,A:int>", "two members named 'a'"),
        ("decimal(50,2)", "precision of 1 to 38"),
        ("decimal(4,5)", "scale no larger"),
        ("varchar(x)", "a number was expected, not 'x'"),
        ("", "it ends where a type was expected"),
    ],
)
def test_an_unreadable_type_is_named_with_the_place(hive: str, reason: str) -> None:
    with pytest.raises(GlueError) as raised:
        parse_type(hive)
    assert repr(hive) in str(raised.value)
    assert reason in str(raised.value)
