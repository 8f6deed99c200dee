"""Rows of delivered objects: the id of each and when it was received, in whatever format they are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from clickstream_local.s3.object_source import FoundObject, ObjectSource, lines_of
from clickstream_local.s3.store import StoreError

_BATCH_ROWS = 20_000
_SPOOL_BYTES = 8 << 20
_WANTED = ("event_id", "received_at")


@dataclass(frozen=True)
class DeliveredRow:
    """One row: its ``event_id``, None without one, and its ``received_at`` in epoch milliseconds, None without one."""

    event_id: str | None
    received_at: int | None


def rows_of(source: ObjectSource, found: FoundObject) -> Iterator[DeliveredRow]:
    """The rows of an object, by what it begins with: Parquet, ORC, or lines.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    if found.key.endswith((".snappy", ".hsnappy")):
        raise StoreError(f"{found.bucket}/{found.key} is compressed by Snappy, which is not read here")
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as file:
        for piece in source.chunks(found):
            file.write(piece)
        file.seek(0)
        head = file.read(4)
        file.seek(0)
        if head == b"PAR1":
            yield from _parquet(file, found)
        elif head.startswith(b"ORC"):
            yield from _orc(file, found)
        else:
            yield from _lines(file)


def _parquet(file: IO[bytes], found: FoundObject) -> Iterator[DeliveredRow]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        opened = ParquetFile(file)
        names = [name for name in _WANTED if name in opened.schema_arrow.names]
        if not names:
            yield from (DeliveredRow(None, None) for _ in range(opened.metadata.num_rows))
            return
        for batch in opened.iter_batches(_BATCH_ROWS, columns=names):
            yield from _of_batch(batch)
    except (ArrowException, OSError) as error:
        raise StoreError(f"{found.bucket}/{found.key} is no Parquet that can be read: {error}") from None


def _orc(file: IO[bytes], found: FoundObject) -> Iterator[DeliveredRow]:
    from pyarrow import ArrowException
    from pyarrow.orc import ORCFile

    try:
        opened = ORCFile(file)
        names = [name for name in _WANTED if name in opened.schema.names]
        for stripe in range(opened.nstripes):
            yield from _of_batch(opened.read_stripe(stripe, columns=names or None))
    except (ArrowException, OSError) as error:
        raise StoreError(f"{found.bucket}/{found.key} is no ORC that can be read: {error}") from None


def _of_batch(batch: Any) -> Iterator[DeliveredRow]:
    from pyarrow import types

    ids: list[Any] = [None] * batch.num_rows
    times: list[Any] = [None] * batch.num_rows
    if "event_id" in batch.schema.names:
        ids = batch.column("event_id").to_pylist()
    if "received_at" in batch.schema.names:
        column = batch.column("received_at")
        times = (
            column.cast("timestamp[ms]", safe=False).cast("int64").to_pylist()
            if types.is_timestamp(column.type)
            else times
        )
    for event_id, received_at in zip(ids, times, strict=True):
        yield DeliveredRow(event_id if isinstance(event_id, str) else None, received_at)


def _lines(file: IO[bytes]) -> Iterator[DeliveredRow]:
    for line in lines_of(iter(lambda: file.read(1 << 16), b"")):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        row = row if isinstance(row, dict) else {}
        event_id = row.get("event_id")
        yield DeliveredRow(event_id if isinstance(event_id, str) else None, _millis(row.get("received_at")))


def _millis(text: Any) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
