from __future__ import annotations

import sys

import pytest

from clickstream_transform.columns.compiled_column import CompiledColumn
from support.transform_harness import CLICK_COLUMNS, CLICK_SCHEMA


def test_the_bundled_columns_are_those_of_the_schema_in_their_order() -> None:
    assert list(CLICK_COLUMNS) == list(CLICK_SCHEMA["properties"])


@pytest.mark.parametrize(
    ("check", "limit"),
    [
        ({"kind": "string"}, sys.maxsize),
        ({"kind": "string", "max_length": 3}, 3),
        ({"kind": "string", "max_length": 3, "pattern": "a"}, -1),
        ({"kind": "string", "min_length": 1}, -1),
        ({"kind": "string", "allowed": ["a"]}, -1),
        ({"kind": "date_time"}, -1),
    ],
)
def test_only_a_text_without_further_checks_is_taken_as_it_is(check: dict[str, object], limit: int) -> None:
    assert CompiledColumn("c", {"check": check}).fast_path_limit == limit


@pytest.mark.parametrize(
    ("check", "bounds"),
    [
        ({"kind": "integer", "low": 0, "high": 9}, (0, 9)),
        ({"kind": "integer", "low": 0, "high": 9, "allowed": [1, 2]}, (1, 0)),
        ({"kind": "number"}, (1, 0)),
        ({"kind": "string"}, (1, 0)),
    ],
)
def test_only_an_integer_without_further_checks_is_taken_as_it_is(
    check: dict[str, object], bounds: tuple[int, int]
) -> None:
    assert CompiledColumn("c", {"check": check}).fast_path_range == bounds
