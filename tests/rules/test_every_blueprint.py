"""All blueprints keep the contract: facts/goals.md#transform."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.contract.record_result import LIMIT
from clickstream_transform.options import BLUEPRINTS
from support.blueprints import GOOD_RECORDS, Blueprint


@pytest.mark.parametrize("name", BLUEPRINTS)
@pytest.mark.parametrize("strict", [False, True])
def test_every_id_is_answered_once_whatever_the_records_hold(name: str, strict: bool) -> None:
    """facts/goals.md#transform, goal 1, with every poison of facts/blueprints.md#measured."""
    poison = [
        b"",
        b"\n\n",
        b"not json",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + GOOD_RECORDS[name],
        b"[" * 100_000,
        b"1" * 5_000,
        b"{" * 2_000,
        b'"\\ud800"',
        b"\x1f\x8b",
        b'{"clickstream":1,"kind":"split"}\n',
        b'{"clickstream":1,"kind":"request","boundary":"x"}\nbody',
    ]
    blueprint = Blueprint(name, strict=strict)
    clean = Blueprint(name, strict=strict).output(GOOD_RECORDS[name])
    answers = blueprint(*[record for one in poison for record in (one, GOOD_RECORDS[name])])
    assert len(answers) == 2 * len(poison)
    assert all(base64.b64decode(answer["data"]) == clean for answer in answers[1::2])


@pytest.mark.parametrize("name", BLUEPRINTS)
@settings(max_examples=40, deadline=None)
@given(records=st.lists(st.binary(max_size=300), max_size=6), strict=st.booleans())
def test_no_bytes_break_a_batch(name: str, records: list[bytes], strict: bool) -> None:
    answers = Blueprint(name, strict=strict)(GOOD_RECORDS[name], *records)
    assert [answer["recordId"] for answer in answers] == [f"record{number}" for number in range(len(records) + 1)]
    assert answers[0]["result"] == "Ok"
    assert not [answer for answer in answers if answer["result"] != "Ok" and "data" in answer]


@pytest.mark.parametrize(
    ("name", "line"),
    [(name, line) for name, line in GOOD_RECORDS.items() if name not in ("general", "cloudwatch_logs")],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_reply_that_would_be_too_large_is_requeued_and_comes_round_to_the_same_rows(
    name: str, line: bytes, strict: bool
) -> None:
    """facts/goals.md#transform, goal 2."""
    lines = [line + b" %07d " % number + b"x" * 2_000 for number in range(2_400)]
    blueprint = Blueprint(name, strict=strict)
    answers = blueprint(*lines)
    assert len(json.dumps({"records": answers})) <= LIMIT
    kept = [answer for answer in answers if answer["result"] == "Ok"]
    again = blueprint.client.accepted.get("clicks", [])
    if not again:  # JSON and CSV of an Apache line leave out what stands behind it
        assert len(kept) == len(lines)
        return
    fresh = Blueprint(name, strict=strict)
    returned = [row for record in again for row in fresh.output(record).splitlines()]
    assert sorted(returned) == sorted(fresh.output(line).rstrip(b"\n") for line in lines[len(kept) :])


@pytest.mark.parametrize("name", ["apache_log_to_json", "syslog_to_json", "general"])
def test_one_record_of_many_lines_gives_the_rows_of_as_many_records(name: str) -> None:
    blueprint = Blueprint(name)
    together = blueprint.output(b"\n".join([GOOD_RECORDS[name]] * 3) + b"\r\n")
    assert together == blueprint.output(GOOD_RECORDS[name]) * 3
