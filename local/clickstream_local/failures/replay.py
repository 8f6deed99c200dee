"""Failed records as records that can be put again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clickstream_local.failures.objects import AFTER_FUNCTION, FailedRecord
from clickstream_local.wire.firehose_client import MAX_RECORD_BYTES


def replayable(failed: FailedRecord, *, processed: bool) -> Iterator[bytes]:
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
    """
    if failed.kind == "rejected":
        yield _line(failed.context or _context(failed, "replay")) + failed.raw
    elif failed.kind in AFTER_FUNCTION and processed:
        yield from _rows(failed, "replay" if failed.rows_at_fault else "transformed")
    else:
        yield failed.raw


def _rows(failed: FailedRecord, kind: str) -> Iterator[bytes]:
    context = _line(_context(failed, kind))
    rows = b""
    for row in failed.raw.splitlines(keepends=True):
        if rows and len(context) + len(rows) + len(row) > MAX_RECORD_BYTES:
            yield context + rows
            rows = b""
        rows += row
    yield context + rows


def _context(failed: FailedRecord, kind: str) -> dict[str, Any]:
    return {"clickstream": 1, "kind": kind, "received_at": failed.arrival}


def _line(context: Any) -> bytes:
    return json.dumps(context, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
