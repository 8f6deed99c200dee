"""The counters of one producer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import setitem

from clickstream_producer.buffer.signal_lock import Step, at_once
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

    # Steps for `at_once`, each list of them to be taken alone: they set what is counted now

    def put_in(self, records: Sequence[Record]) -> list[Step]:
        """Count records that are complete now."""
        return [(setattr, self, "put", self.put + _events(records)), *self._held(records, 1)]

    def recovered_from_disk(self, records: Sequence[Record]) -> list[Step]:
        """Count records that were found on the disk."""
        return [(setattr, self, "recovered", self.recovered + _events(records)), *self._held(records, 1)]

    def given_up(
        self, records: Sequence[Record], reason: DropReason, left_on_disk: Sequence[Record] = ()
    ) -> list[Step]:
        """Count records that are dropped, and those that stay on the disk for a later process."""
        return [
            *([(setitem, self.dropped, reason, self.dropped[reason] + _events(records))] if records else []),
            (setattr, self, "spooled", self.spooled + _events(left_on_disk)),
            *self._held([*records, *left_on_disk], -1),
        ]

    def refused(self, reason: DropReason) -> list[Step]:
        """Count an event that was never in a record."""
        return [(setattr, self, "put", self.put + 1), (setitem, self.dropped, reason, self.dropped[reason] + 1)]

    def note_request(self, sent: Sequence[Record], failed: Sequence[Record]) -> None:
        """Count a request that was answered, or failed."""
        self.requests += 1
        self.partial_requests += bool(sent and failed)
        self.failed_requests += not sent

    def note_sent(self, records: Sequence[Record]) -> None:
        """Count records that the service acknowledged."""
        self.records_sent += sum([record.entries for record in records])
        self.bytes_sent += sum([record.size for record in records])
        at_once((setattr, self, "sent", self.sent + _events(records)), *self._held(records, -1))

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

    def _held(self, records: Sequence[Record], sign: int) -> list[Step]:
        size = sum([record.size for record in records])
        in_memory = sum([record.size for record in records if record.location is None])
        return [
            (setattr, self, "held", self.held + sign * size),
            (setattr, self, "in_memory", self.in_memory + sign * in_memory),
        ]


def _events(records: Sequence[Record]) -> int:
    return sum([record.events for record in records])
