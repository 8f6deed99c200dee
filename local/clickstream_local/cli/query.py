"""``clickstream query``: SQL over what was delivered."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from clickstream_local.cli import options
from clickstream_local.common.catalog import CatalogError
from clickstream_local.common.terminal import print_rows
from clickstream_local.s3.store import StoreError
from clickstream_local.tables.landed_tables import LandedTables, QueryError

_NOT_YET = (
    "no rows. Events wait in their buffer for its size or interval first; a running `clickstream local` delivers them "
    "at once on request: curl -X POST http://127.0.0.1:4580/_local/flush"
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
        tables = LandedTables(data_dir)
        columns, rows = tables.query(sql)
    except (CatalogError, QueryError, StoreError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), default=str))
        return
    print_rows(Console(), columns, rows)
    if not rows:
        click.echo(_NOT_YET, err=True)
