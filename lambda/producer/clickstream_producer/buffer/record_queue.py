"""The complete records that are not settled: those that wait, and those of the request under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.signal_lock import Step, at_once
from clickstream_producer.spool.record import Record


class RecordQueue:
    """Records in the order of the puts, numbered as they come; whoever uses it holds the buffer's lock.

    Parameters
    ----------
    batch_bytes
        Raw bytes of a request of the ordinary size.

    Attributes
    ----------
    last_number
        Number of the record that came last; the first is 1.
    in_flight
        The records of the request under way.
    """

    def __init__(self, batch_bytes: int) -> None:
        self._batch_bytes = batch_bytes
        self._waiting: deque[Record] = deque()
        self._aside: list[Record] = []  # let others go first; only while others wait
        self._bytes = 0
        self._entries = 0
        self.last_number = 0
        self.in_flight: list[Record] = []

    def __bool__(self) -> bool:
        """Whether any record waits."""
        return bool(self._waiting)

    @property
    def oldest(self) -> Record:
        """The record that waits longest."""
        return self._waiting[0]

    @property
    def oldest_number(self) -> int:
        """Number of the oldest record that is not settled; failed ones return to their place, so all are in order."""
        oldest = (*self.in_flight[:1], *islice(self._waiting, 1), *self._aside)
        return min((record.number for record in oldest), default=self.last_number + 1)

    @property
    def is_full(self) -> bool:
        """Whether a whole request of the ordinary size waits."""
        return self._bytes >= self._batch_bytes or self._entries >= MAX_REQUEST_RECORDS

    def append(self, records: Sequence[Record]) -> list[Step]:
        """Add new records at the end: steps for `at_once`."""
        for number, record in enumerate(records, self.last_number + 1):
            record.number = number
        last = self.last_number + len(records)
        return [(setattr, self, "last_number", last), (self._waiting.extend, records), *self._counted(records, 1)]

    def take_batch(self, max_records: int, max_bytes: int) -> list[Record]:
        """Move from the front what goes into the next request.

        Unpacked events that are still together are split where the request is full, so that entries which failed before
        do not go alone: they would take a request for each half of what failed, and each after a pause.

        Parameters
        ----------
        max_records
            Most entries; the service takes 500.
        max_bytes
            Raw bytes of the request (the 4 MiB limit is on raw bytes: facts/peers.md#findings, finding 6). One record
            always goes,
            so that one above ``max_bytes`` is not stuck; it is itself at most 1,024,000 bytes.
        """
        waiting = self._waiting
        batch: list[Record] = []
        size = entries = 0
        while waiting and entries < max_records:
            record = waiting[0]
            if size + record.size > max_bytes or entries + record.entries > max_records:
                if halves := record.split(max_records - entries, max_bytes - size):
                    first, waiting[0] = halves
                    batch.append(first)
                elif not batch:
                    batch.append(waiting.popleft())
                break
            batch.append(waiting.popleft())
            size += record.size
            entries += record.entries
        self._count(batch, -1)
        self.in_flight = batch
        self._refill()
        return batch

    def requeue(self, records: Sequence[Record]) -> None:
        """End the request under way: these records of it wait again, at the front; the others are settled."""
        self.in_flight = []
        overtaken = bool(records and self._waiting) and self._waiting[0].number < records[0].number
        self._waiting.extendleft(reversed(records))
        if overtaken:  # by records that stood aside
            self._waiting = deque(sorted(self._waiting, key=_number))
        self._count(records, 1)

    def set_aside(self) -> bool:
        """Let all others go before the record at the front; False: there is no other."""
        record = self._waiting.popleft()
        self._refill()
        (self._aside if self._waiting else self._waiting).append(record)
        return bool(self._aside)

    def restore(self) -> None:
        """Let what stands aside wait at the front again: another record was taken."""
        self._waiting.extendleft(reversed(self._in_order()))
        self._aside.clear()

    def remove_oldest(self) -> list[Step]:
        """Remove the record that waits longest: steps for `at_once`."""
        next_ones = self._in_order() if len(self._waiting) == 1 else []
        return [
            (self._waiting.popleft,),
            (self._waiting.extend, next_ones),
            *([(self._aside.clear,)] if next_ones else []),
            *self._counted([self.oldest], -1),
        ]

    def all_waiting(self) -> list[Record]:
        """Everything that waits."""
        return [*self._in_order(), *self._waiting]

    def remove_all(self) -> list[Step]:
        """Remove everything that waits: steps for `at_once`."""
        sums: list[Step] = [(setattr, self, "_bytes", 0), (setattr, self, "_entries", 0)]
        return [(self._waiting.clear,), (self._aside.clear,), *sums]

    def _refill(self) -> None:
        if not self._waiting:
            self.restore()

    def _in_order(self) -> list[Record]:
        return sorted(self._aside, key=_number)

    def _count(self, records: Sequence[Record], sign: int) -> None:
        at_once(*self._counted(records, sign))

    def _counted(self, records: Sequence[Record], sign: int) -> list[Step]:
        size, entries = sum([record.size for record in records]), sum([record.entries for record in records])
        return [
            (setattr, self, "_bytes", self._bytes + sign * size),
            (setattr, self, "_entries", self._entries + sign * entries),
        ]


def _number(record: Record) -> int:
    return record.number
