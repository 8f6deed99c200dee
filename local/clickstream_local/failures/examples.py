"""The one event or row of a group of failures that is shown, as a short text."""

from __future__ import annotations

import json
import re

from clickstream_local.common.context_line import without_token
from clickstream_local.common.terminal import printable
from clickstream_local.failures.events import events_of
from clickstream_local.failures.objects import AFTER_FUNCTION, FailedRecord

_EXAMPLE_CHARACTERS = 96
_QUOTED = re.compile(r'"([^"]+)"')


def example(record: FailedRecord) -> str:
    """The event or row at fault, decoded: the members that were wrong if they are known, or else its beginning."""
    event = _row_at_fault(record) if record.kind in AFTER_FUNCTION else events_of(record.raw).first
    if isinstance(event, dict):
        culprits = {name: event[name] for name in (path.split(".")[0] for path in record.paths) if name in event}
        return one_line(json.dumps(culprits or event, ensure_ascii=False))
    return one_line(without_token(record.raw).decode("utf-8", "backslashreplace"))


def _row_at_fault(record: FailedRecord) -> object:
    """The row with the value that Firehose's message quotes, and of it the members with that value; else the first."""
    rows = [row for row in events_of(record.raw).events if row is not None]
    for quoted in _QUOTED.findall(record.message):
        for row in rows:
            members = row.items() if isinstance(row, dict) else ()
            if culprits := {name: value for name, value in members if quoted in (value, str(value))}:
                return culprits
    return rows[0] if rows else None


def one_line(text: str) -> str:
    """The beginning of a text, with unprintable characters escaped."""
    line = printable(text)
    return line if len(line) <= _EXAMPLE_CHARACTERS else f"{line[: _EXAMPLE_CHARACTERS - 1]}…"
