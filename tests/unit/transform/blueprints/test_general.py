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
        (b'{"clickstream":2}', [{"clickstream": 2}]),
    ],
)
def test_json_of_any_shape_is_one_line_an_object(record: bytes, expected: list[dict[str, object]]) -> None:
    (answer,) = Blueprint("general")(record)
    assert rows_of(answer) == expected


@pytest.mark.parametrize(
    ("record", "row"),
    [
        (b'{"a":"x\\ud800"}', {"a": "x\ufffd", "enrich_flags": ["encoding"]}),
        (b'{"a":"caf\xe9"}', {"a": "caf\ufffd", "enrich_flags": ["encoding"]}),
        (b'{"\\ud800":1,"\\ufffd":2}', {"\ufffd": 1, "\ufffd_": 2, "enrich_flags": ["encoding"]}),
        (b'{"a":NaN,"b":1e999}', {"a": None, "b": None, "enrich_flags": ["range"]}),
        (b'{"a":NaN,"enrich_flags":["own"]}', {"a": None, "enrich_flags": ["own", "range"]}),
    ],
)
def test_what_json_has_no_form_for_is_mended_and_flagged(record: bytes, row: dict[str, object]) -> None:
    assert rows_of(*Blueprint("general")(record)) == [row]


def test_an_event_that_cannot_say_what_was_mended_is_rejected() -> None:
    assert Blueprint("general").rules(b'{"a":NaN,"enrich_flags":"own"}') == ["encoding"]


@pytest.mark.parametrize("event", [b'{"a":%s}', b'{"a":[{"b":%s}]}'])
def test_an_integer_that_no_row_can_hold_rejects_its_event(event: bytes) -> None:
    """CVE-2020-10735: the interpreter converts 4,300 digits at most."""
    assert Blueprint("general").rules(event % (b"7" * 5_000)) == ["range"]


@pytest.mark.parametrize("record", [b"1", b'"text"', b"[[1]]"])
def test_what_is_no_object_is_rejected(record: bytes) -> None:
    assert Blueprint("general").rules(record) == ["type"]


@pytest.mark.parametrize("record", [b"", b"text\n", b"\x00\xff", b'{"a":1}', b"\x1f\x8bnot gzip"])
def test_strict_passes_on_every_byte_and_adds_no_newline(record: bytes) -> None:
    """facts/blueprints.md#general."""
    (answer,) = Blueprint("general", strict=True)(record)
    assert (answer["result"], base64.b64decode(answer.get("data", ""))) == ("Ok" if record else "Dropped", record)


def test_events_that_break_the_schema_are_rejected_one_by_one() -> None:
    columns = columns_of({"properties": {"a": {"type": "integer"}}})
    running = Running(GeneralProcessor(columns), Options(processor="general"))
    first, second, third = running(b'{"a":1}', b'{"a":"x"}', b'{"a":3}{"a":NaN}{"a":4,"b":5}')
    assert (rows_of(first), rows_of(third)) == ([{"a": 1}], [{"a": 3}, {"a": 4}])
    assert second["result"] == "Dropped"
    messages = [reject["reasons"][0]["message"] for reject in running.rejects()]
    assert messages == [
        "must be an integer, not a string",
        "must be in the range of the schema and of its column",  # without enrich_flags the row could not say it
    ]
    assert running.metrics[-1]["RowsWithUnknownMembers"] == 1
