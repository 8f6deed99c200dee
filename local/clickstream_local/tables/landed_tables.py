"""Queries the delivered objects as Athena would: each Glue table is a DuckDB view, each database a schema."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.saved_queries import chosen_query
from clickstream_local.athena.translate import Reference, Tables, translate
from clickstream_local.athena.types import DType, Type, glue_type, plain
from clickstream_local.common.catalog import Catalog
from clickstream_local.common.model import Column, SavedQuery, Table
from clickstream_local.glue.errors import GlueError
from clickstream_local.glue.hive_types import Primitive, parse_type
from clickstream_local.s3.delivered_objects import DeliveredObjects
from clickstream_local.tables.engine import connect
from clickstream_local.tables.views import PATH, Folder, TableFiles, identifier, literal

Dialect = Literal["athena", "duckdb"]

_ROWS_AT_ONCE = 1_000


class LandedTables:
    """The Glue tables of a data directory, over the objects that Firehose delivered.

    Parameters
    ----------
    data_dir
        The runtime's data directory.
    database
        Where tables are looked up that are named without one. Default: in all; a name that several databases have has
        to be written with one.
    read_only
        Let DuckDB open the delivered objects and no other file.

    Raises
    ------
    CatalogError
        If the folder is not a data directory.
    QueryError
        If there is no such database.
    StoreError
        If the objects are at an S3 endpoint that does not give them.
    """

    def __init__(self, data_dir: Path, *, database: str | None = None, read_only: bool = False) -> None:
        self._catalog = Catalog.read(data_dir)
        # Glue folds names to lower case.
        self._tables = {(table.database.lower(), table.name.lower()): table for table in self._catalog.tables}
        databases = sorted({base for base, _ in self._tables})
        database = database if database is None else database.lower()
        if database is not None and database not in databases:
            raise QueryError(f"there is no database {database!r}; there are: {', '.join(databases) or 'none'}")
        self._database = database
        self.without_objects: list[str] = []
        """Tables that the last query reads, and in which it asks for no object that there is."""
        self.notes: Sequence[str] = ()
        """What has to be said of the last query, though it runs."""
        self._delivered = DeliveredObjects(data_dir, self._catalog.s3_endpoint)
        self._temporary = Path(tempfile.gettempdir()) / f"clickstream-query-{uuid.uuid4().hex}"
        self._connection = connect(self._temporary)
        for base in databases:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(base)}")
        if read_only:
            self._connection.execute(f"SET allowed_directories = [{literal(str(self._delivered.root))}]")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")

    @property
    def saved_queries(self) -> Sequence[SavedQuery]:
        """The queries that the templates save in Athena."""
        return self._catalog.saved_queries

    def saved_query(self, name: str) -> str:
        """The SQL of a saved query; its tables are those of its database. Raises QueryError for an unknown name."""
        one = chosen_query(self.saved_queries, name, self._database)
        self._database = one.database.lower()
        return one.sql

    def query(
        self, sql: str, *, dialect: Dialect = "athena", most_rows: int | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of a query.

        Parameters
        ----------
        sql
            The query; tables go by their Glue name, with or without their database.
        dialect
            Athena's, of which docs/athena-sql.md has what is taken, or DuckDB's own.
        most_rows
            How many rows are fetched; by default all.

        Raises
        ------
        QueryError
            If it fails, or would not give here what it gives on Athena.
        """
        columns, chunks = self.stream(sql, dialect=dialect, most_rows=most_rows)
        return columns, [row for chunk in chunks for row in chunk]

    def stream(
        self, sql: str, *, dialect: Dialect = "athena", most_rows: int | None = None
    ) -> tuple[list[str], Iterator[list[tuple[Any, ...]]]]:
        """As :meth:`query`, the rows some at a time: each part raises QueryError, too."""
        runnable = self._prepared(sql, dialect)
        with _said():
            result = self._connection.execute(runnable)
            columns = [column[0] for column in result.description or ()]
        return columns, self._parts(result, most_rows)

    def write_parquet(self, sql: str, file: Path, *, dialect: Dialect = "athena", most_rows: int | None = None) -> int:
        """Write what a query gives into a Parquet file. Returns the number of rows; raises QueryError."""
        runnable = self._prepared(sql, dialect).rstrip("; \n")
        limit = "" if most_rows is None else f" LIMIT {most_rows}"
        with _said():
            written = self._connection.execute(
                f"COPY (SELECT * FROM ({runnable}){limit}) TO {literal(str(file))} (FORMAT parquet)"
            ).fetchone()
        return int(written[0]) if written else 0

    def interrupt(self) -> None:
        """End a query that runs in another thread; it fails there."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the files."""
        self._connection.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _prepared(self, sql: str, dialect: Dialect) -> str:
        """The query for DuckDB, once the views are there that it reads."""
        self.without_objects, self.notes = [], ()
        if not sql.strip():
            raise QueryError("the query is empty; give a SELECT")
        if dialect == "duckdb":
            self._create_all_views()
            return sql
        translation = translate(
            sql,
            self._types(),
            database=self._database,
            hidden=frozenset({PATH}),
            partition_keys={
                place: frozenset(key.name.lower() for key in table.partition_keys)
                for place, table in self._tables.items()
            },
        )
        self.notes = translation.notes
        if not translation.is_query:
            raise QueryError("the tables are written by their streams; give a SELECT")
        by_table = defaultdict[tuple[str, str], list[Reference]](list)
        for reference in translation.references:
            by_table[reference.database, reference.table].append(reference)
        with _said():
            for place, references in by_table.items():
                files = self._files(self._tables[place])
                asked = self._asked(files, references)
                files.create_view(self._connection, asked)
                if not asked:
                    self.without_objects.append(place[1])
        return translation.sql

    def _asked(self, files: TableFiles, references: Sequence[Reference]) -> Sequence[Folder]:
        """The folders that a query asks for, by all of its references to a table."""
        asked = set[Folder]()
        for reference in references:
            if reference.predicate is None:
                return files.folders
            asked |= set(files.matching(self._connection, reference.predicate, reference.alias))
        return [folder for folder in files.folders if folder in asked]

    def _create_all_views(self) -> None:
        """Views by database and name, and by the name alone where no other database has it."""
        names = Counter(name for _, name in self._tables)
        with _said():
            for (base, name), table in self._tables.items():
                self._files(table).create_view(self._connection, hidden=False)
                if names[name] == 1 or base == self._database:
                    self._connection.execute(
                        f"CREATE OR REPLACE VIEW {identifier(name)} AS FROM {identifier(base)}.{identifier(name)}"
                    )

    def _files(self, table: Table) -> TableFiles:
        return TableFiles(table, self._delivered.folder(table.location.removeprefix("s3://")), self._delivered.root)

    def _types(self) -> Tables:
        found = defaultdict[str, dict[str, dict[str, Any]]](dict)
        for (base, name), table in self._tables.items():
            columns = (*table.columns, *table.partition_keys)
            found[base][name] = {column.name.lower(): _athena_type(column) for column in columns}
            found[base][name][PATH] = glue_type(Primitive("string"))
        return found

    @staticmethod
    def _parts(result: duckdb.DuckDBPyConnection, most_rows: int | None) -> Iterator[list[tuple[Any, ...]]]:
        left = most_rows
        while left is None or left > 0:
            with _said():
                rows = result.fetchmany(_ROWS_AT_ONCE if left is None else min(left, _ROWS_AT_ONCE))
            if not rows:
                return
            yield rows
            left = None if left is None else left - len(rows)


def _athena_type(column: Column) -> Type:
    try:
        return glue_type(parse_type(column.type))
    except GlueError:
        return plain(DType.UNKNOWN)  # said of a query that reads its table


@contextmanager
def _said() -> Iterator[None]:
    """What DuckDB says of a query that fails, in one line."""
    try:
        yield
    except (duckdb.Error, GlueError) as error:
        raise QueryError(str(error).splitlines()[0]) from None
