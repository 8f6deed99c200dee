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
