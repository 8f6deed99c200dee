"""Whatever a line holds, a row fits the columns: transforms.md 8, goal 8."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.blueprints import Blueprint, assert_fits, log_document

TEXT = st.text(st.characters(exclude_characters="\n"), max_size=30)
WORD = TEXT.map(lambda text: "".join(text.split()) or "-")
DIGITS = st.integers(0, 10**21).map(str)
TIME = st.from_regex(r"[0-3]\d/(Jan|Feb|dec)/(\d{4}):[0-2]\d:[0-6]\d:[0-6]\d( [+-]\d{4})?", fullmatch=True)
FLOW = "2 123456789012 eni-0a 192.0.2.1 198.51.100.7 443 49152 6 10 840 1418530010 1418530070 ACCEPT OK"
QUOTED = TEXT.map(lambda text: text.replace("\\", "\\\\").replace('"', '\\"'))


def assert_rows_fit(blueprint: Blueprint, record: bytes, *schemas: str) -> int:
    """Each row fits; returns how many there are."""
    (answer,) = blueprint(record)
    if answer["result"] != "Ok":
        return 0
    rows = base64.b64decode(answer["data"]).decode().split("\n")
    assert rows.pop() == ""
    for row in rows:
        assert_fits(json.loads(row), *schemas)
    return len(rows)


@settings(max_examples=150, deadline=None)
@given(
    names=st.lists(WORD, min_size=3, max_size=4),
    time=st.one_of(TIME, TEXT.map(lambda text: text.replace("]", ""))),
    request=QUOTED,
    status=st.integers(0, 999).map(lambda number: f"{number:03}"),
    size=DIGITS,
    rest=st.lists(QUOTED, max_size=3),
)
def test_rows_of_apache_lines_fit(
    names: list[str], time: str, request: str, status: str, size: str, rest: list[str]
) -> None:
    line = f'{" ".join(names)} [{time}] "{request}" {status} {size}' + "".join(f' "{text}"' for text in rest)
    assert assert_rows_fit(Blueprint("apache_log_to_json"), line.encode("utf-8", "surrogatepass"), "apache") == 1


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from(
        [
            "Jan 12 06:30:00 ",
            "<999>Feb 30 1:02:03.5 ",
            "<0>",
            "2003-13-45T99:14:15Z ",
            "2003-08-24T05:14:15,25+02:00 ",
            "<165>1 2003-10-11T22:14:15.003Z a b c d ",
            "<7>1 - - - - - - ",
        ]
    ),
    rest=TEXT,
)
def test_rows_of_syslog_messages_fit(head: str, rest: str) -> None:
    assert assert_rows_fit(Blueprint("syslog_to_json"), (head + rest).encode("utf-8", "surrogatepass"), "syslog") == 1


@settings(max_examples=80, deadline=None)
@given(
    message=TEXT,
    time=st.one_of(st.none(), st.integers(), st.floats(), TEXT),
    owner=st.one_of(st.none(), TEXT, st.integers()),
)
def test_rows_of_log_events_fit(message: str, time: object, owner: object) -> None:
    event = {"id": owner, "timestamp": time, "message": message}
    record = log_document(logEvents=[event], owner=owner, logGroup=owner)
    assert assert_rows_fit(Blueprint("cloudwatch_logs"), record, "cloudwatch_logs") == 1


@settings(max_examples=80, deadline=None)
@given(fields=st.lists(st.one_of(DIGITS, WORD, st.just("-")), min_size=13, max_size=14))
def test_rows_of_flow_records_fit(fields: list[str]) -> None:
    blueprint = Blueprint("cloudwatch_logs", parse_messages="vpc_flow")
    assert_rows_fit(blueprint, log_document(" ".join(fields)), "vpc_flow", "cloudwatch_logs")


@pytest.mark.parametrize("place", [5, 6, 7])
def test_a_port_or_protocol_that_its_column_cannot_hold_makes_it_no_flow_record(place: int) -> None:
    fields = FLOW.split()
    fields[place] = "65536"
    blueprint = Blueprint("cloudwatch_logs", parse_messages="vpc_flow")
    assert blueprint.rules(log_document(" ".join(fields))) == ["no_vpc_flow_log"]
