"""Failed records as a table: grouped by reason, one example each."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clickstream_local.error_objects import FailedRecord

_EXAMPLE_CHARACTERS = 96


def print_errors(console: Console, records: Iterable[FailedRecord]) -> None:
    """Print the groups, the largest first."""
    groups: dict[tuple[str, str], list[FailedRecord]] = {}
    for record in records:
        groups.setdefault((record.kind, record.reason), []).append(record)
    if not groups:
        console.print("nothing failed")
        return
    table = Table("where", "reason", "count", "example")
    for (kind, reason), members in sorted(groups.items(), key=lambda group: -len(group[1])):
        table.add_row(kind, escape(reason), str(len(members)), escape(example(members[0].raw)))
    console.print(table)


def example(raw: bytes) -> str:
    """The beginning of a payload, on one line, with what cannot be printed escaped."""
    text = raw.decode("utf-8", "backslashreplace")
    printable = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return printable if len(printable) <= _EXAMPLE_CHARACTERS else f"{printable[: _EXAMPLE_CHARACTERS - 1]}…"
