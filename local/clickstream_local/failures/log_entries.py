"""What logs say of failures: the function's own exceptions, and the delivery errors of Firehose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clickstream_local.common.layout import StreamLayout
from clickstream_local.common.log_entry import LogEntry, LogReader
from clickstream_local.common.window import Window

FUNCTION_CODES = ("Lambda.FunctionError", "Lambda.FunctionTimedOut", "Lambda.JsonProcessingException")
"""Codes of failed calls whose cause is in the function's log."""

FUNCTION_PATTERN = '?"[ERROR]" ?errorType ?unexpected_error ?"Task timed out" ?"Runtime."'
"""Filter pattern of CloudWatch Logs for the lines that :func:`exception_in` understands."""

_UNHANDLED = re.compile(r"\[ERROR\] (?P<type>[A-Za-z_][\w.]*)(?::|\s|$)")
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_TIMED_OUT = re.compile(r"Task timed out after (?P<seconds>[\d.]+) seconds")
_MAX_KINDS = 1_000
_LONGEST_CALL = 900_000 * 4 + 3_600_000
"""Milliseconds from a record's arrival to the last failure of its function: the buffer, and four calls
(facts/firehose.md#function-calls)."""


@dataclass(frozen=True)
class FunctionException:
    """An exception of a function: its type, and the file and line that raised it. Its message may quote a payload."""

    type: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """As a person reads it."""
        return f"{self.type} at {self.file}:{self.line}" if self.file else self.type


@dataclass
class Counted:
    """How often something was logged, and when first and last, in epoch milliseconds."""

    count: int
    first: int
    last: int

    def add(self, timestamp: int) -> None:
        """Count one more."""
        self.count += 1
        self.first, self.last = min(self.first, timestamp), max(self.last, timestamp)


def exceptions_of(stream: StreamLayout, logs: LogReader, first: int, last: int) -> dict[FunctionException, Counted]:
    """The exceptions of a stream's function while records that arrived between two times were transformed."""
    if not stream.function_log:
        return {}
    found: dict[FunctionException, Counted] = {}
    window = Window(first, last + _LONGEST_CALL)
    for entry in joined(logs.entries(stream.function_log, "", window, FUNCTION_PATTERN)):
        if exception := exception_in(entry.message):
            _count(found, exception, entry.timestamp)
    return found


def delivery_errors(
    streams: Sequence[StreamLayout], logs: LogReader, window: Window
) -> dict[tuple[str, str, str], Counted]:
    """By stream, code and message, the errors that Firehose logged; under load it logs some of them only."""
    found: dict[tuple[str, str, str], Counted] = {}
    for stream in streams:
        for group, log_stream in stream.error_logs:
            for entry in logs.entries(group, log_stream, window, ""):
                document = _object(entry.message)
                if "errorCode" in document:
                    key = (stream.name, str(document["errorCode"]), str(document.get("message", "")))
                    _count(found, key, entry.timestamp)
    return found


def joined(entries: Iterable[LogEntry]) -> Iterator[LogEntry]:
    """Entries, with the lines of a traceback that came as events of their own behind the one they belong to."""
    whole: LogEntry | None = None
    for entry in entries:
        if whole is not None and entry.message.startswith(("Traceback", "  ", "\t")):
            whole = LogEntry(whole.timestamp, f"{whole.message.rstrip()}\n{entry.message}")
            continue
        if whole is not None:
            yield whole
        whole = entry
    if whole is not None:
        yield whole


def exception_in(message: str) -> FunctionException | None:
    """The exception that a log event tells of: unhandled in text or JSON, named by the bundled code, or a timeout."""
    document = _object(message)
    if document.get("event") == "unexpected_error":
        file, _, line = str(document.get("place", "")).rpartition(":")
        return FunctionException(str(document.get("error", "")), file, int(line) if line.isdecimal() else 0)
    if isinstance(document.get("errorType"), str):
        trace = document.get("stackTrace")
        frames = "".join(map(str, trace)) if isinstance(trace, list) else ""
        return _raised(document["errorType"], frames)
    if unhandled := _UNHANDLED.match(message):
        return _raised(unhandled["type"], message)
    if timed_out := _TIMED_OUT.search(message):
        return FunctionException(f"timeout after {float(timed_out['seconds']):g} s")
    return None


def _raised(kind: str, text: str) -> FunctionException:
    frames = _FRAME.findall(text)
    file, line = frames[-1] if frames else ("", 0)
    return FunctionException(kind, file.removeprefix("/var/task/"), int(line))


def _object(message: str) -> dict[str, Any]:
    if not message.startswith("{"):
        return {}
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _count(found: dict[Any, Counted], key: Any, timestamp: int) -> None:
    if key in found:
        found[key].add(timestamp)
    elif len(found) < _MAX_KINDS:
        found[key] = Counted(1, timestamp, timestamp)
