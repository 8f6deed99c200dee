from __future__ import annotations

import csv
import io

import pytest

from support.blueprints import APACHE_COMBINED, APACHE_COMMON, APACHE_GOLDEN, Blueprint
from support.sample_data import sample_lines


def csv_rows(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


def test_strict_csv_is_the_published_output_a_comma_in_the_request_included() -> None:
    """facts/blueprints.md#apache-to-csv: no quoting, so a comma gives an eighth column."""
    line = APACHE_GOLDEN.replace("hsdivision", "a,b")
    assert Blueprint("apache_log_to_csv", strict=True).output(line.encode()) == (
        b"64.242.88.10,-,-,07/Mar/2004:16:10:02 -0800,GET /mailman/listinfo/a,b HTTP/1.1,200,6291\n"
    )


def test_csv_quotes_so_that_every_row_has_eight_columns() -> None:
    """facts/goals.md#transform, goal 6."""
    line = APACHE_COMMON.replace("/apache_pb.gif", '/a,b\\"c')
    assert csv_rows(Blueprint("apache_log_to_csv").output(line.encode())) == [
        ["203.0.113.9", "-", "frank", "10/Oct/2000:13:55:36 -0700", 'GET /a,b\\"c HTTP/1.0', "200", "2326", ""]
    ]


def test_csv_of_the_whole_sample_has_eight_columns_in_every_row() -> None:
    lines = sample_lines("apache/elastic_apache_logs.log")
    rows = csv_rows(Blueprint("apache_log_to_csv").output(b"\n".join(lines)))
    assert len(rows) == 10_000
    assert {len(row) for row in rows} == {8}


@pytest.mark.parametrize(
    ("line", "host", "rest"),
    [
        (APACHE_COMBINED, "203.0.113.9", APACHE_COMBINED[len(APACHE_COMMON) + 1 :]),
        (f"shop.example {APACHE_COMMON} 77", "203.0.113.9", "shop.example 77"),
        (f"192.0.2.5, {APACHE_COMMON}", "192.0.2.5", "203.0.113.9"),
        (APACHE_COMMON.replace("203.0.113.9", "10.0.0.1 (203.0.113.9)"), "203.0.113.9", "10.0.0.1"),
    ],
)
def test_the_eighth_column_has_what_the_others_do_not_take(line: str, host: str, rest: str) -> None:
    (row,) = csv_rows(Blueprint("apache_log_to_csv").output(line.encode()))
    assert (row[0], row[7]) == (host, rest)


def test_the_formula_guard_defuses_what_a_spreadsheet_would_run_and_nothing_else() -> None:
    """facts/peers.md#complaints."""
    line = APACHE_COMMON.replace("frank", "=cmd|'/c'!A1").replace("GET /apache_pb.gif HTTP/1.0", "@SUM(A1)")
    (row,) = csv_rows(Blueprint("apache_log_to_csv", formula_guard=True).output(line.encode()))
    assert row[1:5] == ["-", "'=cmd|'/c'!A1", "10/Oct/2000:13:55:36 -0700", "'@SUM(A1)"]
