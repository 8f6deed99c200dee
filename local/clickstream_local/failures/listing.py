"""Failed records as a table: grouped by reason, one example each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from clickstream_local.common.context_line import without_token
from clickstream_local.common.terminal import printable
from clickstream_local.failures.objects import FailedRecord

_EXAMPLE_CHARACTERS = 96


def print_errors(console: Console, records: Iterable[FailedRecord], denials: Sequence[str] = ()) -> None:
    """Print the rights that are missing, then the groups, the largest first."""
    for denial in denials:
        console.print(f"denied: {escape(denial)}", soft_wrap=True)
    groups: dict[tuple[str, str], list[FailedRecord]] = {}
    for record in records:
        groups.setdefault((record.kind, record.reason), []).append(record)
    if not groups and not denials:
        console.print("nothing failed")
    if not groups:
        return
    table = Table("where", Column("reason", overflow="fold"), "count", "example")
    for (kind, reason), members in sorted(groups.items(), key=lambda group: -len(group[1])):
        table.add_row(kind, escape(reason), str(sum(record.events for record in members)), escape(example(members[0])))
    console.print(table)


def example(record: FailedRecord) -> str:
    """The members that were wrong, if they are known, or else the beginning of the payload."""
    try:
        event = json.loads(record.raw)
    except (ValueError, RecursionError):
        event = None
    if isinstance(event, dict):
        culprits = {name: event[name] for name in (path.split(".")[0] for path in record.paths) if name in event}
        if culprits:
            return one_line(json.dumps(culprits, ensure_ascii=False))
    return one_line(without_token(record.raw).decode("utf-8", "backslashreplace"))


def one_line(text: str) -> str:
    """The beginning of a text, with unprintable characters escaped."""
    line = printable(text)
    return line if len(line) <= _EXAMPLE_CHARACTERS else f"{line[: _EXAMPLE_CHARACTERS - 1]}…"
