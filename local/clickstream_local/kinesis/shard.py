"""One shard: records in the order of their sequence numbers, for as long as they are kept.

Source: facts/kinesis.md#put-records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

HELD_BYTES = 64 * 1024 * 1024
"""Memory of a shard, a bound of the runtime's own: beyond it the oldest records expire early."""

RECORDS_PER_SECOND = 1_000
BYTES_PER_SECOND = 1024 * 1024
BYTES_PER_READ = 10 * 1024 * 1024
_SEQUENCE_BASE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_802
_RECORD_OVERHEAD_BYTES = 300


class ShardRecord(NamedTuple):
    """A record; ``arrival`` is epoch milliseconds, ``position`` its place in the shard, counted from 0."""

    position: int
    data: bytes
    partition_key: str
    arrival: int
    sequence_number: str


class ShardBatch(NamedTuple):
    """The records of a read, the position to read on from, and the reader's delay."""

    records: list[ShardRecord]
    next_position: int
    milliseconds_behind: int


class Shard:
    """A shard.

    Parameters
    ----------
    number
        Its place in the stream.
    hash_range
        First and last hash key, both included.
    retention_seconds
        How long records are kept.
    limited
        Whether writes are held to a shard's 1,000 records and 1 MiB a second.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        number: int,
        hash_range: tuple[int, int],
        *,
        retention_seconds: float,
        limited: bool,
        clock: Callable[[], float],
    ) -> None:
        self.id = f"shardId-{number:012}"
        self.hash_range = hash_range
        self._number = number
        self._retention = retention_seconds
        self._limited = limited
        self._clock = clock
        self._records: deque[ShardRecord] = deque()
        self._bytes = 0
        self._next = 0
        self._second = 0
        self._second_records = self._second_bytes = 0

    @property
    def latest(self) -> int:
        """The position of the next record to be put."""
        return self._next

    @property
    def oldest(self) -> int:
        """The position of the oldest record that is kept (``TRIM_HORIZON``)."""
        self._expire()
        return self._records[0].position if self._records else self._next

    def sequence_number(self, position: int) -> str:
        """The sequence number of a position, of no other shard; it grows along the shard, which begins at -1."""
        return str(_SEQUENCE_BASE + (position << 32) + (self._number << 4))

    def position_of(self, sequence_number: str) -> int | None:
        """The position of a sequence number; None for one of another shard, or of a record that was never put."""
        if not sequence_number.isdigit():
            return None
        position = (int(sequence_number) - _SEQUENCE_BASE) >> 32
        known = -1 <= position < self._next and self.sequence_number(position) == sequence_number
        return position if known else None

    def position_at(self, arrival: float) -> int:
        """The position of the first record at or after an instant, in epoch milliseconds."""
        return next((record.position for record in self._records if record.arrival >= arrival), self._next)

    def put(self, data: bytes, partition_key: str) -> str | None:
        """Take a record and return its sequence number; None when the shard's second is used up."""
        now = self._clock()
        length = len(data) + len(partition_key.encode())
        if self._limited and not self._admits(int(now), length):
            return None
        record = ShardRecord(self._next, data, partition_key, int(now * 1000), self.sequence_number(self._next))
        self._records.append(record)
        self._bytes += _cost(record)
        self._next += 1
        self._expire()
        return record.sequence_number

    def read(self, position: int, limit: int) -> ShardBatch:
        """Records from a position on: at most ``limit``, and at most 10 MiB or one record."""
        start = max(position, self.oldest)
        records: list[ShardRecord] = []
        length = 0
        for record in islice(self._records, start - self.oldest, start - self.oldest + limit):
            length += len(record.data)
            if records and length > BYTES_PER_READ:
                break
            records.append(record)
        following = start + len(records)
        behind = 0
        if following < self._next:
            waiting = self._records[following - self.oldest]
            behind = max(0, int(self._clock() * 1000) - waiting.arrival)
        return ShardBatch(records, following, behind)

    def _admits(self, second: int, length: int) -> bool:
        if second != self._second:
            self._second = second
            self._second_records = self._second_bytes = 0
        # A record of more than a second's bytes, which a stream can be told to take, is taken by itself.
        full = self._second_bytes > 0 and self._second_bytes + length > BYTES_PER_SECOND
        if full or self._second_records >= RECORDS_PER_SECOND:
            return False
        self._second_records += 1
        self._second_bytes += length
        return True

    def _expire(self) -> None:
        horizon = (self._clock() - self._retention) * 1000
        while self._records and (self._records[0].arrival < horizon or self._bytes > HELD_BYTES):
            self._bytes -= _cost(self._records.popleft())


def _cost(record: ShardRecord) -> int:
    return len(record.data) + len(record.partition_key) + _RECORD_OVERHEAD_BYTES
