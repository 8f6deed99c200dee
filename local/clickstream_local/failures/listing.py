"""Failures as tables: groups with one example each, and what the logs say beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from clickstream_local.common.terminal import print_rows
from clickstream_local.failures.log_entries import Counted, FunctionException
from clickstream_local.failures.summary import Summary

_UNREADABLE_SHOWN = 5


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
                group.example,
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
