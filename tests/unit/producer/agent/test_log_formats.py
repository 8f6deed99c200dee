"""The log formats on real logs."""

from __future__ import annotations

import pytest

from clickstream_producer.agent.log_formats import LOG_FORMATS
from support.sample_data import shared_file


@pytest.mark.parametrize(
    ("name", "log_format", "other"),
    [
        ("data/apache/elastic_apache_logs.log", "COMBINEDAPACHELOG", 1),  # one line is cut short inside the user agent
        ("data/syslog/elastic_auth.log", "SYSLOG", 0),
        ("data/syslog/rocky9_messages", "SYSLOG", 0),
        ("data/syslog/rocky9_secure", "SYSLOG", 0),
        ("data/syslog/freebsd13_messages", "SYSLOG", 0),
        ("data/syslog/ubuntu16_kern.log", "SYSLOG", 0),
    ],
)
def test_real_logs_are_understood(name: str, log_format: str, other: int) -> None:
    parse = LOG_FORMATS[log_format].parse
    lines = shared_file(name).read_text(encoding="utf-8", errors="replace").split("\n")
    unknown = [line for line in lines if line and parse(line) is None]
    assert len(unknown) <= other, unknown[:3]
