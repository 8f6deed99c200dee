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
    * whatever failed after the function, such as ``format-conversion-failed``: the rows behind a context line of the
      kind ``transformed``, which the transform passes on unchanged; in more than one record where they do not fit into
      one.

    Parameters
    ----------
    failed
        What was found under an error prefix.
    processed
        Whether the stream that it goes to has a function; without one, rows go in as they are.
    """
    if failed.kind == "rejected":
        given = failed.context or {"clickstream": 1, "kind": "replay", "received_at": failed.arrival}
        yield _line(given) + failed.raw
    elif failed.kind in AFTER_FUNCTION and processed:
        yield from _transformed(failed)
    else:
        yield failed.raw


def _transformed(failed: FailedRecord) -> Iterator[bytes]:
    context = _line({"clickstream": 1, "kind": "transformed", "received_at": failed.arrival})
    rows = b""
    for row in failed.raw.splitlines(keepends=True):
        if rows and len(context) + len(rows) + len(row) > MAX_RECORD_BYTES:
            yield context + rows
            rows = b""
        rows += row
    yield context + rows


def _line(context: Any) -> bytes:
    return json.dumps(context, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
