"""The user's own function in the harness."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.contract.per_event import PerEvent
from clickstream_transform.errors import ConfigError
from clickstream_transform.options import Options
from support.transform_harness import PACKAGE, RECEIVED_AT, Running, batch, columns_of, raw_of, request, rows_of


class Own(Running):
    """A function of the test's own."""

    def __init__(self, function: Callable[..., Any], columns: Columns | None = None) -> None:
        super().__init__(PerEvent(function, columns), Options(processor="per_event"))

    def reasons(self) -> list[dict[str, str]]:
        return [reason for reject in self.rejects() for reason in reject["reasons"]]


def test_a_dict_is_a_row() -> None:
    (answer,) = Own(lambda event: event | {"seen": True})(b'{"a":1}')
    assert rows_of(answer) == [{"a": 1, "seen": True}]


def test_a_list_is_as_many_rows() -> None:
    (answer,) = Own(lambda event: [{"n": n} for n in range(event["count"])])(b'{"count":3}')
    assert rows_of(answer) == [{"n": 0}, {"n": 1}, {"n": 2}]


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_drops_the_event(nothing: object) -> None:
    (answer,) = Own(lambda event: nothing)(b'{"a":1}')
    assert answer == {"recordId": "record0", "result": "Dropped"}


def test_each_event_of_a_request_is_passed_by_itself() -> None:
    (answer,) = Own(lambda event: {"n": event["n"] * 10})(request(b'[{"n":1},{"n":2}]'))
    assert rows_of(answer) == [{"n": 10}, {"n": 20}]


def test_an_exception_rejects_its_event_and_no_other() -> None:
    own = Own(lambda event: {"half": 10 / event["n"]})
    (answer,) = own(b'{"n":2}{"n":0}{"n":5}')
    assert rows_of(answer) == [{"half": 5.0}, {"half": 2.0}]
    (reason,) = own.reasons()
    assert reason["rule"] == "unexpected_error"
    assert re.fullmatch(r"test_per_event\.py:\d+ ZeroDivisionError", reason["message"])


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("text", "the function returned str, not dict, list of dict or None"),
        ([{"a": 1}, 2], "the function returned list, not dict, list of dict or None"),
        ({"a": {1, 2}}, "the function's result cannot be written: a set has no JSON form"),
        ({("a", 1): 2}, "the function's result cannot be written: a tuple is no name of a member"),
    ],
)
def test_a_result_that_is_no_row_rejects_the_event_and_says_why(result: object, message: str) -> None:
    own = Own(lambda event: result)
    own(b'{"a":1}')
    (reason,) = own.reasons()
    assert (reason["rule"], reason["message"]) == ("bad_result", message)


def test_nan_becomes_null_and_what_is_too_large_as_well_with_a_flag() -> None:
    (answer,) = Own(lambda event: {"a": float("nan"), "b": 1})(b"{}")
    assert rows_of(answer) == [{"a": None, "b": 1}]
    (answer,) = Own(lambda event: {"a": float("inf"), "b": Decimal("-Infinity")})(b"{}")
    assert rows_of(answer) == [{"a": None, "b": None, "enrich_flags": ["range"]}]


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.5"), 1.5),
        (Decimal(3), 3),
        (Decimal("NaN"), None),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 1), "2026-01-01T00:00:00.000Z"),  # noqa: DTZ001
        (date(2026, 1, 1), "2026-01-01"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
        ((1, [True]), [1, [True]]),
        ({1: None, None: 2}, {"1": None, "null": 2}),
    ],
)
def test_a_function_may_return_what_the_producer_writes(value: object, expected: object) -> None:
    (answer,) = Own(lambda event: {"v": value})(b"{}")
    assert rows_of(answer) == [{"v": expected}]


@pytest.mark.parametrize("raised", [SystemExit, GeneratorExit, RecursionError, MemoryError])
def test_whatever_a_function_raises_costs_one_event(raised: type[BaseException]) -> None:
    def transform(event: dict[str, Any]) -> dict[str, Any]:
        if event["n"] == 2:
            raise raised("secret")
        return event

    own = Own(transform)
    (answer,) = own(b'{"n":1}{"n":2}{"n":3}')
    assert [row["n"] for row in rows_of(answer)] == [1, 3]
    assert own.reasons()[0]["message"].endswith(raised.__name__)


def test_an_interrupt_from_outside_ends_the_call() -> None:
    def transform(event: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Own(transform)(b"{}")


CODE = """\
import json

def inner(event):
    return event["value"]

def transform(event):
    kind = event.get("kind")
    if kind == "library":
        return json.loads(event["text"])
    if kind == "key":
        return event[event["text"]]
    if kind == "attribute":
        return kind.nothing
    return inner(event)
"""


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "shop_rows.py:4 KeyError 'value'"),
        ({"kind": "key", "text": "secret"}, "shop_rows.py:11 KeyError"),
        ({"kind": "attribute"}, "shop_rows.py:13 AttributeError 'nothing'"),
        ({"kind": "library", "text": "secret"}, "shop_rows.py:9 JSONDecodeError"),
    ],
)
def test_the_reason_and_the_log_have_the_users_own_line_and_no_payload(
    event: dict[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder_with(tmp_path, CODE)
    own = Running(PerEvent.load(str(tmp_path), "shop_rows.transform"), Options(processor="per_event"))
    sys.modules.pop("shop_rows")
    sys.path.remove(str(tmp_path / "function"))
    own(json.dumps(event).encode())
    (reject,) = own.rejects()
    assert reject["reasons"][0]["message"] == message
    place, _, raised = message.partition(" ")
    assert json.loads(capsys.readouterr().out) == {"event": "unexpected_error", "error": raised, "place": place}


ROWS = {
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "amount": {"type": "number", "minimum": 0},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["name"],
}
FLAGS = {"enrich_flags": {"type": "array", "items": {"type": "string"}}}
PROPERTIES = {"properties": {"type": "object", "x-glue-type": "string"}}


def with_columns(**more: Any) -> dict[str, Any]:
    return ROWS | {"properties": ROWS["properties"] | more}


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ({"name": 7}, [("name", "type", "must be a string, not a number")]),
        ({"amount": 1}, [("name", "required", "is required, but missing or not usable")]),
        ({"name": "a", "amount": "1"}, [("amount", "type", "must be a number, not a string")]),
        ({"name": "a", "amount": -1}, [("amount", "range", "must be in the range of the schema and of its column")]),
        ({"name": "too long"}, [("name", "truncated", "must be no longer than the schema allows")]),
        ({"name": "a", "at": "today"}, [("at", "format", "must be a date or a time")]),
    ],
)
def test_a_row_that_breaks_the_schema_rejects_its_event_and_no_other(
    row: dict[str, Any], reasons: list[tuple[str, str, str]]
) -> None:
    own = Own(lambda event: row if event["n"] == 2 else {"name": "ok"}, columns_of(ROWS))
    (answer,) = own(b'{"n":1}{"n":2}{"n":3}')
    assert rows_of(answer) == [{"name": "ok"}] * 2
    assert [(one["path"], one["rule"], one["message"]) for one in own.reasons()] == reasons
    assert [raw_of(reject) for reject in own.rejects()] == [b'{"n":2}']


def test_one_bad_row_of_several_rejects_the_event_whole_so_that_a_replay_makes_no_copies() -> None:
    own = Own(lambda event: [{"name": "ok"}, {"name": 7}], columns_of(ROWS))
    (answer,) = own(b"{}")
    assert answer["result"] == "Dropped"
    assert len(own.rejects()) == 1


def test_what_is_out_of_bounds_is_flagged_where_the_row_has_flags() -> None:
    own = Own(lambda event: {"name": "too long", "amount": -1, "x": 1}, columns_of(with_columns(**FLAGS)))
    (answer,) = own(b"{}")
    assert rows_of(answer) == [{"name": "too l", "enrich_flags": ["truncated:name", "range:amount", "unknown_members"]}]


def test_a_member_without_a_column_goes_to_the_column_of_free_members() -> None:
    columns = columns_of(with_columns(**PROPERTIES))
    (answer,) = Own(lambda event: {"name": "a", "plan": 1, "properties": {"plan": 2}}, columns)(b"{}")
    (row,) = rows_of(answer)
    assert json.loads(row.pop("properties")) == {"plan": 2, "plan_top": 1}
    assert row == {"name": "a"}


def test_a_member_that_goes_nowhere_is_counted() -> None:
    own = Own(lambda event: {"name": "a", "plan": 1}, columns_of(ROWS))
    for _ in range(2):
        (answer,) = own(b"{}{}")
        assert rows_of(answer) == [{"name": "a"}] * 2
        assert own.metrics[-1]["RowsWithUnknownMembers"] == 2


def test_times_are_written_as_columns_hold_them() -> None:
    own = Own(lambda event: {"name": "a", "at": "2026-01-01 01:00:00+01:00"}, columns_of(ROWS))
    (answer,) = own(b"{}")
    assert rows_of(answer) == [{"name": "a", "at": "2026-01-01T00:00:00.000Z"}]


def test_what_is_no_object_is_never_passed_to_the_function() -> None:
    called: list[object] = []
    own = Own(called.append)
    own(b"[1]")
    assert (called, own.reasons()[0]["rule"]) == ([], "type")


def test_a_function_of_two_parameters_learns_what_the_endpoint_knows() -> None:
    def transform(event: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
        return known

    (answer,) = Own(transform)(request(b'{"a":1}', ip="203.0.113.9", user_agent="curl", api_key_id=""))
    assert rows_of(answer) == [
        {
            "received_at": RECEIVED_AT,
            "ip": "203.0.113.9",
            "user_agent": "curl",
            "api_key_id": None,
            "principal": None,
            "country": None,
        }
    ]


def folder_with(tmp_path: Path, code: str) -> Path:
    (tmp_path / "function").mkdir()
    (tmp_path / "function" / "shop_rows.py").write_text(code, "utf-8")
    return tmp_path


def test_the_entry_point_runs_the_function_from_its_folder(tmp_path: Path) -> None:
    folder_with(tmp_path, "def transform(event):\n    return {'name': event['event_name'].upper()}\n")
    (tmp_path / "options.json").write_text('{"processor":"per_event","function":"shop_rows.transform"}')
    code = (
        "import json, sys\n"
        "from clickstream_transform.handler import handler\n"
        "print(json.dumps(handler(json.load(sys.stdin), None)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        input=json.dumps(batch(b'{"event_name":"click"}')),
        env={
            "PYTHONPATH": str(PACKAGE.parent),
            "CLICKSTREAM_CONFIG_DIR": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])["records"][0]
    assert rows_of(answer) == [{"name": "CLICK"}]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("transform", "option 'function' is 'transform'; allowed is 'module.function'"),
        ("no_such_module.transform", "has no module 'no_such_module'"),
        ("shop_names.other", "shop_names has no function 'other'"),
    ],
)
def test_a_function_that_is_not_there_is_named(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "function").mkdir()
    (tmp_path / "function" / "shop_names.py").write_text("def transform(event): ...\n")
    with pytest.raises(ConfigError, match=message):
        PerEvent.load(str(tmp_path), name)
