"""The record: what one entry of a request carries, and the unit of retry and of loss.

Unpacked events that were collected together stay together until one of them fails: an object for each would cost more
than sending it, the garbage collector's walks over a full buffer included.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from itertools import accumulate, repeat

from clickstream_producer.spool.segment import RecordLocation


class Record:
    """Events packed for one entry of a request.

    Attributes
    ----------
    data
        The events, each ended by a newline; no event has a raw newline inside. Empty while it is only on disk.
    events
        How many there are.
    created
        When the first of them was put, on the monotonic clock, in seconds. Age and linger count from here.
    number
        Position in the order of the puts, given by the queue.
    key
        Partition key, for targets that have them.
    location
        Where it is on disk, with a durable spool.
    size
        Bytes of ``data``.
    attempts
        Requests that it was in and that did not deliver it.
    parts, keys
        Of unpacked events that are still together: each without its newline, and the partition key of each if any has
        one.
    """

    __slots__ = ("attempts", "created", "data", "events", "key", "keys", "location", "number", "parts", "size")

    def __init__(
        self,
        data: bytes,
        events: int,
        created: float,
        key: str | None = None,
        location: RecordLocation | None = None,
        size: int | None = None,
    ) -> None:
        self.data = data
        self.events = events
        self.created = created
        self.number = 0
        self.key = key
        self.location = location
        self.size = len(data) if size is None else size
        self.attempts = 0
        self.parts: list[bytes] = []
        self.keys: list[str | None] = []

    @classmethod
    def unpacked(cls, parts: list[bytes], keys: list[str | None], created: float, size: int) -> Record:
        """Make one of unpacked events; ``size`` is that of all of them, newlines included."""
        record = cls(b"", len(parts), created, size=size)
        record.parts = parts
        record.keys = keys
        return record

    @property
    def entries(self) -> int:
        """Entries of a request that it takes."""
        return len(self.parts) or 1

    def split(self, entries: int, size: int) -> tuple[Record, Record] | None:
        """Split off as many events from the front as fit into so many entries and bytes; None when that is no split."""
        sizes = list(accumulate(len(part) + 1 for part in self.parts[:entries]))
        count = bisect_right(sizes, size)
        if not 0 < count < len(self.parts):
            return None
        first = sizes[count - 1]
        halves = (
            Record.unpacked(self.parts[:count], self.keys[:count], self.created, first),
            Record.unpacked(self.parts[count:], self.keys[count:], self.created, self.size - first),
        )
        for half in halves:
            half.number, half.attempts = self.number, self.attempts
        return halves

    def halves(self) -> tuple[Record, Record]:
        """Divide packed events into two records; on the disk they stay one, released with the later of them."""
        lines = self.data.splitlines(keepends=True)
        half = len(lines) // 2
        divided = []
        for part in (lines[:half], lines[half:]):
            one = Record(b"".join(part), len(part), self.created, self.key, self.location)
            one.number, one.attempts = self.number, self.attempts
            divided.append(one)
        if self.location is not None:
            self.location.share()
        return divided[0], divided[1]

    def one_per_entry(self) -> list[Record]:
        """Give one record an entry."""
        if not self.parts:
            return [self]
        singles = []
        for part, key in zip(self.parts, self.keys or repeat(None), strict=False):
            one = Record(part + b"\n", 1, self.created, key)
            one.number, one.attempts = self.number, self.attempts
            singles.append(one)
        return singles

    def load(self) -> bool:
        """Have ``data`` in memory; False when what the disk has is not what was written.

        Raises
        ------
        OSError
            The disk fails.
        """
        if self.parts:
            return True
        if not self.data and self.location is not None:
            self.data = self.location.read() or b""
        return len(self.data) == self.size

    def read_events(self) -> list[bytes]:
        """Give the events back, one by one, without their newlines; none when they cannot be read any more."""
        if self.parts:
            return self.parts.copy()
        with suppress(Exception):
            return self.data[:-1].split(b"\n") if self.load() else []
        return []
