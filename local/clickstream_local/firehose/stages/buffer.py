"""A buffer with Firehose's hints: whichever of size and interval is reached first empties it.

Source: facts/firehose.md#buffering.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from clickstream_local.firehose.records.record import Record, total_bytes

MIN_DELAY_SECONDS = 0.05
"""Stands for an interval of zero: long enough for the records of one request to stay together."""

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 60.0
"""A batch that came back is released again after these; the time doubles with every failure in a row."""


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

    Attributes
    ----------
    failures
        How many batches came back since one last did not.
    """

    def __init__(self, size: int, interval: float, release: Callable[[list[Record], int], None]) -> None:
        self.records: list[Record] = []
        self.bytes = 0
        self._size = size
        self._interval = max(interval, MIN_DELAY_SECONDS)
        self._release = release
        self._timer: asyncio.TimerHandle | None = None
        self._waits = False  # to be tried again: what comes meanwhile waits with it, whatever its size
        self.failures = 0

    def add(self, record: Record) -> None:
        """Take a record; may release what was there before, what is there now, or both."""
        length = len(record.data)
        if self.bytes + length > self._size and self.records and not self._waits:
            self.flush()
        if not self.records:
            self._start_timer(self._interval)
        self.records.append(record)
        self.bytes += length
        if self.bytes >= self._size and not self._waits:
            self.flush()

    def extend(self, records: list[Record], length: int) -> None:
        """Take several records of together ``length`` bytes, as :meth:`add` takes each."""
        if not records or self.bytes + length >= self._size:
            for record in records:
                self.add(record)
            return
        if not self.records:
            self._start_timer(self._interval)
        self.records += records
        self.bytes += length

    def restore(self, records: list[Record]) -> None:
        """Take back a batch that could not be worked on: it is released again after a while, or with a flush."""
        self.failures += 1
        waiting = self.drain()
        self.records = [*records, *waiting]
        self.bytes = total_bytes(self.records)
        if self.records:
            self._waits = True
            self._start_timer(min(FIRST_RETRY_SECONDS * 2 ** min(self.failures - 1, 10), LAST_RETRY_SECONDS))

    def flush(self) -> None:
        """Release what is there, in batches of the buffer's size."""
        length, records = self.bytes, self.drain()
        if length <= self._size or len(records) == 1:
            try:
                if records:
                    self._release(records, length)
            except BaseException:
                self.restore(records)
                raise
            return
        for record in records:
            self.add(record)
        if self.records:
            self.flush()

    def drain(self) -> list[Record]:
        """Take everything out without releasing it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        records, self.records, self.bytes, self._waits = self.records, [], 0, False
        return records

    def _start_timer(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self.flush)
