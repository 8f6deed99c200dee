"""The packer: events to records.

Firehose bills each record rounded up to 5 KB, so many small events in one record cost a tenth to a fiftieth
(producers.md, section 6).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.spool.record import Record


class Packer:
    """Collects events, and makes records of them when the next event would pass a limit or they are enough.

    Unpacked events are collected, too, up to a request of them: making a record for each is cheaper all at once.

    Parameters
    ----------
    events_per_record
        Most events in a record; 1 leaves them unpacked.
    record_bytes
        Size that a record of several events does not pass, newlines included. A larger single event has its own record.
    batch_bytes
        Size up to which unpacked events are collected.
    clock
        Monotonic seconds, read once a record.

    Attributes
    ----------
    events
        What is collected, always the same list.
    bytes
        Their size, newlines included.
    key
        Partition key of all of them, when they are packed.
    created
        When the first of them was put; means nothing while there is none.
    max_events, target
        What seals: so many events, or bytes.
    """

    __slots__ = ("_clock", "_keys", "bytes", "created", "events", "key", "max_events", "target", "unpacked")

    def __init__(
        self, events_per_record: int, record_bytes: int, batch_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.unpacked = events_per_record == 1
        self.max_events = MAX_REQUEST_RECORDS if self.unpacked else events_per_record
        self.target = batch_bytes if self.unpacked else record_bytes
        self._clock = clock
        self.events: list[bytes] = []
        self.bytes = 0
        self.key: str | None = None
        self._keys: list[str | None] = []  # of unpacked events, as far as any has one
        self.created = 0.0

    def takes(self, size: int, key: str | None) -> bool:
        """Say whether an event of so many bytes, newline included, can join those that are here."""
        fits = self.bytes + size <= self.target
        return not self.events or (fits and (self.unpacked or key == self.key))

    def add(self, event: bytes, key: str | None) -> bool:
        """Collect an event that fits; True when that makes enough, and :meth:`seal` should follow."""
        if not self.events:
            self.created = self._clock()
            self.key = None if self.unpacked else key
        if self.unpacked and key is not None:
            self._keys += [None] * (len(self.events) - len(self._keys))
            self._keys.append(key)
        self.events.append(event)
        self.bytes += len(event) + 1
        return self.bytes >= self.target or len(self.events) >= self.max_events

    def seal(self, *, single: bool = False) -> list[Record]:
        """Make records of what is here, however little; none when there is nothing.

        Unpacked events become one record of all of them, or with ``single`` a record each.
        """
        events, created = self.events, self.created
        if not events:
            return []
        if self.unpacked:
            if self._keys:
                self._keys += [None] * (len(events) - len(self._keys))
            record = Record.together(events.copy(), self._keys, created, self.bytes)
            self._keys = []
            records = record.single() if single else [record]
        else:
            count = len(events)
            events.append(b"")  # so that the last event, too, is ended by a newline
            records = [Record(b"\n".join(events), count, created, self.key)]
        events.clear()
        self.bytes = 0
        return records
