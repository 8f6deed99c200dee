"""Forms of Lambda's log: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.log_entry import LogEntry
from clickstream_local.common.window import Window
from clickstream_local.failures.log_entries import (
    FunctionException,
    delivery_errors,
    exception_in,
    exceptions_of,
)

UNHANDLED = """[ERROR] KeyError: 'secret value'
Traceback (most recent call last):
  File "/var/task/index.py", line 4, in handler
    rows(event)
  File "/var/task/shop/rows.py", line 12, in rows
    return event["secret value"]
"""
TRACE = ['  File "/var/task/index.py", line 4, in handler\n    rows(event)\n']


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (UNHANDLED, FunctionException("KeyError", "shop/rows.py", 12)),
        (
            json.dumps({"level": "ERROR", "errorType": "ValueError", "errorMessage": "…", "stackTrace": TRACE}),
            FunctionException("ValueError", "index.py", 4),
        ),
        (
            '{"event": "unexpected_error", "error": "IndexError", "place": "click.py:88"}',
            FunctionException("IndexError", "click.py", 88),
        ),
        (
            "[ERROR] Runtime.ImportModuleError: Unable to import module 'index': No module named 'x'",
            FunctionException("Runtime.ImportModuleError"),
        ),
        (
            "2026-11-30T10:00:00.000Z 1f2e Task timed out after 60.06 seconds",
            FunctionException("timeout after 60.06 s"),
        ),
        ("[ERROR]\t2026-11-30T10:00:00.000Z\t1f2e\tfailed for somebody", None),
        ("got 3", None),
        ('{"_aws": {}}', None),
        ("{broken", None),
    ],
)
def test_an_exception_is_told_by_type_file_and_line(message: str, found: FunctionException | None) -> None:
    assert exception_in(message) == found


class Logs:
    def __init__(self, *messages: str) -> None:
        self.messages = messages
        self.asked: list[tuple[str, str, Window]] = []

    def entries(self, group: str, stream: str, window: Window, pattern: str) -> Iterator[LogEntry]:
        self.asked.append((group, stream, window))
        return (LogEntry(window.since + place, text) for place, text in enumerate(self.messages))


def test_a_traceback_in_events_of_its_own_belongs_to_its_exception() -> None:
    logs = Logs("START", *UNHANDLED.splitlines(), "END", *UNHANDLED.splitlines())
    stream = StreamLayout("clicks", "lake/data/", function="upper", function_log="/aws/lambda/upper")
    ((exception, times),) = exceptions_of(stream, logs, 1_000, 2_000).items()
    assert (str(exception), times.count, times.first) == ("KeyError at shop/rows.py:12", 2, 1_001)
    ((group, _, window),) = logs.asked
    assert (group, window.holds(1_000), window.holds(2_000)) == ("/aws/lambda/upper", True, True)


def test_delivery_errors_are_counted_by_code_and_message() -> None:
    entry = json.dumps({"errorCode": "S3.AccessDenied", "message": "Access was denied."})
    stream = StreamLayout("clicks", "lake/data/", error_logs=(("/delivery", "S3"),))
    logs = Logs(entry, "no JSON", entry)
    ((key, times),) = delivery_errors([stream], logs, Window()).items()
    assert (key, times.count) == (("clicks", "S3.AccessDenied", "Access was denied."), 2)
