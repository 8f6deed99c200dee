"""Prints what the demo found."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from clickstream_local.common.terminal import print_rows
from clickstream_local.demo.accounting import Accounting
from clickstream_local.failures.examples import one_line
from clickstream_local.failures.listing import print_summary
from clickstream_local.failures.summary import grouped
from clickstream_local.tables.landed_tables import LandedTables
from clickstream_local.tables.views import identifier

_FILES_SHOWN = 4
_TREE_COLUMNS = 240
_ROWS_SHOWN = 12


def print_counts(console: Console, found: Accounting) -> None:
    """Events at each stage, and the records of the stream."""
    table = Table("stage", "events", title="Where every event went", title_justify="left")
    table.columns[1].justify = "right"
    wrong = found.sent - found.http.events - found.producer.events
    table.add_row(f"sent over HTTP, in {found.http.requests:,} requests", f"{found.http.events:,}")
    table.add_row("sent by the producer", f"{found.producer.events:,}")
    table.add_row("sent in requests that are wrong on purpose", f"{wrong:,}")
    table.add_section()
    table.add_row("refused at the endpoint", f"{found.refused:,}")
    table.add_row("accepted", f"{found.accepted:,}")
    table.add_section()
    table.add_row("rows in Parquet", f"{found.rows:,}")
    table.add_row("rejected by the schema, kept with reasons", f"{found.rejected:,}")
    table.add_section()
    missing = found.sent - found.refused - found.rows - found.rejected
    table.add_row("[bold]not accounted for", f"[bold]{missing:,}")
    console.print(table)
    records = found.records
    console.print(
        f"In {records['records_received']:,} Firehose records: {records['records_delivered']:,} delivered, "
        f"{records['records_failed']:,} failed, {records['records_dropped']:,} dropped by the transform, "
        f"{records['records_put_back']:,} requeued by it. "
        f"{found.undecodable_sent:,} of them were put as bytes that hold no event; {found.undecodable:,} lie under "
        "errors/processing-failed/."
    )


def print_tree(console: Console, root: Path) -> None:
    """The objects of all buckets, with their sizes."""
    # Object names are long: they may run over the edge of a narrow terminal rather than break.
    wide = Console(file=console.file, width=max(console.width, _TREE_COLUMNS), emoji=False)
    for bucket in sorted(path for path in root.iterdir() if path.is_dir()):
        tree = Tree(f"[bold]s3://{escape(bucket.name)}")
        _grow(tree, bucket)
        wide.print(tree)


def _grow(tree: Tree, folder: Path) -> None:
    entries = sorted(folder.iterdir())
    for entry in (entry for entry in entries if entry.is_dir()):
        _grow(tree.add(f"{escape(entry.name)}/"), entry)
    files = [entry for entry in entries if entry.is_file()]
    for file in files[:_FILES_SHOWN]:
        tree.add(f"{escape(file.name)}  [dim]{decimal(file.stat().st_size)}")
    if len(files) > _FILES_SHOWN:
        tree.add(f"[dim]… {len(files) - _FILES_SHOWN} more")


def print_query(console: Console, tables: LandedTables, table: str) -> str:
    """Events per page and hour; per name and hour where no event has a page. Gives the query."""
    name = identifier(table)
    _, rows = tables.query(f"SELECT count(page_path) FROM {name}")
    group = "page_path" if rows[0][0] else "event_name"
    sql = (
        f"SELECT {group}, date_trunc('hour', event_time) AS hour, count(*) AS events "
        f"FROM {name} GROUP BY 1, 2 ORDER BY events DESC, hour, {group} LIMIT {_ROWS_SHOWN}"
    )
    console.print(f"[bold]{escape(sql)}")
    print_rows(console, *tables.query(sql))
    return sql


def print_failures(console: Console, found: Accounting) -> None:
    """The refused requests, then the failed records by reason."""
    if found.refusals:
        table = Table("request", "status", "answer", title="Refused at the endpoint", title_justify="left")
        for refusal in found.refusals:
            table.add_row(refusal.request.what, str(refusal.status), escape(one_line(refusal.body)))
        console.print(table)
    if found.failed:
        console.print("[italic]Failed after that, by reason")
        fields = ("type", "reason")
        print_summary(console, grouped(found.failed, "", fields), fields)
