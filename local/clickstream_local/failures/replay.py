"""Failed records as records that can be put again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from clickstream_local.common.catalog import Catalog, CatalogError
from clickstream_local.failures.objects import AFTER_FUNCTION, FailedRecord
from clickstream_local.failures.source_backup import objects_of, records_in
from clickstream_local.s3.delivered_objects import DeliveredObjects
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES


def replayable(failed: FailedRecord, *, processed: bool, token: str | None = None) -> Iterator[bytes]:
    """The records to put for a failed one.

    * ``processing-failed``: the source record, as it came.
    * ``rejected``: the event behind a context line of the kind ``replay``, so that it keeps its id and times.
    * ``format-conversion-failed`` because the rows did not fit the table: the rows as events behind a context line of
      the kind ``replay``, so that the transform judges them; each that still does not fit is rejected by itself.
    * whatever else failed after the function, such as the conversion because of the table or a right: the rows behind
      a context line of the kind ``transformed``, which the transform passes on unchanged.

    Rows are in more than one record where they do not fit into one.

    Parameters
    ----------
    failed
        What was found under an error prefix.
    processed
        Whether the stream that it goes to has a function; without one, rows go in as they are.
    token
        By which that function believes a context line. Default: it believes all.
    """
    if failed.kind == "rejected":
        yield _line(failed.context or _context(failed, "replay"), token) + failed.raw
    elif failed.kind in AFTER_FUNCTION and processed:
        yield from _rows(failed, "replay" if failed.rows_at_fault else "transformed", token)
    else:
        yield failed.raw


def source_records(data_dir: Path, failed: Iterable[FailedRecord], tokens: Collection[str]) -> Iterator[bytes]:
    """The records of the source backup that failed rows may have been made from, with their neighbours.

    Their context lines are believed by ``tokens``, without any all of them.

    Raises
    ------
    CatalogError
        If the stream has no source backup, or it has no object of that time.
    StoreError
        If the objects are at an S3 endpoint that does not give them.
    """
    catalog = Catalog.read(data_dir)
    delivered = DeliveredObjects(data_dir, catalog.s3_endpoint)
    arrivals: dict[str, set[int]] = {}
    for record in failed:
        key = record.file.relative_to(delivered.root).as_posix()
        errors = max((one for one in catalog.backups if key.startswith(one)), key=len, default=None)
        if errors is None:
            raise CatalogError(f"{key}: its stream has no source backup; replay without --from-backup")
        arrivals.setdefault(catalog.backups[errors], set()).add(record.arrival)
    for location, times in arrivals.items():
        files = objects_of(delivered.files(location), times)
        if not files:
            raise CatalogError(f"{location}: no object of the source backup has the records; they may have expired")
        for file in files:
            yield from records_in(file.read_bytes(), tokens)


def _rows(failed: FailedRecord, kind: str, token: str | None) -> Iterator[bytes]:
    context = _line(_context(failed, kind), token)
    rows = b""
    for row in failed.raw.splitlines(keepends=True):
        if rows and len(context) + len(rows) + len(row) > MAX_RECORD_BYTES:
            yield context + rows
            rows = b""
        rows += row
    yield context + rows


def _context(failed: FailedRecord, kind: str) -> dict[str, Any]:
    return {"clickstream": 1, "kind": kind, "received_at": failed.arrival}


def _line(context: Any, token: str | None) -> bytes:
    context = context if token is None else context | {"token": token}
    return json.dumps(context, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
