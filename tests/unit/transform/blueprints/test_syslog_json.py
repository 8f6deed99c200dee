from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.blueprints import SYSLOG_FILES, SYSLOG_LINE, TEXT, Blueprint, assert_fits, assert_rows_fit
from support.sample_data import sample_lines


def test_a_line_that_is_no_syslog_is_rejected() -> None:
    assert Blueprint("syslog_to_json").rules(b"Hello, this is a test 123.") == ["no_syslog"]


def test_a_message_of_several_lines_is_one_row() -> None:
    """facts/blueprints.md#syslog-to-json: the published blueprint cuts it at the first line and says Ok."""
    text = f"{SYSLOG_LINE}\n\tat one\n\tat two\n{SYSLOG_LINE}\n"
    rows = [json.loads(row) for row in Blueprint("syslog_to_json").output(text.encode()).splitlines()]
    assert [row["message"] for row in rows] == ["GET /foo, done\n\tat one\n\tat two", "GET /foo, done"]


def test_umlauts_stay_umlauts() -> None:
    """facts/blueprints.md#syslog-to-json: the Node blueprint makes two ASCII characters of one."""
    assert Blueprint("syslog_to_json").row(SYSLOG_LINE + " für dich")["message"].endswith("für dich")


@pytest.mark.parametrize(("name", "count"), SYSLOG_FILES.items())
def test_every_line_of_a_sample_file_is_a_row_that_fits_the_columns(name: str, count: int) -> None:
    """facts/goals.md#transform, goal 5."""
    lines = sample_lines(f"syslog/{name}")
    rows = [json.loads(row) for row in Blueprint("syslog_to_json").output(b"\n".join(lines)).splitlines()]
    assert len(rows) == len(lines) == count
    for row in rows[::20]:
        assert_fits(row, "syslog")


def test_strict_json_is_the_published_output_to_the_byte() -> None:
    """facts/blueprints.md#syslog-to-json: five members, null for no process id, cut at a line's end, no newline."""
    blueprint = Blueprint("syslog_to_json", strict=True)
    assert blueprint.output(b"Jan 12 06:30:00 h sshd: hi \xc3\xbc\nmore") == (
        b'{"timestamp": "Jan 12 06:30:00", "hostname": "h", "program": "sshd", "processid": null, '
        b'"message": "hi \\u00fc"}'
    )


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from(
        [
            "Jan 12 06:30:00 ",
            "<191>Feb 30 1:02:03.5 ",
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
