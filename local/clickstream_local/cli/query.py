"""``clickstream query``: SQL over what was delivered."""

from __future__ import annotations

import csv
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import click

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.saved_queries import chosen_query
from clickstream_local.aws.athena import AthenaWorkgroup, QueryState
from clickstream_local.aws.session import AwsError, AwsSession
from clickstream_local.cli import options
from clickstream_local.common.catalog import CatalogError
from clickstream_local.common.model import SavedQuery
from clickstream_local.cost.errors import PriceError
from clickstream_local.cost.prices import PriceList
from clickstream_local.s3.store import StoreError
from clickstream_local.tables.landed_tables import Dialect, LandedTables

_BILLED_BYTES = 10_000_000
"""At least, for a query (facts/prices.md#what-is-billed)."""

TABLE_ROWS = 100
"""Rows of a table, where nothing else is asked for."""


@click.command()
@click.argument("sql", required=False)
@options.data_dir
@click.option(
    "--file", "-f", type=click.File(encoding="utf-8"), help="Take the query from a file; '-' is standard input."
)
@click.option("--saved", metavar="NAME", help="Run a query that the template saves in Athena.")
@click.option("--list", "as_list", is_flag=True, help="List the saved queries.")
@click.option("--database", metavar="NAME", help="Where tables are looked up.  [default: all databases]")
@click.option(
    "--dialect",
    type=click.Choice(["athena", "duckdb"]),
    default="athena",
    show_default=True,
    help="Athena's SQL, as far as docs/athena-sql.md lists it, or all of DuckDB's.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
    help="json is one object a row; parquet needs --out.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write into this file.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help=f"Rows that are given, 0 for all.  [default: {TABLE_ROWS} of a table, all of other formats]",
)
@options.stack
def query(
    sql: str | None,
    data_dir: Path,
    file: IO[str] | None,
    saved: str | None,
    as_list: bool,
    database: str | None,
    dialect: Dialect,
    form: str,
    out: Path | None,
    limit: int | None,
    stack: str | None,
    profile: str | None,
    region: str | None,
) -> None:
    r"""Run SQL over the delivered objects, in Athena's dialect: each Glue table by its name.

    With --stack it runs in the stack's Athena workgroup, tells what it read and cost, and stops there at Ctrl-C.

    \b
    clickstream query "SELECT event_name, count(*) FROM events GROUP BY 1"
    clickstream query --stack Shop --saved events_per_page_and_hour --format csv --out pages.csv
    """
    most = (TABLE_ROWS if form == "table" else 0) if limit is None else limit
    if stack is not None:
        if dialect != "athena":
            raise click.UsageError("--dialect duckdb is for the data directory; leave it out, or leave --stack out")
        try:
            session = AwsSession(profile, region)
            workgroup = AthenaWorkgroup(session, stack)
            if as_list:
                _print_saved(workgroup.saved_queries())
                return
            chosen = chosen_query(workgroup.saved_queries(), saved, database) if saved else None
            text = _query_text(lambda name: chosen.sql if chosen else name, sql, file, saved)
            _print_stack_rows(workgroup, text, chosen.database if chosen else database, form, out, most)
        except (AwsError, QueryError, OSError) as error:
            raise click.ClickException(" ".join(str(error).split())) from None
        return
    if profile or region:
        raise click.UsageError("--profile and --region need a --stack")
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is said once, as the error
    try:
        with closing(LandedTables(data_dir, database=database)) as tables:
            if as_list:
                _print_saved(tables.saved_queries)
                return
            text = _query_text(tables.saved_query, sql, file, saved)
            if form == "parquet":
                count, more = _write_parquet(tables, text, out, dialect, most), False
            else:
                columns, parts = tables.stream(text, dialect=dialect, most_rows=most + 1 if most else None)
                count, more = _write_rows(form, out, columns, parts, most)
    except (CatalogError, QueryError, StoreError, OSError) as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    for note in tables.notes:
        click.echo(note, err=True)
    if more:
        _say_more(most)
    elif not count and tables.without_objects:
        click.echo(_nothing_yet(tables.without_objects), err=True)


def _print_stack_rows(
    workgroup: AthenaWorkgroup, sql: str, database: str | None, form: str, out: Path | None, most: int
) -> None:
    from rich.console import Console

    if form == "parquet":
        raise click.UsageError("--format parquet is for the data directory; Athena writes it by UNLOAD")
    with Console(stderr=True).status("starting") as status:

        def progress(found: QueryState) -> None:
            status.update(f"{found.state.lower()}, {found.scanned_bytes / 1e6:,.1f} MB read")

        execution, found = workgroup.run(sql, database, progress)
    _, more = _write_rows(form, out, *workgroup.results(execution), most)
    click.echo(_cost(workgroup.region, found), err=True)
    if more:
        _say_more(most)


def _write_rows(
    form: str, out: Path | None, columns: list[str], parts: Iterable[list[tuple[Any, ...]]], most: int
) -> tuple[int, bool]:
    """Write rows up to a number. Returns how many they were, and whether there are more."""
    rows = _Limited(parts, most)
    with click.open_file(str(out) if out else "-", "w", encoding="utf-8") as target:
        _FORMATS[form](target, columns, rows)
    return rows.count, rows.more


def _cost(region: str, found: QueryState) -> str:
    said = f"{found.milliseconds / 1000:,.1f} s, {found.scanned_bytes / 1e6:,.1f} MB read"
    try:
        price = PriceList.load().region(region).get("athena-tb")
    except PriceError:
        price = None
    if price is None:
        return f"{said}; there is no price of Athena for {region}"
    amount = price.amount(max(found.scanned_bytes, _BILLED_BYTES) / 1e12) or 0
    return f"{said}, about {price.currency} {amount:,.5f}, where a query is billed for 10 MB at least"


def _say_more(most: int) -> None:
    click.echo(f"these are the first {most:,} rows; --limit 0 gives all, --format csv --out FILE keeps them", err=True)


class _Limited:
    """Rows up to a number, and whether there are more."""

    def __init__(self, parts: Iterable[list[tuple[Any, ...]]], most: int) -> None:
        self._parts = parts
        self._most = most
        self.count = 0
        self.more = False

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for part in self._parts:
            for row in part:
                if self._most and self.count == self._most:
                    self.more = True
                    return
                self.count += 1
                yield row


def _query_text(saved_query: Callable[[str], str], sql: str | None, file: IO[str] | None, saved: str | None) -> str:
    if sum(given is not None for given in (sql, file, saved)) > 1:
        raise click.UsageError("give one of a query, --file and --saved")
    if saved is not None:
        return saved_query(saved)
    if file is not None:
        return file.read()
    if sql is None and sys.stdin.isatty():
        raise click.UsageError(
            'give a query, such as "SELECT * FROM events LIMIT 5", --file or --saved; --list shows the saved ones'
        )
    return sys.stdin.read() if sql in {None, "-"} else str(sql)


def _print_saved(queries: Iterable[SavedQuery]) -> None:
    found = [(one.name, one.database, one.description) for one in queries]
    if not found:
        click.echo("the template saves no query; Queries() in the pipeline adds some", err=True)
        return
    _as_table(sys.stdout, ["name", "database", "answers"], found)


def _write_parquet(tables: LandedTables, sql: str, out: Path | None, dialect: Dialect, most: int) -> int:
    if out is None:
        raise click.UsageError("--format parquet needs --out FILE")
    count = tables.write_parquet(sql, out, dialect=dialect, most_rows=most or None)
    click.echo(f"{count:,} rows in {out}", err=True)
    return count


def _as_table(target: IO[str], columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    from rich.console import Console  # here: other formats do without it

    from clickstream_local.common.terminal import print_rows

    print_rows(Console(file=None if target is sys.stdout else target), columns, list(rows))


def _as_csv(target: IO[str], columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_value(value) for value in row] for row in rows)


def _as_json(target: IO[str], columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        target.write(json.dumps(dict(zip(columns, row, strict=True)), default=_text, ensure_ascii=False) + "\n")


def _csv_value(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return (
        json.dumps(value, default=_text, ensure_ascii=False) if isinstance(value, list | dict | tuple) else _text(value)
    )


def _text(value: Any) -> Any:
    """What JSON and CSV have no form for, as a text: times, decimals, bytes."""
    if value is None or isinstance(value, int | float | str):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def _nothing_yet(tables: list[str]) -> str:
    return (
        f"{', '.join(tables)} has no object in what was asked for. Events wait in their buffer for its size or "
        "interval; a running `clickstream local` delivers them at once: curl -X POST http://127.0.0.1:4580/_local/flush"
    )


_FORMATS = {"table": _as_table, "csv": _as_csv, "json": _as_json}
