"""What a data directory holds: its tables and where failed records lie, written there when the runtime starts.

With it, ``clickstream query`` and ``clickstream errors`` need the data directory only, not the cloud assembly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clickstream_local.common.context_line import context_token
from clickstream_local.common.model import Column, SavedQuery, Stack, Table

_FILE = "catalog.json"


class CatalogError(Exception):
    """The folder is not a data directory of the local runtime, or cannot be made one."""


@dataclass(frozen=True)
class Catalog:
    """Tables and buckets, and where to look for failed records.

    Attributes
    ----------
    tables:
        All Glue tables.
    error_locations:
        The parts of buckets (``<bucket>/<key prefix>``) under which error objects lie.
    buckets:
        Names of the buckets that are made or delivered to.
    s3_endpoint:
        Where the buckets are; None for the data directory.
    backups:
        By the location of a stream's errors, that of its source backup, if it has one.
    context_tokens:
        By delivery stream, the token by which its function believes what is put again; none where it asks for none.
    saved_queries:
        What Athena keeps by name.
    """

    tables: tuple[Table, ...]
    error_locations: tuple[str, ...]
    buckets: tuple[str, ...] = ()
    s3_endpoint: str | None = None
    backups: Mapping[str, str] = field(default_factory=dict)
    context_tokens: Mapping[str, str] = field(default_factory=dict)
    saved_queries: tuple[SavedQuery, ...] = ()

    @classmethod
    def of(cls, stacks: Sequence[Stack], s3_endpoint: str | None = None) -> Catalog:
        """The catalog of some stacks."""
        tables = tuple(table for stack in stacks for table in stack.tables)
        streams = [stream for stack in stacks for stream in stack.delivery_streams]
        locations = {location for stream in streams for location in _error_locations(stream.properties)}
        buckets = {bucket.name for stack in stacks for bucket in stack.buckets}
        buckets |= {_bucket(part) for stream in streams for part in _destinations(stream.properties)}
        backups = {found[0]: found[1] for stream in streams if (found := _backup_of(stream.properties))}
        functions = [function for stack in stacks for function in stack.functions]
        tokens = {
            stream.name: token
            for stream in streams
            for function in functions
            if stream.calls(function) and (token := context_token(function))
        }
        saved = tuple(query for stack in stacks for query in stack.saved_queries)
        return cls(tables, tuple(_outermost(locations)), tuple(sorted(buckets)), s3_endpoint, backups, tokens, saved)

    def write(self, data_dir: Path) -> None:
        """Leave the catalog in a data directory, which is made if need be.

        Raises
        ------
        CatalogError
            If it cannot be written.
        """
        document = asdict(self)
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            (data_dir / _FILE).write_text(json.dumps(document, indent=1), encoding="utf-8")
        except OSError as error:
            raise CatalogError(
                f"data directory {data_dir}: {_FILE} cannot be written: {error.strerror}; make room, or give another "
                "folder with --data-dir"
            ) from None

    @classmethod
    def read(cls, data_dir: Path) -> Catalog:
        """The catalog that a runtime left in ``data_dir``."""
        try:
            document = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CatalogError(
                f"{data_dir} is not a data directory: it has no {_FILE}; run `clickstream local` or `clickstream demo` "
                "first, or give its folder with --data-dir"
            ) from None
        tables = tuple(map(_table, document["tables"]))
        return cls(
            tables,
            tuple(document["error_locations"]),
            tuple(document.get("buckets", ())),
            document.get("s3_endpoint"),
            document.get("backups", {}),
            document.get("context_tokens", {}),
            tuple(SavedQuery(**query) for query in document.get("saved_queries", ())),
        )


def _outermost(locations: Iterable[str]) -> Iterator[str]:
    """The locations that lie in no other: one stream's errors may lie in a folder of another's."""
    outer: str | None = None
    for location in sorted(locations):
        if outer is None or not location.startswith(outer):
            outer = location
            yield location


def _table(document: dict[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in document.pop("columns"))
    keys = tuple(Column(**column) for column in document.pop("partition_keys"))
    return Table(columns=columns, partition_keys=keys, **document)


def _error_locations(properties: Any) -> Iterator[str]:
    for part in _destinations(properties):
        if part.get("ErrorOutputPrefix"):
            yield _location(part, "ErrorOutputPrefix")


def _backup_of(properties: Any) -> tuple[str, str] | None:
    """Where a stream's errors and its source backup lie; None without either."""
    destination = properties.get("ExtendedS3DestinationConfiguration", {})
    backup = destination.get("S3BackupConfiguration", {})
    if (
        destination.get("S3BackupMode") != "Enabled"
        or "BucketARN" not in backup
        or not destination.get("ErrorOutputPrefix")
    ):
        return None
    return _location(destination, "ErrorOutputPrefix"), _location(backup, "Prefix")


def _location(destination: Any, name: str) -> str:
    """The literal beginning of a prefix: what stands before its first expression, up to its last slash."""
    literal = destination.get(name, "").split("!{", 1)[0].rpartition("/")
    return f"{_bucket(destination)}/{literal[0]}{literal[1]}"


def _destinations(properties: Any) -> Iterator[Any]:
    """Where a stream writes: destination and backup."""
    destination = properties.get("ExtendedS3DestinationConfiguration", {})
    for part in (destination, destination.get("S3BackupConfiguration", {})):
        if "BucketARN" in part:
            yield part


def _bucket(destination: Any) -> str:
    return str(destination["BucketARN"]).rpartition(":")[2]
