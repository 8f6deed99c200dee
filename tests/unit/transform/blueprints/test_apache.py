"""Apache access logs: what is taken, what the rows hold, and what the blueprints wrote."""

from __future__ import annotations

import csv
import io
import json

import pytest

from support.blueprints import Blueprint, assert_fits
from support.sample_data import shared_file

COMMON = '203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
COMBINED = COMMON + ' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
GOLDEN = '64.242.88.10 - - [07/Mar/2004:16:10:02 -0800] "GET /mailman/listinfo/hsdivision HTTP/1.1" 200 6291'


def lines_of(name: str) -> list[bytes]:
    return [line for line in shared_file(f"data/apache/{name}").read_bytes().split(b"\n") if line]


def csv_rows(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline="")))


def test_a_combined_line_gives_every_column_it_names() -> None:
    row = Blueprint("apache_log_to_json").row(f"shop.example:443 {COMBINED}")
    assert row == {
        "vhost": "shop.example:443",
        "host": "203.0.113.9",
        "authuser": "frank",
        "timestamp": "2000-10-10T20:55:36.000Z",
        "timezone": "-0700",
        "request": "GET /apache_pb.gif HTTP/1.0",
        "verb": "GET",
        "path": "/apache_pb.gif",
        "protocol": "HTTP/1.0",
        "response": 200,
        "bytes": 2326,
        "referrer": "http://www.example.com/start.html",
        "user_agent": "Mozilla/4.08 [en] (Win98; I ;Nav)",
    }
    assert_fits(row, "apache")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (COMMON.replace("2326", "-"), {"response": 200, "bytes": None}),
        (COMMON.replace("203.0.113.9", "::1"), {"host": "::1"}),
        (COMMON.replace("203.0.113.9", "uplherc.upl.com"), {"host": "uplherc.upl.com"}),
        (COMMON.replace("frank", "frank@example.com"), {"authuser": "frank@example.com"}),
        (COMMON.replace("frank", "frank miller"), {"authuser": "frank miller", "vhost": None}),
        (COMMON.replace("/apache_pb.gif", '/a\\"b'), {"path": '/a\\"b', "response": 200}),
        (COMMON.replace("GET /apache_pb.gif HTTP/1.0", "-"), {"request": None, "verb": None}),
        (COMMON.replace("GET /apache_pb.gif HTTP/1.0", "GET /a b c HTTP/1.0"), {"path": "/a b c"}),
        (COMMON.replace("GET /apache_pb.gif HTTP/1.0", "GET /old"), {"verb": "GET", "path": "/old", "protocol": None}),
        (COMBINED[:-10], {"user_agent": "Mozilla/4.08 [en] (Win98"}),
        (f"shop.example {COMMON}", {"vhost": "shop.example", "host": "203.0.113.9"}),
        (COMMON.replace("10/Oct", "31/Feb"), {"timestamp": None, "time_text": "31/Feb/2000:13:55:36 -0700"}),
        (COMMON.replace(" -0700", ""), {"timestamp": None, "time_text": "10/Oct/2000:13:55:36"}),
    ],
)
def test_what_logs_hold_in_the_wild_is_taken(line: str, expected: dict[str, object]) -> None:
    """transforms.md 6, complaint 11."""
    row = Blueprint("apache_log_to_json").row(line)
    assert {name: row.get(name) for name in expected} == expected
    assert_fits(row, "apache")


def test_a_line_of_another_kind_is_rejected_with_its_bytes_and_its_neighbours_go_on() -> None:
    blueprint = Blueprint("apache_log_to_json")
    text = blueprint.output(f"{COMMON}\nBad line\n{COMBINED}\n".encode())
    assert len(text.splitlines()) == 2
    (reject,) = blueprint.rejects()
    assert reject["reasons"][0]["rule"] == "no_apache_log"


def test_all_of_the_elastic_sample_is_taken_and_fits_the_columns() -> None:
    """transforms.md 3.7: the published expression takes 93.3 %; goal 5 asks for all."""
    blueprint = Blueprint("apache_log_to_json")
    lines = lines_of("elastic_apache_logs.log")
    for start in range(0, len(lines), 2_000):
        rows = [json.loads(row) for row in blueprint.output(b"\n".join(lines[start : start + 2_000])).splitlines()]
        assert len(rows) == 2_000
        for row in rows[::50]:
            assert_fits(row, "apache")


def test_the_strict_blueprint_takes_of_the_elastic_sample_what_the_published_one_takes() -> None:
    """transforms.md 3.7: all 669 misses are bytes of -."""
    blueprint = Blueprint("apache_log_to_json", strict=True)
    lines = lines_of("elastic_apache_logs.log")
    results = [
        answer["result"] for start in range(0, 10_000, 2_000) for answer in blueprint(*lines[start : start + 2_000])
    ]
    assert results.count("Ok") == 9_331
    assert results.count("ProcessingFailed") == 669


def test_the_vhost_sample_is_taken_but_for_its_bad_line() -> None:
    blueprint = Blueprint("apache_log_to_json")
    rows = [
        json.loads(row) for row in blueprint.output(b"\n".join(lines_of("apachelogs_vhost_combined.log"))).splitlines()
    ]
    assert [row["vhost"] for row in rows] == ["www.varonathe.org:80"] * 6
    assert len(blueprint.rejects()) == 1


def test_strict_json_is_the_published_output_to_the_byte() -> None:
    """transforms.md 3.2: key order, both times, no newline."""
    assert Blueprint("apache_log_to_json", strict=True).output(GOLDEN.encode()) == (
        b'{"host": "64.242.88.10", "ident": "-", "authuser": "-", "@timestamp": "2004-03-07T16:10:02", '
        b'"request": "GET /mailman/listinfo/hsdivision HTTP/1.1", "response": 200, "bytes": 6291, "verb": "GET", '
        b'"timezone": "-0800", "@timestamp_utc": "2004-03-08T00:10:02+00:00"}'
    )


def test_strict_json_without_an_offset_has_no_utc_time() -> None:
    row = json.loads(Blueprint("apache_log_to_json", strict=True).output(GOLDEN.replace(" -0800", "").encode()))
    assert list(row)[-1] == "verb"
    assert row["@timestamp"] == "2004-03-07T16:10:02"


def test_strict_csv_is_the_published_output_a_comma_in_the_request_included() -> None:
    """transforms.md 3.3: no quoting, so a comma gives an eighth column."""
    line = GOLDEN.replace("hsdivision", "a,b")
    assert Blueprint("apache_log_to_csv", strict=True).output(line.encode()) == (
        b"64.242.88.10,-,-,07/Mar/2004:16:10:02 -0800,GET /mailman/listinfo/a,b HTTP/1.1,200,6291\n"
    )


@pytest.mark.parametrize("name", ["apache_log_to_json", "apache_log_to_csv"])
def test_strict_fails_the_record_that_the_published_blueprint_fails(name: str) -> None:
    blueprint = Blueprint(name, strict=True)
    assert blueprint.result(COMMON.replace("2326", "-").encode()) == "ProcessingFailed"
    assert blueprint.rejects() == []
    assert blueprint.metrics[0]["RecordsFailed.no_match"] == 1


def test_csv_quotes_so_that_every_row_has_seven_columns() -> None:
    """transforms.md 8, goal 6."""
    line = COMMON.replace("/apache_pb.gif", '/a,b\\"c')
    assert csv_rows(Blueprint("apache_log_to_csv").output(line.encode())) == [
        ["203.0.113.9", "-", "frank", "10/Oct/2000:13:55:36 -0700", 'GET /a,b\\"c HTTP/1.0', "200", "2326"]
    ]


def test_csv_of_the_whole_sample_has_seven_columns_in_every_row() -> None:
    lines = lines_of("elastic_apache_logs.log")
    rows = csv_rows(Blueprint("apache_log_to_csv").output(b"\n".join(lines)))
    assert len(rows) == 10_000
    assert {len(row) for row in rows} == {7}


def test_the_formula_guard_defuses_what_a_spreadsheet_would_run_and_nothing_else() -> None:
    """transforms.md 6, complaint 13."""
    line = COMMON.replace("frank", "=cmd|'/c'!A1").replace("GET /apache_pb.gif HTTP/1.0", "@SUM(A1)")
    (row,) = csv_rows(Blueprint("apache_log_to_csv", formula_guard=True).output(line.encode()))
    assert row[1:5] == ["-", "'=cmd|'/c'!A1", "10/Oct/2000:13:55:36 -0700", "'@SUM(A1)"]


def test_bytes_that_are_no_utf8_cost_the_character_and_not_the_line() -> None:
    line = COMMON.encode().replace(b"/apache_pb.gif", b"/caf\xe9")
    row = json.loads(Blueprint("apache_log_to_json").output(line))
    assert row["path"] == "/caf\ufffd"


def test_a_line_of_64_kb_of_quotes_and_backslashes_takes_no_time() -> None:
    """transforms.md 7: no expression may be exponential; 8 ms was measured."""
    import time

    for filler in ('\\"', "a " * 4, "[", '"'):
        line = ('1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "' + filler * (65_536 // len(filler))).encode()
        start = time.process_time()
        assert Blueprint("apache_log_to_json").rules(line) == ["no_apache_log"]
        assert time.process_time() - start < 0.5
