"""Glue tables as DuckDB views over the objects at their locations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.dataset
import pyarrow.fs

from clickstream_local.common.model import Column, Table
from clickstream_local.glue.hive_types import Array, Decimal, HiveType, Map, Primitive, Sized, Struct, parse_type

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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


def create_view(connection: DuckDBPyConnection, table: Table, folder: Path) -> None:
    """Create the view of a table, with its name, over the objects in a folder, which are read by their format.

    A table without any is empty.

    Partition keys come from the objects' keys: ``name=value/``, or where the table's projection says.
    """
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    name = identifier(table.name)
    keys = table.partition_keys
    if not files:
        empty = ", ".join(f"NULL::{_type(column)} AS {identifier(column.name)}" for column in (*table.columns, *keys))
        connection.execute(f"CREATE VIEW {name} AS SELECT {empty} WHERE false")
        return
    pattern = _key_pattern(table)
    types = ", ".join(f"{literal(key.name)}: {_type(key)}" for key in keys)
    hive = f", hive_partitioning = true, hive_types = {{{types}}}" if keys else ""
    how = hive if pattern is None else ", filename = true"
    suffixes = {path.suffix for path in files}
    if ".parquet" in suffixes:
        # union_by_name: columns are added over time, so older files have fewer.
        objects = f"read_parquet({literal(f'{folder}/**/*.parquet')}, union_by_name = true{how})"
    elif ".orc" in suffixes:
        objects = identifier(f"{table.name} objects")
        connection.register(f"{table.name} objects", _orc(folder, files, keys, pattern))
        if keys:
            casts = ", ".join(f"{identifier(key.name)}::{_type(key)} AS {identifier(key.name)}" for key in keys)
            objects = f"(SELECT * REPLACE ({casts}) FROM {objects})"
    else:
        columns = ", ".join(f"{literal(column.name)}: {literal(_type(column))}" for column in table.columns)
        objects = f"read_json({literal(f'{folder}/**/*')}, format = 'newline_delimited', columns = {{{columns}}}{how})"
    if pattern is not None and ".orc" not in suffixes:
        objects = _projected(objects, keys, pattern)
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {objects}")


def _key_pattern(table: Table) -> str | None:
    """A regular expression for paths of objects, one named group for each partition key.

    None where the keys stand as ``name=value/``, which needs no projection to be read, or where there are none. It is
    made of ``storage.location.template`` as Athena reads it: a value holds as many slashes as its
    ``projection.<key>.format``.
    """
    template = table.parameters.get("storage.location.template", "")
    if str(table.parameters.get("projection.enabled", "")).lower() != "true" or not template:
        return None
    names = [key.name for key in table.partition_keys]
    if not names or all(f"{name}=${{{name}}}" in template for name in names):
        return None
    literals = _PROJECTED_VALUE.split(template.removeprefix("s3://").rstrip("/"))
    parts = ["/"]
    for place, text in enumerate(literals):
        parts.append(_key_group(table, text) if place % 2 else re.escape(text))
    return "".join(parts) + "/[^/]*$"


def _key_group(table: Table, name: str) -> str:
    slashes = str(table.parameters.get(f"projection.{name}.format", "")).count("/")
    return f"(?P<{name}>[^/]+(?:/[^/]+){{{slashes}}})"


def _projected(objects: str, keys: tuple[Column, ...], pattern: str) -> str:
    """Objects with the partition keys that their file names hold; Athena does not see those that hold none."""
    found = {key: f"regexp_extract(filename, {literal(_only_group(pattern, key.name))}, 1)" for key in keys}
    values = ", ".join(f"{text}::{_type(key)} AS {identifier(key.name)}" for key, text in found.items())
    matching = f"regexp_matches(filename, {literal(_only_group(pattern))})"
    return f"(SELECT * EXCLUDE (filename), {values} FROM {objects} WHERE {matching})"


def _only_group(pattern: str, name: str | None = None) -> str:
    """The pattern with one group: DuckDB counts groups and knows no names."""
    kept = "(?P<none>" if name is None else f"(?P<{name}>"
    return re.sub(r"\(\?P<[^>]+>", lambda found: "(" if found[0] == kept else "(?:", pattern)


def _orc(folder: Path, files: Sequence[Path], keys: tuple[Column, ...], pattern: str | None) -> pyarrow.dataset.Dataset:
    """DuckDB reads no ORC, Arrow does."""
    schema = pyarrow.schema([(key.name, pyarrow.string()) for key in keys])
    if pattern is None:
        partitioning = pyarrow.dataset.partitioning(schema, flavor="hive")
        return pyarrow.dataset.dataset(folder, format="orc", partitioning=partitioning, exclude_invalid_files=True)
    found = {str(path): re.search(pattern, str(path)) for path in files if path.suffix == ".orc"}
    values = {path: match.groupdict() for path, match in found.items() if match is not None}
    whole = pyarrow.dataset.dataset(list(values), format="orc").schema
    return pyarrow.dataset.FileSystemDataset.from_paths(
        list(values),
        pyarrow.unify_schemas([whole, schema]),
        pyarrow.dataset.OrcFileFormat(),
        pyarrow.fs.LocalFileSystem(),
        [
            reduce(and_, (pyarrow.dataset.field(name) == text for name, text in of_file.items()))
            for of_file in values.values()
        ],
    )


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
