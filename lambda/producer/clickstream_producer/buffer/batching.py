"""The batcher: waiting records to one request."""

from __future__ import annotations

from collections import deque

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.spool.record import Record


def take_batch(waiting: deque[Record], target_bytes: int, max_records: int = MAX_REQUEST_RECORDS) -> list[Record]:
    """Remove from the front what goes into the next request.

    Unpacked events that are still together are parted where the request is full, so that entries which failed before
    do not go alone: they would take a request for each half of what failed, and each after a pause.

    Parameters
    ----------
    waiting
        Records in the order of the puts.
    target_bytes
        Raw bytes of a request (the 4 MiB limit is on raw bytes: producers.md, finding 6). One record always goes, so
        that a record above the target is not stuck; it is itself at most 1,024,000 bytes.
    max_records
        Most entries; the service takes 500.
    """
    batch: list[Record] = []
    size = entries = 0
    while waiting and entries < max_records:
        record = waiting[0]
        if size + record.size <= target_bytes and entries + record.entries <= max_records:
            batch.append(waiting.popleft())
        elif parts := record.cut(max_records - entries, target_bytes - size):
            first, waiting[0] = parts
            return [*batch, first]
        else:
            return batch or [waiting.popleft()]
        size += record.size
        entries += record.entries
    return batch
