"""Reconciliations as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from clickstream_local.common.terminal import print_rows
from clickstream_local.verify.reconcile import Account, Reconciliation

_COLUMNS = ["hour", "came in", "rows", "rejected", "failed", "waiting", "missing", "twice"]


def print_reconciliation(console: Console, found: Reconciliation) -> None:
    """Print one stream's result by the hour, and what it means."""
    console.print(f"{found.stream}", markup=False, highlight=False)
    rows: list[tuple[object, ...]] = [(hour_of(hour), *_numbers(one)) for hour, one in found.hours.items()]
    if found.without_identity.came or found.without_identity != Account():
        rows.append(("without id", *_numbers(found.without_identity)))
    rows.append(("total", *_numbers(found.total)))
    print_rows(console, _COLUMNS, rows)
    for text in remarks(found):
        console.print(text, markup=False, highlight=False)


def remarks(found: Reconciliation) -> Sequence[str]:
    """What the numbers of a stream mean, the difference first."""
    total = found.total
    said = []
    if total.missing:
        said.append(f"{total.missing:,} events came in and are nowhere: no row, no rejected event, no failed record")
    if total.twice:
        said.append(f"{total.twice:,} rows more than events came in")
    if found.without_source:
        said.append(f"{found.without_source:,} rows of events that no backup has: it may have expired")
    if not said:
        said.append("0 missing, 0 twice")
    if found.counted_only:
        said.append("the rows have no event_id: events are counted, not matched")
    elif found.without_identity.came:
        said.append("events without an id, from producers, are counted, not matched")
    return said


def hour_of(millis: int) -> str:
    """An hour in UTC."""
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%Y-%m-%dT%H:00Z")


def _numbers(account: Account) -> list[str]:
    return [f"{value:,}" for value in vars(account).values()]
