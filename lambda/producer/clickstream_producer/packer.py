"""The packer: events to records.

Firehose bills each record rounded up to 5 KB, so many small events in one record cost a tenth to a fiftieth
(producers.md, section 6).
"""

from __future__ import annotations

from .record import Record


class Packer:
    """Collects events into an open record, and seals it when the next event would pass a limit or it is full.

    Parameters
    ----------
    max_events
        Most events in a record; 1 leaves them unpacked.
    target_bytes
        Size that a record of several events does not pass, newlines included. A larger single event has its own record.
    """

    def __init__(self, max_events: int, target_bytes: int) -> None:
        self._max_events = max_events
        self._target = target_bytes
        self._events: list[bytes] = []
        self._bytes = 0
        self._created = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether no event waits in the open record."""
        return not self._events

    @property
    def created(self) -> float:
        """When the first event of the open record was put; means nothing while it is empty."""
        return self._created

    def add(self, event: bytes, now: float) -> list[Record]:
        """Take an encoded event; give back the records that this sealed (none, one or two)."""
        size = len(event) + 1
        sealed: list[Record] = []
        if self._events and self._bytes + size > self._target:
            sealed.append(self._seal())
        if not self._events:
            self._created = now
        self._events.append(event)
        self._bytes += size
        if len(self._events) >= self._max_events or self._bytes >= self._target:
            sealed.append(self._seal())
        return sealed

    def seal(self) -> Record | None:
        """Close the open record, however small; None when there is none."""
        return self._seal() if self._events else None

    def _seal(self) -> Record:
        events = self._events
        events.append(b"")
        record = Record(b"\n".join(events), len(events) - 1, self._created)
        self._events = []
        self._bytes = 0
        return record
