"""Syslog messages as files and RFC 5424 write them, and the time that reading them takes."""

from __future__ import annotations

import json

import pytest

from support.blueprints import SYSLOG_FILES, SYSLOG_LINE, Blueprint, assert_fits
from support.sample_data import sample_lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (SYSLOG_LINE, ("Jan 12 06:30:00", "1.2.3.4", "apache_server", "77", "GET /foo, done")),
        ("Mar  1 1:02:03 h kernel: [ 0.1] up", ("Mar  1 1:02:03", "h", "kernel", None, "[ 0.1] up")),
        ("Jun 14 15:16:01 combo sshd(pam_unix)[1]: x", ("Jun 14 15:16:01", "combo", "sshd(pam_unix)", "1", "x")),
        ("Jul  1 09:00:55 h p[0]: x", ("Jul  1 09:00:55", "h", "p", "0", "x")),
        ("Oct  8 06:18:20 localhost ec2[8899]:", ("Oct  8 06:18:20", "localhost", "ec2", "8899", "")),
        (
            "Jun 15 04:06:18 combo syslogd 1.4.1: restart.",
            ("Jun 15 04:06:18", "combo", "syslogd 1.4.1", None, "restart."),
        ),
        ("Apr 23 09:14:02 kernel: up", ("Apr 23 09:14:02", None, "kernel", None, "up")),
        ("Apr 23 09:14:02 anna[5]: up", ("Apr 23 09:14:02", None, "anna", "5", "up")),
        ("Apr 23 09:14:02 h repeated 2 times", ("Apr 23 09:14:02", "h", None, None, "repeated 2 times")),
        ("Apr 23 09:14:02 fe80::1 p: x", ("Apr 23 09:14:02", "fe80::1", "p", None, "x")),
        ("Mar  1 10:00:00 kernel: CPU0: hot", ("Mar  1 10:00:00", None, "kernel", None, "CPU0: hot")),
        ("Mar  1 10:00:00 su: pam(su:s): x", ("Mar  1 10:00:00", None, "su", None, "pam(su:s): x")),
        ("Mar  1 10:00:00 h  p[1]: x", ("Mar  1 10:00:00", "h", "p", "1", "x")),
        ("Jul  1 09:01:05 --- twice ---", ("Jul  1 09:01:05", None, None, None, "--- twice ---")),
        ("<34>AUG 24 05:34:00 h p[1]: x", ("AUG 24 05:34:00", "h", "p", "1", "x")),
        ("<14> Aug 24 05:34:00 h p[1]: x", ("Aug 24 05:34:00", "h", "p", "1", "x")),
        ("<14>1 2023-04-22T17:05:01Z h  p 12 - - x", ("2023-04-22T17:05:01Z", "h", "p", "12", "x")),
        ("*Mar  1 18:46:11.1: %SYS-5-CONFIG_I: x", ("Mar  1 18:46:11.1", None, "%SYS-5-CONFIG_I", None, "x")),
        ("<9>7: r1: .Mar 1 2024 18:46:11 UTC: %A-B-5-C: x", ("Mar 1 2024 18:46:11", "r1", "%A-B-5-C", None, "x")),
        ("Jan 1 00:00:00 h launchd[1] (com.a): x", ("Jan 1 00:00:00", "h", "launchd", "1", "x")),
        ("Jan 1 00:00:00 <4.6> h p: x", ("Jan 1 00:00:00", "h", "p", None, "x")),
    ],
)
def test_messages_as_files_hold_them_are_taken(line: str, expected: tuple[str | None, ...]) -> None:
    """facts/blueprints.md#real-logs, facts/peers.md#complaints: no host is a null host, not a failure."""
    row = Blueprint("syslog_to_json").row(line)
    names = ("timestamp", "hostname", "program", "processid", "message")
    assert tuple(row.get(name) for name in names) == expected
    assert_fits(row, "syslog")


def test_a_priority_is_taken_apart() -> None:
    row = Blueprint("syslog_to_json").row("<34>Oct 11 22:14:15 mymachine su: 'su root' failed")
    assert (row["facility"], row["severity"], row["program"]) == (4, 2, "su")


def test_a_priority_alone_makes_a_message() -> None:
    row = Blueprint("syslog_to_json").row("<13>no time at all")
    assert row == {"message": "no time at all", "facility": 1, "severity": 5}


def test_iso_times_with_an_offset_are_moments() -> None:
    row = Blueprint("syslog_to_json").row("2003-08-24T05:14:15.000003-07:00 h myproc[8710]: %% It's time")
    assert (row["timestamp"], row["event_time"]) == ("2003-08-24T05:14:15.000003-07:00", "2003-08-24T12:14:15.000Z")
    assert_fits(row, "syslog")


def test_a_time_without_year_or_offset_is_kept_as_logged_and_is_no_moment() -> None:
    assert "event_time" not in Blueprint("syslog_to_json").row(SYSLOG_LINE)
    assert "event_time" not in Blueprint("syslog_to_json").row("2003-08-24 05:14:15 h p: x")


def test_rfc_5424_is_taken_apart() -> None:
    line = '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [a@1 k="v \\] w"][b@2] \ufeffAn event'
    row = Blueprint("syslog_to_json").row(line)
    assert row == {
        "timestamp": "2003-10-11T22:14:15.003Z",
        "event_time": "2003-10-11T22:14:15.003Z",
        "hostname": "mymachine.example.com",
        "program": "evntslog",
        "msgid": "ID47",
        "structured_data": '[a@1 k="v \\] w"][b@2]',
        "message": "An event",
        "facility": 20,
        "severity": 5,
    }
    assert_fits(row, "syslog")


def test_rfc_5424_with_nothing_known_is_a_row() -> None:
    assert Blueprint("syslog_to_json").row("<14>1 - - - - - -") == {"message": "", "facility": 1, "severity": 6}


def test_the_strict_blueprint_misses_one_line_of_the_samples() -> None:
    """facts/blueprints.md#real-logs: the one that ends right after its process id."""
    blueprint = Blueprint("syslog_to_json", strict=True)
    lines = [line for name in SYSLOG_FILES for line in sample_lines(f"syslog/{name}")]
    failed = [line for line, answer in zip(lines, blueprint(*lines), strict=True) if answer["result"] != "Ok"]
    assert len(failed) == 1
    assert failed[0].endswith(b"ec2[8899]:")


@pytest.mark.parametrize(
    "line", [b"<34>" + SYSLOG_LINE.encode(), b"Jan 12 06:30:00 h p[0]: x", b"\xff" + SYSLOG_LINE.encode()]
)
def test_strict_fails_the_record_that_the_published_blueprint_fails(line: bytes) -> None:
    """facts/blueprints.md#real-logs, never accepted: a priority, pid 0."""
    assert Blueprint("syslog_to_json", strict=True).result(line) == "ProcessingFailed"


def test_a_line_of_64_kb_takes_no_time() -> None:
    """facts/blueprints.md#measured."""
    import time

    for head in (b"Jan 12 06:30:00 h ", b"<1>1 - - - - - [a ", b"<1>", b"Jan 12 06:30:00 "):
        for filler in (b"a", b"[", b'"', b"a.", b"( ", b'[a="b"]'):
            start = time.process_time()
            Blueprint("syslog_to_json")(head + filler * (65_536 // len(filler)))
            assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("line", "rest", "priority"),
    [
        ("Oct 31 04:50:45 mac launchd[1] (com.example.helper[10]): x", "com.example.helper[10]", ""),
        ("<9>7: r1: .Mar 1 2024 18:46:11 UTC: %A-B-5-C: x", "7 . UTC", "<9> "),
        ("Jan 1 00:00:00 <4.6> h p: x", "<4.6>", ""),
        ("<14>2 2023-04-22T17:05:01Z h p 12 - - x", "2", "<14> "),
    ],
)
def test_what_no_column_takes_is_in_rest_or_in_the_message_of_csv(line: str, rest: str, priority: str) -> None:
    assert Blueprint("syslog_to_json").row(line)["rest"] == rest
    assert Blueprint("syslog_to_csv").output(line.encode()).decode().endswith(f",{priority}{rest}: x\n")


def test_a_priority_that_there_is_not_makes_no_syslog() -> None:
    blueprint = Blueprint("syslog_to_json")
    for line in (b"<192>Mar  1 10:00:00 h p: x", b"<999>x", b"<192>1 2023-04-22T17:05:01Z h p 12 - - x"):
        assert blueprint(line)[0]["result"] == "Dropped"


def test_bytes_that_are_no_utf8_are_flagged_in_json_and_rejected_in_csv() -> None:
    line = b"Mar  1 10:00:00 h p: caf\xe9\r"
    row = json.loads(Blueprint("syslog_to_json").output(line))
    assert (row["message"], row["enrich_flags"]) == ("caf\ufffd", ["encoding"])
    blueprint = Blueprint("syslog_to_csv")
    assert blueprint(line)[0]["result"] == "Dropped"
    assert blueprint.rejects()[0]["reasons"][0]["rule"] == "encoding"
