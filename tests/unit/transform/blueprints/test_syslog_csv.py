from __future__ import annotations

import csv
import io

import pytest

from support.blueprints import SYSLOG_FILES, SYSLOG_LINE, Blueprint
from support.sample_data import sample_lines


@pytest.mark.parametrize(("name", "count"), SYSLOG_FILES.items())
def test_csv_of_a_sample_file_has_five_columns_in_every_row(name: str, count: int) -> None:
    """facts/blueprints.md#real-logs: unquoted, 274 of 2,431 rows of one file have more; goal 6."""
    text = Blueprint("syslog_to_csv").output(b"\n".join(sample_lines(f"syslog/{name}"))).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == count
    assert {len(row) for row in rows} == {5}


def test_strict_csv_is_the_published_output_to_the_byte() -> None:
    """facts/blueprints.md#syslog-to-csv: null for no process id, nothing quoted."""
    blueprint = Blueprint("syslog_to_csv", strict=True)
    assert blueprint.output(b"Jan 12 06:30:00 h sshd[12]: a, b") == b"Jan 12 06:30:00,h,sshd,12,a, b\n"
    assert blueprint.output(b"Jan 12 06:30:00 h sshd: hi") == b"Jan 12 06:30:00,h,sshd,null,hi\n"


def test_what_no_column_takes_stands_before_the_message() -> None:
    text = Blueprint("syslog_to_csv").output(b"<34>1 2003-10-11T22:14:15Z h su 7 ID47 - hi")
    assert text == b"2003-10-11T22:14:15Z,h,su,7,<34> ID47: hi\n"


def test_csv_leaves_empty_what_a_message_does_not_say() -> None:
    assert Blueprint("syslog_to_csv").output(b"Apr 23 09:14:02 kernel: up") == b"Apr 23 09:14:02,,kernel,,up\n"


def test_csv_keeps_a_line_break_inside_quotes() -> None:
    """facts/goals.md#transform, goal 6."""
    text = Blueprint("syslog_to_csv").output(f'{SYSLOG_LINE}\n say "hi"'.encode())
    assert text == b'Jan 12 06:30:00,1.2.3.4,apache_server,77,"GET /foo, done\n say ""hi"""\n'


def test_a_row_with_a_line_break_is_counted_once() -> None:
    blueprint = Blueprint("syslog_to_csv")
    blueprint.output(f"{SYSLOG_LINE}\n more\n{SYSLOG_LINE}".encode())
    assert (blueprint.metrics[0]["EventsIn"], blueprint.metrics[0]["EventsOut"]) == (2, 2)


def test_the_formula_guard_defuses_a_message() -> None:
    text = Blueprint("syslog_to_csv", formula_guard=True).output(b"Jan 12 06:30:00 h p: =1+1")
    assert text == b"Jan 12 06:30:00,h,p,,'=1+1\n"
