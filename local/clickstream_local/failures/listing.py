"""Failures as tables: groups with one example each, and what the logs say beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from clickstream_local.common.context_line import without_token
from clickstream_local.common.terminal import print_rows, printable
from clickstream_local.failures.events import events_of
from clickstream_local.failures.log_entries import Counted, FunctionException
from clickstream_local.failures.objects import AFTER_FUNCTION, FailedRecord
from clickstream_local.failures.summary import Summary

_EXAMPLE_CHARACTERS = 96
_UNREADABLE_SHOWN = 5
_QUOTED = re.compile(r'"([^"]+)"')


def print_summary(console: Console, summary: Summary, fields: Sequence[str], denials: Sequence[str] = ()) -> None:
    """Print the rights that are missing, then the groups, the largest first.

    The pipeline is left out where there is one only.
    """
    for denial in denials:
        console.print(f"denied: {denial}", soft_wrap=True, markup=False)
    if summary.groups:
        one_pipeline = "pipeline" in fields and len({key[fields.index("pipeline")] for key in summary.groups}) == 1
        shown = [place for place, name in enumerate(fields) if not (name == "pipeline" and one_pipeline)]
        rows: list[tuple[object, ...]] = [
            (
                *(key[place] for place in shown),
                f"{group.events:,}",
                moment(group.first),
                moment(group.last),
                example(group.example),
            )
            for key, group in sorted(summary.groups.items(), key=lambda item: (-item[1].events, item[0]))
        ]
        print_rows(console, [*(fields[place] for place in shown), "events", "first", "last", "example"], rows)
    for file in summary.unreadable[:_UNREADABLE_SHOWN]:
        console.print(f"not read, it holds no failed records: {file}", markup=False)
    if more := len(summary.unreadable[_UNREADABLE_SHOWN:]):
        console.print(f"and {more:,} more like it")


def print_logged(
    console: Console,
    exceptions: Mapping[tuple[str, FunctionException], Counted],
    delivery_errors: Mapping[tuple[str, str, str], Counted],
) -> None:
    """Print the exceptions of functions and the errors that Firehose logged, if there are any."""
    if exceptions:
        console.print("\nExceptions of the function, by its log")
        print_rows(console, ["pipeline", "exception", "times", "last"], _counted(exceptions))
    if delivery_errors:
        console.print("\nDelivery errors, as Firehose logged them: under load it does not log each")
        print_rows(console, ["stream", "code", "message", "times", "last"], _counted(delivery_errors))


def _counted(found: Mapping[Any, Counted]) -> list[tuple[object, ...]]:
    """Rows with the count and the last time, the most frequent first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1].count, *map(str, item[0])))
    return [(*key, f"{times.count:,}", moment(times.last)) for key, times in ordered]


def moment(millis: int) -> str:
    """A time in UTC, to the minute."""
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%Y-%m-%d %H:%M")


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
