from __future__ import annotations

import base64

import pytest

from clickstream_transform.blueprints.general import GeneralProcessor
from clickstream_transform.options import Options
from support.blueprints import Blueprint
from support.transform_harness import Running, columns_of, request, rows_of


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b'{ "a": 1,\n "b": [1, 2] }', [{"a": 1, "b": [1, 2]}]),
        (b'{"a":1}{"a":2}\n{"a":3}', [{"a": 1}, {"a": 2}, {"a": 3}]),
        (b'[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
        (request(b'{"a":1}'), [{"a": 1}]),
        (b'{"a":NaN,"b":1e999}', [{"a": None, "b": None}]),
        (b'{"clickstream":2}', [{"clickstream": 2}]),
    ],
)
def test_json_of_any_shape_is_one_line_an_object(record: bytes, expected: list[dict[str, object]]) -> None:
    (answer,) = Blueprint("general")(record)
    assert rows_of(answer) == expected


def test_a_lone_surrogate_is_mended() -> None:
    assert Blueprint("general").output(b'{"a":"x\\ud800"}') == '{"a":"x\ufffd"}\n'.encode()


@pytest.mark.parametrize("record", [b"1", b'"text"', b"[[1]]"])
def test_what_is_no_object_is_rejected(record: bytes) -> None:
    assert Blueprint("general").rules(record) == ["type"]


@pytest.mark.parametrize("record", [b"", b"text\n", b"\x00\xff", b'{"a":1}', b"\x1f\x8bnot gzip"])
def test_strict_passes_on_every_byte_and_adds_no_newline(record: bytes) -> None:
    """transforms.md 3.1."""
    (answer,) = Blueprint("general", strict=True)(record)
    assert (answer["result"], base64.b64decode(answer.get("data", ""))) == ("Ok" if record else "Dropped", record)


def test_events_that_break_the_schema_are_rejected_one_by_one() -> None:
    columns = columns_of({"properties": {"a": {"type": "integer"}}})
    running = Running(GeneralProcessor(columns), Options(processor="general"))
    first, second, third = running(b'{"a":1}', b'{"a":"x"}', b'{"a":3}{"a":NaN}{"a":4,"b":5}')
    assert (rows_of(first), rows_of(third)) == ([{"a": 1}], [{"a": 3}, {}, {"a": 4}])
    assert second["result"] == "Dropped"
    assert running.rejects()[-1]["reasons"][0]["message"] == "must be an integer, not a string"
    assert running.metrics[-1]["RowsWithUnknownMembers"] == 1
