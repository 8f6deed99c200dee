"""The records that wait to be sent, in the order of the puts."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.batching import take_batch
from clickstream_producer.spool.record import Record


class Waiting:
    """Queue of records, numbered as they come.

    Parameters
    ----------
    batch_bytes
        Raw bytes of a request of the ordinary size.

    Attributes
    ----------
    next_number
        Number of the record that comes next; the first is 1.
    """

    def __init__(self, batch_bytes: int) -> None:
        self._batch_bytes = batch_bytes
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._entries = 0
        self.next_number = 1

    def __bool__(self) -> bool:
        return bool(self._records)

    @property
    def oldest(self) -> Record:
        """The one that waits longest."""
        return self._records[0]

    @property
    def is_full(self) -> bool:
        """Whether a whole request of the ordinary size is here."""
        return self._bytes >= self._batch_bytes or self._entries >= MAX_REQUEST_RECORDS

    def append(self, records: Sequence[Record]) -> None:
        """Add new records at the end."""
        for number, record in enumerate(records, self.next_number):
            record.number = number
        self.next_number += len(records)
        self._records.extend(records)
        self._count(records, 1)

    def put_back(self, records: Sequence[Record]) -> None:
        """Return records of a request to the front."""
        self._records.extendleft(reversed(records))
        self._count(records, 1)

    def pop_oldest(self) -> Record:
        """Remove the one that waits longest."""
        record = self._records.popleft()
        self._count([record], -1)
        return record

    def take_batch(self, max_records: int, max_bytes: int) -> list[Record]:
        """Remove what goes into the next request."""
        batch = take_batch(self._records, max_bytes, max_records)
        self._count(batch, -1)
        return batch

    def take_all(self) -> list[Record]:
        """Remove everything."""
        records = list(self._records)
        self._records.clear()
        self._bytes = self._entries = 0
        return records

    def _count(self, records: Sequence[Record], sign: int) -> None:
        self._bytes += sign * sum([record.size for record in records])
        self._entries += sign * sum([record.entries for record in records])
