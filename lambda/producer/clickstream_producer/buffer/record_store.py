"""The stock: all records that a spool holds, and their books; who uses it holds the spool's lock."""

from __future__ import annotations

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.counters import Ledger
from clickstream_producer.buffer.open_record import OpenRecord
from clickstream_producer.buffer.record_queue import Waiting
from clickstream_producer.errors import SpoolBroken
from clickstream_producer.options import Options
from clickstream_producer.spool.disk_spool import Journal
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason, FlushResult, Stats


class Stock:
    """The open record, those that wait and those in a request; every move between them is booked.

    Parameters
    ----------
    options
        The producer's.
    journal
        Stores records on disk; None keeps them in memory only.

    Attributes
    ----------
    open
        The record that is being filled.
    waiting
        The records that wait, oldest first.
    in_flight
        Those of the request under way.
    ledger
        The counters.
    easy
        An event that keeps the open record below so many bytes needs no care: nothing is begun, sealed or dropped.
    """

    def __init__(self, options: Options, journal: Journal | None) -> None:
        self._options = options
        self._journal = journal
        self._recovered = journal is None
        self.open = OpenRecord(options, journal)
        self.waiting = Waiting(options.batch_bytes)
        self.in_flight: list[Record] = []
        self.ledger = Ledger()
        self.easy = 0

    # How much there is

    @property
    def room(self) -> int:
        """Bytes that may still be taken in."""
        if self.open.durable:
            return self._options.max_spool_bytes - self.ledger.held - self.open.packer.bytes
        return self.memory_room

    @property
    def memory_room(self) -> int:
        """Bytes that may still be taken in without the disk."""
        return self._options.max_buffer_bytes - self.ledger.volatile - self.open.packer.bytes

    @property
    def oldest_created(self) -> float:
        """When the oldest event was put; means nothing when there is none that waits."""
        return self.waiting.oldest.created if self.waiting else self.open.packer.created

    @property
    def oldest_number(self) -> int:
        """Number of the oldest record not settled; failed ones return to the front, so all are in order."""
        if self.in_flight:
            return self.in_flight[0].number
        return self.waiting.oldest.number if self.waiting else self.waiting.next_number

    def stats(self) -> Stats:
        """Read all counters."""
        return self.ledger.stats(len(self.open.packer.events), self.open.packer.bytes)

    def result(self, *, complete: bool) -> FlushResult:
        """Give the outcome of a flush or a close."""
        return self.ledger.result(len(self.open.packer.events), complete=complete)

    # What comes in

    def recover(self) -> bool:
        """Take in what dead processes left, once; say whether that was anything."""
        if self._recovered or self._journal is None:
            return False
        self._recovered = True
        records = self._journal.recover()
        self.ledger.take_in(records, recovered=True)
        self.waiting.append(records)
        return bool(records)

    def begin(self, size: int, key: str | None) -> tuple[bool, SpoolBroken | None]:
        """Make ready for an event; say whether it may come, and why the disk does not take it if it fails just now."""
        error = self.open.begin(size, key)
        if error is None or size <= self.memory_room:
            return True, error
        self.open.forget_begun()
        return False, error

    def seal_open(self) -> None:
        """Make records of the events that are collected, however few."""
        records = self.open.seal()
        self.easy = 0
        self.ledger.take_in(records)
        if self._journal is not None and self.ledger.held > self._options.max_buffer_bytes:
            for record in records:
                if record.place is not None:
                    record.data = b""  # memory is bounded, too: it is read again when it is sent
        self.waiting.append(records)

    # What goes out

    def take_batch(self, max_records: int, max_bytes: int) -> list[Record]:
        """Move what goes into the next request from those that wait."""
        self.in_flight = self.waiting.take_batch(max_records, max_bytes)
        return self.in_flight

    def put_back(self, records: list[Record], *, retried: bool) -> None:
        """End the request under way; these of it wait again, at the front."""
        self.in_flight = []
        if records:
            self.waiting.put_back(records)
            self.ledger.records_retried += sum([record.entries for record in records]) if retried else 0

    def settle(self, sent: list[Record]) -> None:
        """Book what the service took."""
        self.ledger.note_sent(sent)
        if self._journal is not None:
            _done(sent)

    def tried_too_often(self, failed: list[Record]) -> list[Record]:
        """Count an attempt; give back those that were their last."""
        most = self._options.max_retries
        for record in failed:
            record.attempts += 1
        return [] if most is None else [record for record in failed if record.attempts > most]

    def expire(self, now: float) -> list[Record]:
        """Drop what is older than ``max_age``, as many records as a request has at most."""
        limit = now - self._options.max_age
        if self.open.packer.events and self.open.packer.created <= limit:
            self.seal_open()
        expired: list[Record] = []
        while self.waiting and self.waiting.oldest.created <= limit and len(expired) < MAX_REQUEST_RECORDS:
            expired.append(self.waiting.pop_oldest())
        self.drop(expired, DropReason.EXPIRED)
        return expired

    def evict(self, size: int) -> list[Record]:
        """Drop the oldest that wait until there is room for so many bytes, or nothing waits."""
        evicted: list[Record] = []
        while size > self.room:
            if not self.waiting:
                self.seal_open()
            if not self.waiting:
                break  # all is under way
            evicted.append(self.waiting.pop_oldest())
            self.drop(evicted[-1:], DropReason.BUFFER_FULL)
        return evicted

    def drop(self, records: list[Record], reason: DropReason) -> None:
        """Give records up."""
        self.ledger.note_dropped(records, reason)
        if reason is not DropReason.CLEARED:
            for record in records:
                record.load()  # the hooks want to see it, and the file may go
        _done(records)

    def close(self) -> list[Record]:
        """Give up everything: what is on disk stays there, the rest is booked as dropped and given back."""
        rest = [*self.in_flight, *self.waiting.take_all()]
        lost = [record for record in rest if record.place is None]
        self.ledger.note_dropped(lost, DropReason.CLOSED)
        self.ledger.note_spooled([record for record in rest if record.place is not None])
        self.in_flight = []
        if self._journal is not None:
            self._journal.close()
        return lost

    def abandon(self) -> None:
        """Let go of the parent's files in a forked child."""
        if self._journal is not None:
            self._journal.abandon()


def _done(records: list[Record]) -> None:
    for record in records:
        if record.place is not None:
            record.place.done()
