"""The counters of one producer; who changes them holds the spool's lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason, FlushResult, Stats


class Ledger:
    """Books of what became of every event.

    Attributes
    ----------
    put
        Events of sealed records, and those dropped before they were in one; the open record is counted by the spool.
    held
        Bytes of sealed records that are not settled.
    volatile
        Those of them that no disk has.
    rate_limit
        What the sender keeps to.
    """

    def __init__(self) -> None:
        self.put = 0
        self.recovered = 0
        self.sent = 0
        self.spooled = 0
        self.dropped: Counter[str] = Counter()
        self.held = 0
        self.volatile = 0
        self.records_sent = 0
        self.bytes_sent = 0
        self.requests = 0
        self.failed_requests = 0
        self.partial_requests = 0
        self.records_retried = 0
        self.rate_limit: float | None = None

    def take_in(self, records: Sequence[Record], *, recovered: bool = False) -> None:
        """Book records that have just been sealed, or found on the disk."""
        for record in records:
            self.held += record.size
            if record.place is None:
                self.volatile += record.size
            if recovered:
                self.recovered += record.events
            else:
                self.put += record.events

    def note_request(self, sent: Sequence[Record], failed: Sequence[Record], rate_limit: float | None) -> None:
        """Book a request that was answered or failed, and the pace after it."""
        self.requests += 1
        self.partial_requests += bool(sent and failed)
        self.failed_requests += not sent
        self.rate_limit = rate_limit

    def note_sent(self, records: Sequence[Record]) -> None:
        """Book records that the service acknowledged."""
        self.sent += sum([record.events for record in records])
        self.records_sent += sum([record.entries for record in records])
        self.bytes_sent += self._release(records)

    def note_dropped(self, records: Sequence[Record], reason: DropReason) -> None:
        """Book records that are given up."""
        if records:
            self.dropped[reason] += sum([record.events for record in records])
            self._release(records)

    def note_spooled(self, records: Sequence[Record]) -> None:
        """Book records that stay on the disk for a later process."""
        self.spooled += sum([record.events for record in records])
        self._release(records)

    def note_dropped_event(self, reason: DropReason) -> None:
        """Book an event that was never in a record."""
        self.put += 1
        self.dropped[reason] += 1

    def stats(self, open_events: int, open_bytes: int) -> Stats:
        """Read all counters; the open record's events come on top."""
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

    def result(self, open_events: int, *, complete: bool) -> FlushResult:
        """Give the outcome of a flush or a close."""
        dropped = self.dropped.total()
        put = self.put + open_events
        return FlushResult(
            put=put,
            recovered=self.recovered,
            sent=self.sent,
            pending=put + self.recovered - self.sent - self.spooled - dropped,
            spooled=self.spooled,
            dropped=dropped,
            complete=complete,
        )

    def _release(self, records: Sequence[Record]) -> int:
        size = sum([record.size for record in records])
        self.held -= size
        if self.volatile:
            self.volatile -= sum([record.size for record in records if record.place is None])
        return size
