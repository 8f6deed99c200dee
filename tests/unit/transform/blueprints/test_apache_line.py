"""Lines that Apache access logs hold in the wild, and the time that reading them takes."""

from __future__ import annotations

import pytest

from support.blueprints import APACHE_COMBINED, APACHE_COMMON, Blueprint, assert_fits
from support.sample_data import sample_lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"{APACHE_COMBINED} 77 0.003 [a]", {"rest": "77 0.003 [a]"}),
        (f'{APACHE_COMBINED} "203.0.113.9"', {"rest": '"203.0.113.9"'}),
        (f"{APACHE_COMMON} Create-Job successful-ok", {"bytes": 2326, "rest": "Create-Job successful-ok"}),
        (APACHE_COMMON.replace("2326", "9" * 20), {"bytes": None, "rest": "9" * 20}),
        (f"192.0.2.5, {APACHE_COMMON}", {"host": "192.0.2.5", "vhost": None, "rest": "203.0.113.9"}),
        (f"192.0.2.5, 192.0.2.6, {APACHE_COMMON}", {"host": "192.0.2.5", "rest": "192.0.2.6 203.0.113.9"}),
        (
            APACHE_COMMON.replace("203.0.113.9", "10.0.0.1 (203.0.113.9)"),
            {"host": "203.0.113.9", "vhost": None, "authuser": "frank", "rest": "10.0.0.1"},
        ),
        (f'"192.0.2.5, 192.0.2.6" {APACHE_COMMON}', {"host": "192.0.2.5", "rest": "192.0.2.6 203.0.113.9"}),
        (f'"192.0.2.5" {APACHE_COMMON}', {"host": "192.0.2.5", "vhost": None, "rest": "203.0.113.9"}),
        (f'"-" {APACHE_COMMON}', {"host": "203.0.113.9", "vhost": None, "rest": None}),
        (f'"shop.example" {APACHE_COMMON}', {"host": "203.0.113.9", "vhost": "shop.example"}),
        (APACHE_COMMON.replace("203.0.113.9", "::1 (-)"), {"host": "::1", "vhost": None, "rest": None}),
        (f"- {APACHE_COMMON}", {"host": "203.0.113.9", "vhost": None}),
        (f"192.0.2.5:443 {APACHE_COMMON}", {"host": "203.0.113.9", "vhost": "192.0.2.5:443"}),
        (APACHE_COMMON.replace("frank", "john smith jr"), {"authuser": "john smith jr", "vhost": None}),
        (APACHE_COMMON.replace("2326", "-"), {"response": 200, "bytes": None}),
        (APACHE_COMMON.replace("203.0.113.9", "::1"), {"host": "::1"}),
        (APACHE_COMMON.replace("203.0.113.9", "uplherc.upl.com"), {"host": "uplherc.upl.com"}),
        (APACHE_COMMON.replace("frank", "frank@example.com"), {"authuser": "frank@example.com"}),
        (APACHE_COMMON.replace("frank", "frank miller"), {"authuser": "frank miller", "vhost": None}),
        (APACHE_COMMON.replace("/apache_pb.gif", '/a\\"b'), {"path": '/a\\"b', "response": 200}),
        (APACHE_COMMON.replace("GET /apache_pb.gif HTTP/1.0", "-"), {"request": None, "verb": None}),
        (APACHE_COMMON.replace("GET /apache_pb.gif HTTP/1.0", "GET /a b c HTTP/1.0"), {"path": "/a b c"}),
        (
            APACHE_COMMON.replace("GET /apache_pb.gif HTTP/1.0", "GET /old"),
            {"verb": "GET", "path": "/old", "protocol": None},
        ),
        (APACHE_COMBINED[:-10], {"user_agent": "Mozilla/4.08 [en] (Win98"}),
        (f"shop.example {APACHE_COMMON}", {"vhost": "shop.example", "host": "203.0.113.9"}),
        (APACHE_COMMON.replace("10/Oct", "31/Feb"), {"timestamp": None, "time_text": "31/Feb/2000:13:55:36 -0700"}),
        (APACHE_COMMON.replace(" -0700", ""), {"timestamp": None, "time_text": "10/Oct/2000:13:55:36"}),
    ],
)
def test_what_logs_hold_in_the_wild_is_taken(line: str, expected: dict[str, object]) -> None:
    """facts/peers.md#complaints."""
    row = Blueprint("apache_log_to_json").row(line)
    assert {name: row.get(name) for name in expected} == expected
    assert_fits(row, "apache")


def test_the_strict_blueprint_takes_of_the_elastic_sample_what_the_published_one_takes() -> None:
    """facts/blueprints.md#real-logs: all 669 misses are bytes of -."""
    blueprint = Blueprint("apache_log_to_json", strict=True)
    lines = sample_lines("apache/elastic_apache_logs.log")
    results = [
        answer["result"] for start in range(0, 10_000, 2_000) for answer in blueprint(*lines[start : start + 2_000])
    ]
    assert results.count("Ok") == 9_331
    assert results.count("ProcessingFailed") == 669


@pytest.mark.parametrize("name", ["apache_log_to_json", "apache_log_to_csv"])
def test_strict_fails_the_record_that_the_published_blueprint_fails(name: str) -> None:
    blueprint = Blueprint(name, strict=True)
    assert blueprint.result(APACHE_COMMON.replace("2326", "-").encode()) == "ProcessingFailed"
    assert blueprint.rejects() == []
    assert blueprint.metrics[0]["RecordsFailed.no_match"] == 1


def test_a_line_of_64_kb_of_quotes_and_backslashes_takes_no_time() -> None:
    """facts/blueprints.md#measured: no expression may be exponential; 8 ms was measured."""
    import time

    for filler in ('\\"', "a " * 4, "[", '"'):
        line = ('1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "' + filler * (65_536 // len(filler))).encode()
        start = time.process_time()
        assert Blueprint("apache_log_to_json").rules(line) == ["no_apache_log"]
        assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "front",
    [
        "192.0.2.5 203.0.113.9 - -",
        "2001:db8::1 ::1 - frank",
        "a, b -",
        "a b c d e",
        "10.0.0.1 192.0.2.5 -",
        '"192.0.2.5" -',
    ],
)
def test_a_line_that_does_not_tell_which_name_is_the_clients_is_rejected(front: str) -> None:
    blueprint = Blueprint("apache_log_to_json")
    (answer,) = blueprint(APACHE_COMMON.replace("203.0.113.9 - frank", front).encode())
    assert answer["result"] == "Dropped"
