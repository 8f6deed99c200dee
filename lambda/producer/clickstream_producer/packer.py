"""The packer: events to records.

Firehose bills each record rounded up to 5 KB, so many small events in one record cost a tenth to a fiftieth
(producers.md, section 6).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .record import Record


class Packer:
    """Collects events into an open record, and seals it when the next event would pass a limit or it is full.

    Parameters
    ----------
    max_events
        Most events in a record; 1 leaves them unpacked.
    target_bytes
        Size that a record of several events does not pass, newlines included. A larger single event has its own record.
    clock
        Monotonic seconds, read once a record.

    Attributes
    ----------
    count
        Events in the open record.
    created
        When the first of them was put; means nothing while there is none.
    """

    __slots__ = ("_bytes", "_clock", "_events", "_max_events", "_target", "count", "created")

    def __init__(self, max_events: int, target_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_events = max_events
        self._target = target_bytes
        self._clock = clock
        self._events: list[bytes] = []
        self._bytes = 0
        self.count = 0
        self.created = 0.0

    def add(self, event: bytes) -> tuple[Record, ...]:
        """Take an encoded event; give back the records that this sealed (none, one or two)."""
        size = len(event) + 1
        sealed: tuple[Record, ...] = ()
        if self.count and self._bytes + size > self._target:
            sealed = (self._seal(),)
        if not self.count:
            self.created = self._clock()
        self._events.append(event)
        self._bytes += size
        self.count += 1
        if self.count >= self._max_events or self._bytes >= self._target:
            sealed = (*sealed, self._seal())
        return sealed

    def seal(self) -> Record | None:
        """Close the open record, however small; None when there is none."""
        return self._seal() if self.count else None

    def _seal(self) -> Record:
        self._events.append(b"")  # so that the last event, too, is ended by a newline
        record = Record(b"\n".join(self._events), self.count, self.created)
        self._events = []
        self._bytes = self.count = 0
        return record
