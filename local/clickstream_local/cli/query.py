"""``clickstream query``: SQL over what was delivered."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clickstream_local.cli import options
from clickstream_local.common.catalog import CatalogError
from clickstream_local.common.terminal import printable
from clickstream_local.s3.store import StoreError
from clickstream_local.tables.tables import Lake, QueryError

_READABLE = 16
"""Characters that a column of long values has to have to be read."""

_BORDER = 3

_NOT_YET = (
    "no rows. Events wait in their buffer for its size or interval first; a running `clickstream local` delivers them "
    "at once when it is told: curl -X POST http://127.0.0.1:4580/_local/flush"
)


@click.command()
@click.argument("sql")
@options.data_dir
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row instead of a table.")
def query(sql: str, data_dir: Path, as_json: bool) -> None:
    """Run SQL over the delivered objects: each Glue table is a view.

    Example: clickstream query "SELECT event_name, count(*) FROM events GROUP BY 1"
    """
    try:
        lake = Lake(data_dir)
        columns, rows = lake.query(sql)
    except (CatalogError, QueryError, StoreError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), default=str))
        return
    print_rows(Console(), columns, rows)
    if not rows:
        click.echo(_NOT_YET, err=True)


def print_rows(console: Console, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """Query results: a table where its columns have room, else one row after the other, each value beside its name."""
    texts = [["" if value is None else printable(str(value)) for value in row] for row in rows]
    longest = [max([len(text) for text in column], default=0) for column in zip(*texts, strict=True)]
    longest += [0] * (len(columns) - len(longest))
    widths = [max(len(name), min(most, _READABLE)) + _BORDER for name, most in zip(columns, longest, strict=True)]
    if sum(widths) < console.width or len(columns) == 1:
        table = Table()
        for name in columns:
            table.add_column(Text(name), overflow="fold")
        for row in texts:
            table.add_row(*map(Text, row))  # as it is: a string would be read for markup and emoji
        console.print(table)
        return
    for number, (row, values) in enumerate(zip(texts, rows, strict=True), 1):
        console.rule(f"row {number} of {len(rows)}", align="left")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold")
        grid.add_column(overflow="fold")
        for name, text, value in zip(columns, row, values, strict=True):
            if value is not None:
                grid.add_row(Text(name), Text(text))
        console.print(grid)
        if nulls := [name for name, value in zip(columns, values, strict=True) if value is None]:
            console.print(f"null: {', '.join(nulls)}", style="dim", markup=False, highlight=False)
    if not rows:
        console.print(f"columns: {', '.join(columns)}", markup=False, highlight=False)
