"""What a data directory holds: its tables and where failed records lie, written there when the runtime starts.

With it, ``clickstream query`` and ``clickstream errors`` need the data directory only, not the cloud assembly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clickstream_local.model import Column, Stack, Table

_FILE = "catalog.json"


class CatalogError(Exception):
    """The folder is not a data directory of the local runtime, or cannot be made one."""


@dataclass(frozen=True)
class Catalog:
    """Tables, and the parts of buckets (``<bucket>/<key prefix>``) under which error objects lie."""

    tables: tuple[Table, ...]
    error_locations: tuple[str, ...]

    @classmethod
    def of(cls, stacks: Sequence[Stack]) -> Catalog:
        """The catalog of some stacks."""
        tables = tuple(table for stack in stacks for table in stack.tables)
        streams = [stream for stack in stacks for stream in stack.delivery_streams]
        locations = {location for stream in streams for location in _error_locations(stream.properties)}
        return cls(tables, tuple(_outermost(locations)))

    def write(self, data_dir: Path) -> None:
        """Leave the catalog in a data directory, which is made if need be.

        Raises
        ------
        CatalogError
            If it cannot be written.
        """
        document = {"tables": [asdict(table) for table in self.tables], "error_locations": self.error_locations}
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
        return cls(tuple(map(_table, document["tables"])), tuple(document["error_locations"]))


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
    destination = properties.get("ExtendedS3DestinationConfiguration", {})
    for part in (destination, destination.get("S3BackupConfiguration", {})):
        prefix = part.get("ErrorOutputPrefix")
        if prefix:
            bucket = part["BucketARN"].rpartition(":")[2]
            # The literal beginning: what stands before the first expression, up to its last slash.
            literal = prefix.split("!{", 1)[0].rpartition("/")
            yield f"{bucket}/{literal[0]}{literal[1]}"
