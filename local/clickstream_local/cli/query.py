"""``clickstream query``: SQL over what was delivered."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from clickstream_local.catalog import CatalogError
from clickstream_local.cli import options
from clickstream_local.lake import Lake, QueryError
from clickstream_local.object_store import StoreError


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


def print_rows(console: Console, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    """A table of query results."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console.print(table)
