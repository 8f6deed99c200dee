"""Glue tables as DuckDB views over the objects at their locations, or of some of their partitions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clickstream_local.common.model import Column, Table
from clickstream_local.glue.hive_types import (
    Array,
    Decimal,
    HiveType,
    Map,
    Primitive,
    Sized,
    Struct,
    arrow_type,
    parse_type,
)

if TYPE_CHECKING:
    import pyarrow.dataset
    from duckdb import DuckDBPyConnection

PATH = "$path"
"""Athena's hidden column with the address of a row's object."""

_PRIMITIVES = {
    "bigint": "BIGINT",
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "double": "DOUBLE",
    "float": "FLOAT",
    "int": "INTEGER",
    "smallint": "SMALLINT",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "tinyint": "TINYINT",
}

_PROJECTED_VALUE = re.compile(r"\$\{([^}]+)\}")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Folder:
    """A folder that holds objects, and the partition that it is.

    Attributes
    ----------
    path:
        Where it lies.
    values:
        The partition's values as texts, in the order of the table's partition keys.
    suffixes:
        Those of its objects, such as ``.parquet``.
    """

    path: str
    values: tuple[str | None, ...]
    suffixes: frozenset[str]


class TableFiles:
    """The objects of a table: its folders by partition, and the views over them.

    Folders are listed, objects are not opened. Athena does not see an object whose key names no partition; neither is
    it seen here.

    Parameters
    ----------
    table:
        The Glue table. Partition values come from the objects' keys: ``name=value/``, or where the table's projection
        says.
    folder:
        Where its objects lie; it may not exist.
    root:
        The folder that has the buckets below it.
    """

    def __init__(self, table: Table, folder: Path, root: Path) -> None:
        self._table = table
        self._root = str(root)
        self._patterns = _key_patterns(table)
        self.folders = tuple(self._partitions(folder))

    def create_view(
        self, connection: DuckDBPyConnection, folders: Sequence[Folder] | None = None, *, hidden: bool = True
    ) -> None:
        """Create the view ``<database>.<table>`` over some folders, by default over all; without any it is empty.

        Its columns are those of the Glue table, which an older object may lack, then its partition keys, then the
        hidden ``$path``.
        """
        read = self.folders if folders is None else folders
        suffixes = {suffix for folder in read for suffix in folder.suffixes}
        suffix = next((kind for kind in (".parquet", ".orc") if kind in suffixes), "")
        name = f"{identifier(self._table.database)}.{identifier(self._table.name)}"
        columns = ", ".join(f"{identifier(column.name)}" for column in self._table.columns)
        if not read:
            source, columns = "(SELECT '' AS filename WHERE false)", self._nothing()
        elif suffix == ".orc":
            source = identifier(f"{self._table.database}.{self._table.name} objects")
            connection.register(source.strip('"'), self._orc(read))
        else:
            globs = "[" + ", ".join(literal(f"{_escaped(folder.path)}/*{suffix}") for folder in read) + "]"
            source = self._parquet(globs) if suffix else self._json(globs)
        keys = ", ".join(
            f"TRY_CAST(nullif(regexp_extract(filename, {literal(pattern)}, 1), {literal(_NO_VALUE)}) AS {_type(key)}) "
            f"AS {identifier(key.name)}"
            for key, pattern in zip(self._table.partition_keys, self._patterns, strict=True)
        )
        path = f"'s3:/' || substr(filename, {len(self._root) + 1}) AS {identifier(PATH)}"
        selected = ", ".join(filter(None, (columns, keys, path if hidden else "")))
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {selected} FROM {source}")

    def matching(self, connection: DuckDBPyConnection, predicate: str, alias: str) -> tuple[Folder, ...]:
        """The folders whose partition may hold rows for which a condition on partition keys is true.

        Parameters
        ----------
        connection:
            Evaluates the condition.
        predicate:
            The condition, in DuckDB's SQL.
        alias:
            The name by which it speaks of the table.
        """
        keys = self._table.partition_keys
        texts = [[folder.values[place] for folder in self.folders] for place in range(len(keys))]
        given = ", ".join(f"unnest(?::VARCHAR[]) AS {identifier(key.name)}" for key in keys)
        casts = ", ".join(f"TRY_CAST({identifier(key.name)} AS {_type(key)}) AS {identifier(key.name)}" for key in keys)
        found = connection.execute(
            f"SELECT folder FROM (SELECT folder, {casts} FROM (SELECT unnest(?::BIGINT[]) AS folder, {given})) "
            f"AS {identifier(alias)} WHERE {predicate}",
            [list(range(len(self.folders))), *texts],
        )
        return tuple(self.folders[number] for (number,) in sorted(found.fetchall()))

    def _partitions(self, folder: Path) -> Iterator[Folder]:
        patterns = [re.compile(pattern) for pattern in self._patterns]
        for path, suffixes in _folders(str(folder)):
            found = [pattern.search(f"{path}/x") for pattern in patterns]
            matched = [match[1] for match in found if match is not None]
            if len(matched) == len(patterns):
                values = tuple(None if value == _NO_VALUE else value for value in matched)
                yield Folder(path, values, suffixes)

    def _nothing(self) -> str:
        return ", ".join(f"NULL::{_type(column)} AS {identifier(column.name)}" for column in self._table.columns)

    def _parquet(self, globs: str) -> str:
        # By the table's columns: DuckDB would take those of the first file, and read all footers to unite them.
        columns = ", ".join(
            f"{literal(column.name)}: {{'name': {literal(column.name)}, 'type': {literal(_type(column))}, "
            "'default_value': NULL}"
            for column in self._table.columns
        )
        return f"read_parquet({globs}, schema = MAP {{{columns}}}, filename = true)"

    def _json(self, globs: str) -> str:
        columns = ", ".join(f"{literal(column.name)}: {literal(_type(column))}" for column in self._table.columns)
        return f"read_json({globs}, format = 'newline_delimited', columns = {{{columns}}}, filename = true)"

    def _orc(self, folders: Sequence[Folder]) -> pyarrow.dataset.Dataset:
        """DuckDB reads no ORC, Arrow does; it gives the same columns as DuckDB's readers do."""
        import pyarrow as pa  # here: few tables are ORC, and it takes long to load
        import pyarrow.dataset
        import pyarrow.fs

        schema = pa.schema([(column.name, arrow_type(parse_type(column.type))) for column in self._table.columns])
        paths = [entry.path for folder in folders for entry in os.scandir(folder.path) if entry.name.endswith(".orc")]
        return pyarrow.dataset.FileSystemDataset.from_paths(
            paths,
            schema.append(pa.field("filename", pa.string())),
            pyarrow.dataset.OrcFileFormat(),
            pyarrow.fs.LocalFileSystem(),
            [pyarrow.dataset.field("filename") == path for path in paths],
        )


def _folders(root: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The folders below ``root``, and itself, that hold files, with the suffixes of these."""
    for path, _, names in os.walk(root):
        if names:
            yield path, frozenset(_suffix(name) for name in names)


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return dot + suffix if stem else ""


def _key_patterns(table: Table) -> tuple[str, ...]:
    """Regular expressions for paths of objects, one for each partition key, whose one group is its value.

    They are made of ``storage.location.template`` as Athena reads it: a value holds as many slashes as its
    ``projection.<key>.format``. Without one the keys stand as ``name=value/``.
    """
    names = [key.name for key in table.partition_keys]
    template = table.parameters.get("storage.location.template", "")
    if str(table.parameters.get("projection.enabled", "")).lower() != "true" or not template:
        return tuple(f"/{re.escape(name)}=([^/]+)/" for name in names)
    parts = _PROJECTED_VALUE.split(template.removeprefix("s3://").rstrip("/"))
    return tuple(f"/{_one_group(table, parts, name)}/[^/]*$" for name in names)


def _one_group(table: Table, parts: list[str], name: str) -> str:
    """The template's pattern, with a group for one key only: DuckDB counts groups."""
    return "".join(
        f"({'' if text == name else '?:'}{_value_pattern(table, text)})" if place % 2 else re.escape(text)
        for place, text in enumerate(parts)
    )


def _value_pattern(table: Table, name: str) -> str:
    slashes = str(table.parameters.get(f"projection.{name}.format", "")).count("/")
    return f"[^/]+(?:/[^/]+){{{slashes}}}"


def _escaped(path: str) -> str:
    """A path as a glob pattern that means this path."""
    return re.sub(r"([*?\[\]])", r"[\1]", path)


def _type(column: Column) -> str:
    return _duckdb_type(parse_type(column.type))


def _duckdb_type(hive: HiveType) -> str:
    match hive:
        case Primitive(name):
            return _PRIMITIVES[name]
        case Sized():
            return "VARCHAR"
        case Decimal(precision, scale):
            return f"DECIMAL({precision}, {scale})"
        case Array(element):
            return f"{_duckdb_type(element)}[]"
        case Map(key, value):
            return f"MAP({_duckdb_type(key)}, {_duckdb_type(value)})"
        case Struct(members):
            return f"STRUCT({', '.join(f'{identifier(name)} {_duckdb_type(member)}' for name, member in members)})"


def identifier(name: str) -> str:
    """``name`` quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as a string in SQL."""
    return "'" + text.replace("'", "''") + "'"
