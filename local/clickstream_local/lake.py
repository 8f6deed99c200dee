"""Queries the delivered objects as Athena would: each Glue table is a DuckDB view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from clickstream_local.catalog import Catalog
from clickstream_local.model import Table

# Glue (Hive) type to DuckDB type, for partition keys and for tables that have no object yet.
_DUCKDB_TYPES = {
    "bigint": "BIGINT",
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "double": "DOUBLE",
    "float": "FLOAT",
    "int": "INTEGER",
    "smallint": "SMALLINT",
    "timestamp": "TIMESTAMP",
    "tinyint": "TINYINT",
}


class QueryError(Exception):
    """A query failed; the message says that the dialect is DuckDB's."""


class Lake:
    """The tables of a data directory.

    Parameters
    ----------
    data_dir:
        The runtime's data directory.

    Raises
    ------
    CatalogError
        If the folder is not a data directory.
    """

    def __init__(self, data_dir: Path) -> None:
        self._connection = duckdb.connect()
        for table in Catalog.read(data_dir).tables:
            self._connection.execute(_view(table, data_dir))

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a query in DuckDB's dialect; tables go by their Glue name."""
        try:
            result = self._connection.execute(sql)
            return [column[0] for column in result.description or ()], result.fetchall()
        except duckdb.Error as error:
            raise QueryError(f"{error} (the dialect is DuckDB's, close to Athena's but not the same)") from None

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()


def _view(table: Table, data_dir: Path) -> str:
    location = table.location.removeprefix("s3://").rstrip("/")
    folder = data_dir / "s3" / location
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    name = identifier(table.name)
    if not files:
        columns = (*table.columns, *table.partition_keys)
        empty = ", ".join(f"NULL::{_duckdb_type(column.type)} AS {identifier(column.name)}" for column in columns)
        return f"CREATE VIEW {name} AS SELECT {empty} WHERE false"
    types = ", ".join(f"{_literal(key.name)}: {_duckdb_type(key.type)}" for key in table.partition_keys)
    hive = f", hive_partitioning = true, hive_types = {{{types}}}" if types else ""
    pattern = _literal(f"{folder}/**/*.parquet")
    # union_by_name: columns are added over time, so older files have fewer.
    return f"CREATE VIEW {name} AS SELECT * FROM read_parquet({pattern}, union_by_name = true{hive})"


def _duckdb_type(hive_type: str) -> str:
    kind = hive_type.lower()
    if kind.startswith("array<"):
        return f"{_duckdb_type(kind[6:-1])}[]"
    if kind.startswith("decimal"):
        return kind.upper()
    return _DUCKDB_TYPES.get(kind, "VARCHAR")


def identifier(name: str) -> str:
    """``name`` quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
