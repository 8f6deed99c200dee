"""The user's own function in the harness."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clickstream_transform.contract.per_event import PerEvent
from clickstream_transform.errors import ConfigError
from clickstream_transform.options import Options
from support.transform_harness import PACKAGE, RECEIVED_AT, Running, batch, request, rows_of


class Own(Running):
    """A function of the test's own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(PerEvent(function), Options(processor="per_event"))

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
    assert (reason["rule"], reason["message"]) == ("unexpected_error", "the transform raised ZeroDivisionError")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("text", "the function returned str, not dict, list of dict or None"),
        ([{"a": 1}, 2], "the function returned list, not dict, list of dict or None"),
        ({"a": Decimal(1)}, "the function's result cannot be written: a Decimal has no JSON form"),
    ],
)
def test_a_result_that_is_no_row_rejects_the_event_and_says_why(result: object, message: str) -> None:
    own = Own(lambda event: result)
    own(b'{"a":1}')
    (reason,) = own.reasons()
    assert (reason["rule"], reason["message"]) == ("bad_result", message)


def test_nan_becomes_null_so_that_the_row_converts() -> None:
    (answer,) = Own(lambda event: {"a": float("nan"), "b": 1})(b"{}")
    assert rows_of(answer) == [{"a": None, "b": 1}]


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
