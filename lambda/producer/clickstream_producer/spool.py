"""The spool in memory: records that wait, the ones under way, and the counters of both.

Everything that decides what happens to an event is done under one lock, so that the counters add up at every moment.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from .batcher import take_batch
from .errors import ProducerClosed
from .full_policy import FullPolicy
from .limits import MAX_REQUEST_RECORDS
from .packer import Packer
from .record import Record
from .stats import DropReason, FlushResult, Stats


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of an event that came to the spool: taken or not, and the records dropped to make room."""

    taken: bool
    evicted: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What the sender has to do next: send a batch, or report records that expired."""

    batch: list[Record] = field(default_factory=list)
    expired: list[Record] = field(default_factory=list)


_CLOSED = "put after close: this producer takes no more events; make a new one"

TAKEN = Admission(True)
"""The usual case: taken, and nothing dropped."""
_REFUSED = Admission(False)


class MemorySpool:
    """Bounded buffer between the threads that put and the one that sends.

    Parameters
    ----------
    packer
        Makes the records.
    batch_bytes
        Raw bytes of a request; as many sealed ones start it.
    linger
        Seconds that an event waits for company.
    max_bytes
        Encoded bytes held, those under way included.
    when_full
        What :meth:`add` does beyond them.
    max_age
        Seconds after which an event is dropped.
    """

    def __init__(
        self,
        packer: Packer,
        *,
        batch_bytes: int,
        linger: float,
        max_bytes: int,
        when_full: FullPolicy,
        max_age: float,
    ) -> None:
        self._packer = packer
        self._batch_bytes = batch_bytes
        self._linger = linger
        self._max_bytes = max_bytes
        self._when_full = when_full
        self._max_age = max_age

        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # the sender waits here
        self._change = threading.Condition(self._lock)  # put waits here for room, flush for its events
        self._waiting: deque[Record] = deque()
        self._waiting_bytes = 0
        self._in_flight: list[Record] = []
        self._next_number = 1
        self._due_up_to = 0
        self._not_before = 0.0
        self._closing = False
        self._closed: FlushResult | None = None
        self._reporting = False

        self._bytes = 0
        self._put = 0
        self._sent = 0
        self._dropped: Counter[str] = Counter()
        self._records_sent = 0
        self._bytes_sent = 0
        self._requests = 0
        self._failed_requests = 0
        self._partial_requests = 0
        self._records_retried = 0

    # What the putting side calls

    def add(self, event: bytes) -> Admission:
        """Take an encoded event in, or drop by the full policy. Waits only under ``FullPolicy.block``.

        Raises
        ------
        ProducerClosed
            Closing has begun.
        """
        size = len(event) + 1
        with self._lock:
            if self._closing:
                raise ProducerClosed(_CLOSED)
            admission = TAKEN
            if self._bytes + size > self._max_bytes:
                admission = self._make_room(size)
            self._put += 1
            if not admission.taken:
                self._dropped[DropReason.BUFFER_FULL] += 1
                return admission
            self._bytes += size
            sealed = self._packer.add(event)
            if sealed:
                was_idle, was_full = not self._waiting, self._batch_is_full()
                for record in sealed:
                    self._append(record)
                # Only the event that completes a batch wakes the sender: in an outage every further one would, too.
                if was_idle or (not was_full and self._batch_is_full()):
                    self._work.notify()
            elif self._packer.count == 1:
                self._work.notify()  # the first of a record starts the linger time
            return admission

    def flush(self, timeout: float) -> FlushResult:
        """Send what is here now, not waiting for size or linger; return when it is settled or ``timeout`` is over."""
        with self._lock:
            self._seal_open()
            target = self._next_number - 1
            self._due_up_to = max(self._due_up_to, target)
            # One attempt at once, even in a pause after failures: what was wrong may be over, and the caller waits.
            self._not_before = 0.0
            self._work.notify()
            complete = self._change.wait_for(lambda: self._oldest_number() > target and not self._reporting, timeout)
            return self._result(complete)

    def begin_close(self) -> None:
        """Take no more events; send the rest now."""
        with self._lock:
            self._closing = True
            self._seal_open()
            self._not_before = 0.0
            self._work.notify()
            self._change.notify_all()  # a put that waits for room has to give up

    def finish_close(self, timeout: float) -> tuple[FlushResult, list[Record]]:
        """Wait for the rest; after ``timeout`` seconds give up what is left, and hand it back."""
        with self._lock:
            complete = self._change.wait_for(lambda: not self._bytes and not self._reporting, timeout)
            if self._closed is not None:
                return self._closed, []
            rest = [*self._in_flight, *self._waiting]
            self._drop(rest, DropReason.CLOSED)
            self._waiting.clear()
            self._waiting_bytes = 0
            self._in_flight = []
            self._closed = self._result(complete)
            self._work.notify()
            return self._closed, rest

    def stats(self) -> Stats:
        """Read all counters at one moment."""
        with self._lock:
            dropped = self._dropped.total()
            return Stats(
                put=self._put,
                sent=self._sent,
                pending=self._put - self._sent - dropped,
                dropped=dropped,
                dropped_by_reason=dict(self._dropped),
                pending_bytes=self._bytes,
                records_sent=self._records_sent,
                bytes_sent=self._bytes_sent,
                requests=self._requests,
                failed_requests=self._failed_requests,
                partial_requests=self._partial_requests,
                records_retried=self._records_retried,
            )

    # What the sender calls

    @property
    def closing(self) -> bool:
        """Whether closing has begun."""
        return self._closing

    def next_work(self, max_records: int = MAX_REQUEST_RECORDS) -> Work | None:
        """Wait until there is something to do; None when closed and nothing is left.

        A request is due when a whole one has been sealed, when the oldest event has waited for the linger time, in a
        flush, for a retry, with a full buffer, and at closing; and not before the pause set by :meth:`settle` is over.
        """
        with self._lock:
            while True:
                if self._closed is not None or (self._closing and not self._waiting):
                    return None
                due = self._due()
                if due is None:
                    self._work.wait()
                    continue
                now = time.monotonic()
                if expired := self._expire(now):
                    self._reporting = True
                    return Work(expired=expired)
                wait = max(due, self._not_before) - now
                if wait > 0:
                    self._work.wait(min(wait, self._oldest_created() + self._max_age - now))
                    continue
                if not self._waiting:
                    self._seal_open()
                batch = take_batch(self._waiting, self._batch_bytes, max_records)
                self._waiting_bytes -= sum(len(record.data) for record in batch)
                self._in_flight = batch
                return Work(batch=batch)

    def settle(self, sent: list[Record], failed: list[Record], pause: float) -> None:
        """Book the answer to the batch under way; ``failed`` goes back to the front, to wait ``pause`` seconds."""
        with self._lock:
            self._requests += 1
            self._partial_requests += bool(sent and failed)
            self._failed_requests += not sent
            if self._closed is not None:
                return  # closing has given these up and counted them already
            self._sent += sum(record.events for record in sent)
            self._records_sent += len(sent)
            size = sum(len(record.data) for record in sent)
            self._bytes_sent += size
            self._bytes -= size
            self._return(failed, pause)

    def refuse(self, batch: list[Record]) -> bool:
        """Drop the batch under way, since the service refuses it; False when closing has dropped it already."""
        with self._lock:
            self._requests += 1
            self._failed_requests += 1
            if self._closed is not None:
                return False
            self._reporting = True
            self._drop(batch, DropReason.REFUSED)
            self._return([], 0.0)
            return True

    def reported(self) -> None:
        """Note that the hooks know of the records last refused or expired: ``flush`` and ``close`` wait for that."""
        with self._lock:
            self._reporting = False
            self._change.notify_all()

    # Helpers; the lock is held

    def _expire(self, now: float) -> list[Record]:
        limit = now - self._max_age
        if self._packer.count and self._packer.created <= limit:
            self._seal_open()
        expired: list[Record] = []
        while self._waiting and self._waiting[0].created <= limit:
            expired.append(self._pop_oldest())
        self._drop(expired, DropReason.EXPIRED)
        return expired

    def _oldest_created(self) -> float:
        return self._waiting[0].created if self._waiting else self._packer.created

    def _due(self) -> float | None:
        """When the next request is due on the clock; None when nothing waits."""
        if self._waiting:
            oldest = self._waiting[0]
            if self._closing or oldest.number <= self._due_up_to or self._batch_is_full():
                return 0.0
            return oldest.created + self._linger
        return self._packer.created + self._linger if self._packer.count else None

    def _batch_is_full(self) -> bool:
        return self._waiting_bytes >= self._batch_bytes or len(self._waiting) >= MAX_REQUEST_RECORDS

    def _seal_open(self) -> None:
        record = self._packer.seal()
        if record is not None:
            self._append(record)

    def _append(self, record: Record) -> None:
        record.number = self._next_number
        self._next_number += 1
        self._waiting.append(record)
        self._waiting_bytes += len(record.data)

    def _pop_oldest(self) -> Record:
        record = self._waiting.popleft()
        self._waiting_bytes -= len(record.data)
        return record

    def _return(self, failed: list[Record], pause: float) -> None:
        self._in_flight = []
        self._waiting.extendleft(reversed(failed))
        self._waiting_bytes += sum(len(record.data) for record in failed)
        self._records_retried += len(failed)
        if failed:
            self._due_up_to = max(self._due_up_to, failed[-1].number)  # waits for its pause, not for company
        self._not_before = time.monotonic() + pause
        self._change.notify_all()

    def _oldest_number(self) -> int:
        """Give the number of the oldest record not settled; failed ones return to the front, so all are in order."""
        if self._in_flight:
            return self._in_flight[0].number
        return self._waiting[0].number if self._waiting else self._next_number

    def _drop(self, records: list[Record], reason: DropReason) -> None:
        if records:
            self._dropped[reason] += sum(record.events for record in records)
            self._bytes -= sum(len(record.data) for record in records)
            self._change.notify_all()

    def _send_early(self) -> None:
        """A full buffer is a reason to send, even where a request or the linger time would ask for more."""
        if not self._waiting:
            self._seal_open()
        last = self._next_number - 1
        if last > self._due_up_to:
            self._due_up_to = last
            self._work.notify()

    def _make_room(self, size: int) -> Admission:
        def has_room() -> bool:
            return self._bytes + size <= self._max_bytes

        self._send_early()
        match self._when_full.kind:
            case "block":
                self._change.wait_for(lambda: has_room() or self._closing, self._when_full.timeout)
                if self._closing:
                    raise ProducerClosed(_CLOSED)
                return TAKEN if has_room() else _REFUSED
            case "drop_oldest":
                evicted: list[Record] = []
                while not has_room():
                    if not self._waiting:
                        self._seal_open()
                    if not self._waiting:
                        break  # all is under way
                    evicted.append(self._pop_oldest())
                    self._drop(evicted[-1:], DropReason.BUFFER_FULL)
                return Admission(has_room(), tuple(evicted))
            case "drop_newest":
                return _REFUSED

    def _result(self, complete: bool) -> FlushResult:
        dropped = self._dropped.total()
        return FlushResult(
            put=self._put,
            sent=self._sent,
            pending=self._put - self._sent - dropped,
            dropped=dropped,
            complete=complete,
        )
