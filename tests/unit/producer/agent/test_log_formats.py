"""The log formats on real logs, and the patterns that they share with the transform."""

from __future__ import annotations

import pytest

from clickstream_producer.agent.log_formats import LOG_FORMATS
from support.sample_data import shared_file
from tools import line_patterns


@pytest.mark.parametrize(
    ("name", "log_format"),
    [
        ("data/apache/elastic_apache_logs.log", "COMBINEDAPACHELOG"),
        ("data/syslog/elastic_auth.log", "SYSLOG"),
        ("data/syslog/rocky9_messages", "SYSLOG"),
        ("data/syslog/rocky9_secure", "SYSLOG"),
        ("data/syslog/freebsd13_messages", "SYSLOG"),
        ("data/syslog/ubuntu16_kern.log", "SYSLOG"),
    ],
)
def test_real_logs_are_understood(name: str, log_format: str) -> None:
    parse = LOG_FORMATS[log_format].parse
    lines = shared_file(name).read_text(encoding="utf-8", errors="replace").split("\n")
    assert [line for line in lines if line and parse(line) is None] == []


@pytest.mark.parametrize("name", line_patterns.NAMES)
def test_agent_and_transform_read_lines_by_the_same_patterns(name: str) -> None:
    assert (line_patterns.COPIES / name).read_text("utf-8") == line_patterns.content(name), "run: make docs"


TIME = "Mar  1 10:00:00"
APACHE = '203.0.113.9 - - [27/Oct/2026:09:27:09 +0000] "GET / HTTP/1.1" 200 12'


@pytest.mark.parametrize(
    ("log_format", "line", "expected"),
    [
        ("SYSLOG", f"{TIME} kernel: CPU0: hot", {"hostname": None, "program": "kernel", "message": "CPU0: hot"}),
        ("SYSLOG", f"{TIME} --- last message repeated 1 time ---", {"hostname": None, "program": None}),
        (
            "SYSLOG",
            f"<34>{TIME.upper()} web1 app[1]: x",
            {"timestamp": TIME.upper(), "hostname": "web1", "rest": "<34>"},
        ),
        ("SYSLOG", f"{TIME} mac launchd[1] (com.a[10]): x", {"program": "launchd", "rest": "com.a[10]"}),
        ("RFC3339SYSLOG", '<165>1 2026-03-01T10:00:00Z h p 7 ID47 [a k="v"] x', {"rest": '<165> ID47 [a k="v"]'}),
        ("COMMONAPACHELOG", f"192.0.2.5, {APACHE}", {"host": "192.0.2.5", "authuser": None, "rest": "203.0.113.9"}),
        ("COMMONAPACHELOG", f"shop.example {APACHE}", {"host": "203.0.113.9", "ident": None, "rest": "shop.example"}),
        ("COMBINEDAPACHELOG", f'{APACHE} "-" "x" "192.0.2.5"', {"agent": "x", "rest": '"192.0.2.5"'}),
    ],
)
def test_every_part_of_a_line_is_in_its_field_or_in_rest(
    log_format: str, line: str, expected: dict[str, str | None]
) -> None:
    fields = LOG_FORMATS[log_format].parse(line)
    assert fields is not None
    assert {name: fields[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("log_format", "line"),
    [
        ("COMMONAPACHELOG", f"192.0.2.5 {APACHE}"),  # which of the two is the client is not known
        ("COMBINEDAPACHELOG", APACHE),
        ("SYSLOG", "2026-03-01T10:00:00Z h p: x"),
        ("RFC3339SYSLOG", f"{TIME} h p: x"),
        ("SYSLOG", "<34>no time"),
    ],
)
def test_a_line_that_the_format_would_have_to_guess_at_is_left_out(log_format: str, line: str) -> None:
    assert LOG_FORMATS[log_format].parse(line) is None
