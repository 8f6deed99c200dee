"""What a data directory holds: its tables and where failed records lie, written there when the runtime starts.

With it, ``clickstream query`` and ``clickstream errors`` need the data directory only, not the cloud assembly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from clickstream_local.common.context_line import context_token
from clickstream_local.common.layout import REJECT_STREAM, StreamLayout, bucket_of, failure_locations
from clickstream_local.common.model import Column, DeliveryStream, Function, SavedQuery, Stack, Table

_FILE = "catalog.json"
_BUCKET_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class CatalogError(Exception):
    """The folder is not a data directory of the local runtime, or cannot be made one."""


@dataclass(frozen=True)
class Catalog:
    """Tables, buckets and delivery streams.

    Attributes
    ----------
    tables:
        All Glue tables.
    streams:
        All delivery streams.
    buckets:
        Names of the buckets that are made or delivered to.
    s3_endpoint:
        Where the buckets are; None for the data directory.
    context_tokens:
        By delivery stream, the token by which its function believes what is put again; none where it asks for none.
    saved_queries:
        What Athena keeps by name.
    """

    tables: tuple[Table, ...]
    streams: tuple[StreamLayout, ...] = ()
    buckets: tuple[str, ...] = ()
    s3_endpoint: str | None = None
    context_tokens: Mapping[str, str] = field(default_factory=dict)
    saved_queries: tuple[SavedQuery, ...] = ()

    @classmethod
    def of(cls, stacks: Sequence[Stack], s3_endpoint: str | None = None) -> Catalog:
        """The catalog of some stacks."""
        tables = tuple(table for stack in stacks for table in stack.tables)
        functions = [function for stack in stacks for function in stack.functions]
        streams, tokens = [], {}
        buckets = {bucket.name for stack in stacks for bucket in stack.buckets}
        for stream in (stream for stack in stacks for stream in stack.delivery_streams):
            function = next((one for one in functions if stream.calls(one)), None)
            try:
                destination = _destination_of(stream)
                streams.append(StreamLayout.of(stream.name, destination, **_of_function(function)))
                buckets |= {bucket_of(part) for part in (destination, destination.get("S3BackupConfiguration")) if part}
            except (AttributeError, LookupError, TypeError, ValueError):
                continue  # Firehose does not run it either, and says why
            if function and (token := context_token(function)):
                tokens[stream.name] = token
        saved = tuple(query for stack in stacks for query in stack.saved_queries)
        return cls(
            tables, tuple(streams), tuple(sorted(filter(_BUCKET_NAME.fullmatch, buckets))), s3_endpoint, tokens, saved
        )

    @property
    def error_locations(self) -> list[str]:
        """The parts of buckets under which failed records and rejected events lie."""
        return failure_locations(self.streams)

    @property
    def backups(self) -> dict[str, str]:
        """By the location of a stream's errors, that of its source backup, if it has one."""
        return {stream.errors: stream.backup for stream in self.streams if stream.errors and stream.backup}

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
        return cls(
            tuple(map(_table, document["tables"])),
            tuple(map(_layout, document.get("streams", ()))),
            tuple(document.get("buckets", ())),
            document.get("s3_endpoint"),
            document.get("context_tokens", {}),
            tuple(SavedQuery(**query) for query in document.get("saved_queries", ())),
        )


def _table(document: dict[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in document.pop("columns"))
    keys = tuple(Column(**column) for column in document.pop("partition_keys"))
    return Table(columns=columns, partition_keys=keys, **document)


def _layout(document: dict[str, Any]) -> StreamLayout:
    return StreamLayout(**document | {"error_logs": tuple(map(tuple, document["error_logs"]))})


def _destination_of(stream: DeliveryStream) -> Any:
    extended = stream.properties.get("ExtendedS3DestinationConfiguration")
    return stream.properties["S3DestinationConfiguration"] if extended is None else extended


def _of_function(function: Function | None) -> dict[str, str]:
    if function is None:
        return {}
    rejects = function.environment.get(REJECT_STREAM, "")
    return {"function": function.name, "function_log": function.log_group, "reject_stream": rejects}
