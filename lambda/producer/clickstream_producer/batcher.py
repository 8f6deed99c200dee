"""The batcher: waiting records to one request."""

from __future__ import annotations

from collections import deque

from .limits import MAX_REQUEST_RECORDS
from .record import Record


def take_batch(waiting: deque[Record], target_bytes: int, max_records: int = MAX_REQUEST_RECORDS) -> list[Record]:
    """Remove from the front what goes into the next request.

    Parameters
    ----------
    waiting
        Records in the order of the puts.
    target_bytes
        Raw bytes of a request (the 4 MiB limit is on raw bytes: producers.md, finding 6). One record always goes, so
        that a record above the target is not stuck; it is itself at most 1,024,000 bytes.
    max_records
        Most records; the service takes 500.
    """
    if waiting and waiting[0].entries > max_records:
        waiting.extendleft(reversed(waiting.popleft().single()))
    batch: list[Record] = []
    total = entries = 0
    while waiting:
        record = waiting[0]
        total += record.size
        entries += record.entries
        if batch and (total > target_bytes or entries > max_records):
            break
        batch.append(waiting.popleft())
    return batch
