"""The counters of one producer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason, Stats


@dataclass(slots=True)
class Counters:
    """What became of every event; whoever changes them holds the buffer's lock.

    Most are documented at :class:`~clickstream_producer.Stats`.

    Attributes
    ----------
    put
        Events of complete records, and those dropped before they were in one. Those of the record that is being built
        come on top.
    held
        Bytes of complete records that are not settled.
    in_memory
        Those of them that no disk has.
    """

    put: int = 0
    recovered: int = 0
    sent: int = 0
    spooled: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    held: int = 0
    in_memory: int = 0
    records_sent: int = 0
    bytes_sent: int = 0
    requests: int = 0
    failed_requests: int = 0
    partial_requests: int = 0
    records_retried: int = 0
    rate_limit: float | None = None

    def note_put(self, records: Iterable[Record]) -> None:
        """Count records that are complete now."""
        for record in records:
            self.put += record.events
            self._hold(record)

    def note_recovered(self, records: Iterable[Record]) -> None:
        """Count records that were found on the disk."""
        for record in records:
            self.recovered += record.events
            self._hold(record)

    def note_request(self, sent: Sequence[Record], failed: Sequence[Record]) -> None:
        """Count a request that was answered, or failed."""
        self.requests += 1
        self.partial_requests += bool(sent and failed)
        self.failed_requests += not sent

    def note_sent(self, records: Sequence[Record]) -> None:
        """Count records that the service acknowledged."""
        self.sent += sum([record.events for record in records])
        self.records_sent += sum([record.entries for record in records])
        self.bytes_sent += self._release(records)

    def note_dropped(self, records: Sequence[Record], reason: DropReason) -> None:
        """Count records that are given up."""
        if records:
            self.dropped[reason] += sum([record.events for record in records])
            self._release(records)

    def note_dropped_event(self, reason: DropReason) -> None:
        """Count an event that was never in a record."""
        self.put += 1
        self.dropped[reason] += 1

    def note_spooled(self, records: Sequence[Record]) -> None:
        """Count records that stay on the disk for a later process."""
        self.spooled += sum([record.events for record in records])
        self._release(records)

    def stats(self, open_events: int, open_bytes: int) -> Stats:
        """Read all counters, with the events and bytes of the record that is being built."""
        dropped = self.dropped.total()
        put = self.put + open_events
        return Stats(
            put=put,
            recovered=self.recovered,
            sent=self.sent,
            pending=put + self.recovered - self.sent - self.spooled - dropped,
            spooled=self.spooled,
            dropped=dropped,
            dropped_by_reason=dict(self.dropped),
            pending_bytes=self.held + open_bytes,
            records_sent=self.records_sent,
            bytes_sent=self.bytes_sent,
            requests=self.requests,
            failed_requests=self.failed_requests,
            partial_requests=self.partial_requests,
            records_retried=self.records_retried,
            rate_limit=self.rate_limit,
        )

    def _hold(self, record: Record) -> None:
        self.held += record.size
        if record.location is None:
            self.in_memory += record.size

    def _release(self, records: Sequence[Record]) -> int:
        size = sum([record.size for record in records])
        self.held -= size
        if self.in_memory:
            self.in_memory -= sum([record.size for record in records if record.location is None])
        return size
