"""The two oracles of the fuzzer: what an input may cost, and that nothing of it is lost or invented."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import time
import zlib
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clickstream_transform.digest import digest
from clickstream_transform.records.codec import scan_value
from clickstream_transform.records.envelope import Envelope

Call = Callable[[], list[dict[str, Any]]]

STEPS = 20_000
STEPS_A_BYTE = 200
"""Calls, of Python and of C; the fuzzer's own hook in each branch is one, so that loops without calls count too."""

CPU_SECONDS = 0.1
"""For what steps do not show, as the backtracking of a regular expression: least of four calls, 4 kB a record."""


class CostError(AssertionError):
    """An input that costs more than its size allows."""


class LostError(AssertionError):
    """Something of an input that is in no row and in no reject, or something in a row that was in no input."""


def counted(call: Call, size: int) -> list[dict[str, Any]]:
    """Make a call, and hold its steps and its processor time to the bytes it was given."""
    steps = 0

    def step(frame: object, event: str, argument: object) -> None:
        nonlocal steps
        steps += 1

    begun = time.process_time()
    sys.setprofile(step)
    try:
        answers = call()
    finally:
        sys.setprofile(None)
    if steps > STEPS + STEPS_A_BYTE * size:
        raise CostError(f"{steps} steps for {size} bytes")
    if time.process_time() - begun > CPU_SECONDS:
        seconds = min(_seconds(call) for _ in range(3))
        if seconds > CPU_SECONDS:
            raise CostError(f"{seconds:.2f} s of processor time for {size} bytes")
    return answers


def _seconds(call: Call) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def check_bytes(stored: int, size: int, records: int, rows: int) -> None:
    """docs/transform-limits.md: what is stored for what is sent."""
    if stored > 9 * size + 24_000 * records + 4_000 * rows:
        raise CostError(f"{stored} bytes are stored for {size} that were sent")


def inflated(record: bytes) -> bytes:
    """The bytes that are read of a record: its own, or those in its gzip."""
    if record[:2] != b"\x1f\x8b":
        return record
    try:
        return gzip.decompress(record)
    except (OSError, EOFError, zlib.error):
        return record


def check_events(metrics: dict[str, Any]) -> None:
    """Every event is a row, a reject or a copy; those of records that failed lie with their record."""
    known = metrics["EventsOut"] + metrics["EventsRejected"] + metrics["EventsDeduplicated"]
    if known > metrics["EventsIn"] or (known < metrics["EventsIn"] and not metrics["RecordsFailed"]):
        raise LostError(f"{metrics['EventsIn']} events became {known} rows, rejects and copies")


def check_reading(data: bytes, envelope: Envelope, *, of_json: bool) -> None:
    """Every character of a record is in an event, but for what parts them."""
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    if envelope.context:
        text = text.partition("\n")[2].removeprefix("\ufeff")
        boundary = envelope.context.get("boundary")
        if isinstance(boundary, str) and boundary:
            text = text.removesuffix(f"\n{boundary}\n")
    events = "".join(envelope.events.raw(index) for index in range(envelope.events.count))
    lost = Counter(text) - Counter(events)
    parts = "[], \t\r\n" if of_json else ""
    if not all(sign in parts or (sign.isspace() and not of_json) for sign in lost):
        raise LostError(f"{sorted(lost)} of a record are in no event")


def accepted(record_id: str, envelope: Envelope, rejects: Mapping[str, dict[str, Any]]) -> list[str]:
    """The texts of a record's events that are not among the rejects, which have to hold the others as they came.

    ``rejects`` are by their ``reject_id``.
    """
    events = []
    for index in range(envelope.events.count):
        raw = envelope.events.raw(index)
        reject = rejects.get(digest(f"{record_id}/{envelope.first + index}".encode()))
        if reject is None:
            events.append(raw)
        elif gzip.decompress(b64decode(reject["rawData"])).decode("utf-8", "surrogateescape") != raw:
            raise LostError("a reject has not the bytes of its event")
    return events


def check_rows(processor: str, rows: bytes, events: list[str]) -> None:
    """Each event has its row, and the row has the event's text, or says what was mended."""
    if processor.endswith("_to_csv"):
        found = list(csv.reader(io.StringIO(rows.decode(), newline="")))
        check_line = _check_syslog_line if processor == "syslog_to_csv" else _check_line
        for fields, event in _pairs(found, events):
            check_line(event, fields)
        return
    check = _CHECKS[processor]
    for row, event in _pairs([json.loads(line) for line in rows.decode().split("\n")[:-1]], events):
        if "encoding" not in row.get("enrich_flags", []):
            check(row, event)


def _pairs(rows: list[Any], events: list[str]) -> Iterable[tuple[Any, str]]:
    if len(rows) != len(events):
        raise LostError(f"{len(events)} events gave {len(rows)} rows")
    return zip(rows, events, strict=True)


_SIGNS = ' \t\r\n\v\f[]()<>:,"-\ufeff'
"""What stands between the parts of a log line, or for a part that is absent."""

_PRIORITY = re.compile(r"<(\d{1,3})>(1 )?")
_TIME = re.compile(r" \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \"")


def _check_line(line: str, parts: Iterable[str], spare: str = "") -> None:
    """Every sign of a line is in one of its parts, and every sign of its parts in the line.

    ``spare``: what may be missing once.
    """
    ours, given = Counter("".join(parts)), Counter(line)
    lost = {sign for sign in given - ours - Counter(spare) if sign not in _SIGNS and not sign.isspace()}
    invented = {sign for sign in ours - given if sign not in " :<>"}
    if lost or invented:
        raise LostError(f"lost {sorted(lost)}, invented {sorted(invented)}")


_APACHE_TEXTS = ("vhost", "host", "ident", "authuser", "request", "referrer", "user_agent", "rest", "time_text")
_SYSLOG_TEXTS = ("timestamp", "hostname", "program", "processid", "msgid", "structured_data", "message", "rest")


def _check_apache(row: dict[str, Any], line: str) -> None:
    parts = [row[name] for name in _APACHE_TEXTS if name in row]
    parts += [str(row[name]) for name in ("response", "bytes") if name in row]
    if "timestamp" in row:  # the same time in UTC
        line = _TIME.sub(' "', line, count=1)
    _check_line(line, parts, spare="0" * len(line))  # the numbers may begin with zeros


def _check_syslog(row: dict[str, Any], line: str) -> None:
    parts = [row[name] for name in _SYSLOG_TEXTS if name in row]
    if "facility" in row:
        parts.append(str(row["facility"] * 8 + row["severity"]))
    _check_syslog_line(line, parts)


def _check_syslog_line(line: str, parts: list[str]) -> None:
    priority = _PRIORITY.match(line)
    spare = "0" * len(priority[1]) + "1" if priority else ""  # zeros before the priority, and RFC 5424's version
    _check_line(line, parts, spare)


def _check_log_event(row: dict[str, Any], document: str) -> None:
    if row["message"] != json.loads(document)["logEvents"][0]["message"]:
        raise LostError("a message was changed")


def _check_event(row: dict[str, Any], event: str) -> None:
    if "range" in row.get("enrich_flags", []) or "NaN" in event:
        return
    if row != scan_value(event, 0)[0]:
        raise LostError("an event was changed")


_CHANGED = {"client_time", "sent_at", "page_url", "page_referrer", "element_href"}
"""Columns of which the schema says that their text is brought into one form."""


def _check_click(row: dict[str, Any], event: str) -> None:
    if "enrich_flags" in row:
        return
    given = scan_value(event, 0)[0]
    free = json.loads(row.get("properties", "{}"))
    for name, value in given.items():
        kept = row.get(name, free.get(name))
        if name == "properties" and isinstance(value, dict):
            kept = {name: free[name] for name in value if name in free}
        if value is not None and kept != value and name not in _CHANGED:
            raise LostError("a member was changed")


_CHECKS = {
    "click": _check_click,
    "per_event": _check_event,
    "general": _check_event,
    "apache_log_to_json": _check_apache,
    "syslog_to_json": _check_syslog,
    "cloudwatch_logs": _check_log_event,
}
