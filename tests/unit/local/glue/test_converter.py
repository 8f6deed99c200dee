"""Whatever a record holds: it becomes rows that Arrow takes, or it fails as a record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.common.model import Column
from clickstream_local.glue.converter import Converter
from clickstream_local.glue.errors import GlueError, MalformedDataError, RecordError
from clickstream_local.glue.serde import SerDe

_NAMES = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string", "timestamp", "date"]
_PRIMITIVES = st.sampled_from([*_NAMES, "varchar(3)", "decimal(6,2)", "decimal(38,10)"])
_TYPES = st.recursive(
    _PRIMITIVES,
    lambda inner: st.one_of(
        inner.map(lambda element: f"array<{element}>"),
        st.tuples(_PRIMITIVES, inner).map(lambda pair: f"map<{pair[0]},{pair[1]}>"),
        st.tuples(inner, inner).map(lambda pair: f"struct<a:{pair[0]},b:{pair[1]}>"),
    ),
    max_leaves=4,
)
_TEXT = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-1-1 1:1:1", "1e30", "0x1f", "-1", "nan", "true", "1_000", "٣"]),
)
_NUMBERS = st.one_of(st.integers(), st.integers(-(10**40), 10**40), st.floats(allow_nan=False, allow_infinity=False))
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(["a", "B", "A", "b"]), _TEXT), inner, max_size=3),
    ),
    max_leaves=5,
)
_SERDES = st.sampled_from([SerDe.openx({}), SerDe.openx({"CaseInsensitive": False}), SerDe.hive({})])


@settings(max_examples=400, deadline=None)
@given(_TYPES, _VALUES, _SERDES)
def test_any_value_in_any_column_converts_or_fails_as_a_record(hive: str, value: Any, serde: SerDe) -> None:
    converter = Converter([Column("c", hive)], serde)
    try:
        rows = converter.rows(json.dumps({"c": value}).encode())
    except RecordError:
        return
    batch = converter.batch(rows)
    batch.validate(full=True)
    assert batch.num_rows == 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,0123456789.eE+-\\ud8anltrfse \n', max_size=60).map(str.encode))
def test_any_bytes_convert_or_fail_as_a_record(data: bytes) -> None:
    converter = Converter([Column("a", "string"), Column("d", "double")], SerDe.openx({}))
    try:
        rows = converter.rows(data)
    except RecordError:
        return
    converter.batch(rows)


def test_the_record_is_the_unit_of_failure() -> None:
    """facts/firehose.md#conversion-input: with several documents in a record, treat the record as the unit."""
    converter = Converter([Column("a", "int")], SerDe.openx({}))
    with pytest.raises(MalformedDataError):
        converter.rows(b'{"a":1}\n{"a":"x"}\n')
    assert converter.rows(b'{"a":1}\n{"a":2}\n') == [[1], [2]]


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(GlueError, match="at least one"):
        Converter([], SerDe.openx({}))


def test_columns_of_the_same_name_are_refused() -> None:
    with pytest.raises(GlueError, match="columns of the same name: a"):
        Converter([Column("a", "int"), Column("b", "int"), Column("a", "string")], SerDe.openx({}))
