from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.blueprints import apache_line
from support.blueprints import (
    APACHE_COMBINED,
    APACHE_COMMON,
    APACHE_GOLDEN,
    DIGITS,
    TEXT,
    WORD,
    Blueprint,
    assert_fits,
    assert_rows_fit,
)
from support.sample_data import sample_lines


def test_a_combined_line_gives_every_column_it_names() -> None:
    row = Blueprint("apache_log_to_json").row(f"shop.example:443 {APACHE_COMBINED}")
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


def test_a_line_of_another_kind_is_rejected_with_its_bytes_and_its_neighbours_go_on() -> None:
    blueprint = Blueprint("apache_log_to_json")
    text = blueprint.output(f"{APACHE_COMMON}\nBad line\n{APACHE_COMBINED}\n".encode())
    assert len(text.splitlines()) == 2
    (reject,) = blueprint.rejects()
    assert reject["reasons"][0]["rule"] == "no_apache_log"


def test_all_of_the_elastic_sample_is_taken_and_fits_the_columns() -> None:
    """facts/blueprints.md#real-logs: the published expression takes 93.3 %; goal 5 asks for all."""
    blueprint = Blueprint("apache_log_to_json")
    lines = sample_lines("apache/elastic_apache_logs.log")
    for start in range(0, len(lines), 2_000):
        rows = [json.loads(row) for row in blueprint.output(b"\n".join(lines[start : start + 2_000])).splitlines()]
        assert len(rows) == 2_000
        for row in rows[::50]:
            assert_fits(row, "apache")


def test_the_vhost_sample_is_taken_but_for_its_bad_line() -> None:
    blueprint = Blueprint("apache_log_to_json")
    rows = [
        json.loads(row)
        for row in blueprint.output(b"\n".join(sample_lines("apache/apachelogs_vhost_combined.log"))).splitlines()
    ]
    assert [row["vhost"] for row in rows] == ["www.varonathe.org:80"] * 6
    assert len(blueprint.rejects()) == 1


def test_strict_json_is_the_published_output_to_the_byte() -> None:
    """facts/blueprints.md#apache-to-json: key order, both times, no newline."""
    assert Blueprint("apache_log_to_json", strict=True).output(APACHE_GOLDEN.encode()) == (
        b'{"host": "64.242.88.10", "ident": "-", "authuser": "-", "@timestamp": "2004-03-07T16:10:02", '
        b'"request": "GET /mailman/listinfo/hsdivision HTTP/1.1", "response": 200, "bytes": 6291, "verb": "GET", '
        b'"timezone": "-0800", "@timestamp_utc": "2004-03-08T00:10:02+00:00"}'
    )


def test_strict_json_without_an_offset_has_no_utc_time() -> None:
    row = json.loads(Blueprint("apache_log_to_json", strict=True).output(APACHE_GOLDEN.replace(" -0800", "").encode()))
    assert list(row)[-1] == "verb"
    assert row["@timestamp"] == "2004-03-07T16:10:02"


@pytest.mark.parametrize("front", [", - -", "192.0.2.1, - -", "192.0.2.1 192.0.2.2 - -"])
def test_a_line_whose_client_cannot_be_told_is_a_reject(front: str) -> None:
    line = APACHE_COMMON.replace("203.0.113.9 - frank", front)
    assert Blueprint("apache_log_to_json").rules(line.encode()) == ["no_apache_log"]


def test_a_byte_order_mark_is_part_of_no_name() -> None:
    for end in ("", "\n", f"\n{APACHE_COMMON}"):
        output = Blueprint("apache_log_to_json").output(f"\ufeff{APACHE_COMMON}{end}".encode())
        assert output.startswith(b'{"host":"203.0.113.9"')


def test_bytes_that_are_no_utf8_cost_the_character_and_not_the_line() -> None:
    line = APACHE_COMMON.encode().replace(b"/apache_pb.gif", b"/caf\xe9")
    row = json.loads(Blueprint("apache_log_to_json").output(line))
    assert row["path"] == "/caf\ufffd"


TIME = st.from_regex(r"[0-3]\d/(Jan|Feb|dec)/(\d{4}):[0-2]\d:[0-6]\d:[0-6]\d( [+-]\d{4})?", fullmatch=True)
QUOTED = TEXT.map(lambda text: text.replace("\\", "\\\\").replace('"', '\\"'))


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
    count = assert_rows_fit(Blueprint("apache_log_to_json"), line.encode("utf-8", "surrogatepass"), "apache")
    assert count == (apache_line.names(" ".join(names)) is not None)
