"""A buffer with Firehose's hints: whichever of size and interval is reached first empties it (facts 2.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from clickstream_local.firehose.records.record import Record, total_bytes

MIN_DELAY_SECONDS = 0.05
"""Stands for an interval of zero: long enough for the records of one request to stay together."""


class Buffer:
    """Records that wait for one of the two hints.

    Parameters
    ----------
    size
        Bytes of data, before compression. A batch holds at most this many, or one record.
    interval
        Seconds from the first record in an empty buffer.
    release
        Called with each batch, and its bytes.
    """

    def __init__(self, size: int, interval: float, release: Callable[[list[Record], int], None]) -> None:
        self.records: list[Record] = []
        self.bytes = 0
        self._size = size
        self._interval = max(interval, MIN_DELAY_SECONDS)
        self._release = release
        self._timer: asyncio.TimerHandle | None = None

    def add(self, record: Record) -> None:
        """Take a record; may release what was there before, what is there now, or both."""
        length = len(record.data)
        if self.bytes + length > self._size and self.records:
            self.flush()
        if not self.records:
            self._start_timer()
        self.records.append(record)
        self.bytes += length
        if self.bytes >= self._size:
            self.flush()

    def extend(self, records: list[Record], length: int) -> None:
        """Take several records of together ``length`` bytes, as :meth:`add` takes each."""
        if not records or self.bytes + length >= self._size:
            for record in records:
                self.add(record)
            return
        if not self.records:
            self._start_timer()
        self.records += records
        self.bytes += length

    def restore(self, records: list[Record]) -> None:
        """Take back a batch that could not be delivered; it is released again after an interval, or with a flush."""
        if records and not self.records:
            self._start_timer()
        self.records = [*records, *self.records]
        self.bytes += total_bytes(records)

    def flush(self) -> None:
        """Release what is there."""
        length = self.bytes
        records = self.drain()
        if records:
            self._release(records, length)

    def drain(self) -> list[Record]:
        """Take everything out without releasing it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        records, self.records, self.bytes = self.records, [], 0
        return records

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval, self.flush)
