"""Queries the delivered objects as Athena would: each Glue table is a DuckDB view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from clickstream_local.common.catalog import Catalog
from clickstream_local.s3.delivered_objects import DeliveredObjects
from clickstream_local.tables.views import create_view, literal


class QueryError(Exception):
    """A query failed; the message says that the dialect is DuckDB's."""


class LandedTables:
    """The Glue tables of a data directory, over the objects that Firehose delivered.

    Parameters
    ----------
    data_dir
        The runtime's data directory.
    read_only
        Take a single ``SELECT`` only, which may read the delivered objects and no other file.

    Raises
    ------
    CatalogError
        If the folder is not a data directory.
    StoreError
        If the objects are at an S3 endpoint that does not give them.
    """

    def __init__(self, data_dir: Path, *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._connection = duckdb.connect()
        catalog = Catalog.read(data_dir)
        delivered = DeliveredObjects(data_dir, catalog.s3_endpoint)
        for table in catalog.tables:
            create_view(self._connection, table, delivered.folder(table.location.removeprefix("s3://")))
        if read_only:
            self._connection.execute(f"SET allowed_directories = [{literal(str(delivered.root))}]")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")

    def query(self, sql: str, *, most_rows: int | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a query in DuckDB's dialect; tables go by their Glue name.

        Parameters
        ----------
        sql
            The query.
        most_rows
            How many rows are fetched; by default all.

        Raises
        ------
        QueryError
            If it fails, or is not what read-only tables take.
        """
        try:
            if self._read_only:
                _check_reads(sql)
            result = self._connection.execute(sql)
            rows = result.fetchall() if most_rows is None else result.fetchmany(most_rows)
            return [column[0] for column in result.description or ()], rows
        except duckdb.Error as error:
            raise QueryError(f"{error} (the dialect is DuckDB's, close to Athena's but not the same)") from None

    def interrupt(self) -> None:
        """End a query that runs in another thread; it fails there."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the files."""
        self._connection.close()


def _check_reads(sql: str) -> None:
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("one SELECT is taken here; use `clickstream query` for anything else")
