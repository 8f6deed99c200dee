"""The spool: events come in from any thread, and requests go out to the sender's.

Everything that decides what happens to an event is done under one lock, so that the counters add up at every moment.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from clickstream_producer.buffer.backpressure import PATIENCE, Pressure
from clickstream_producer.buffer.put_result import DISABLED, REFUSED, TAKEN, WOULD_WAIT, Admission
from clickstream_producer.buffer.record_store import Stock
from clickstream_producer.errors import BufferFull, ProducerClosed
from clickstream_producer.options import Options
from clickstream_producer.spool.disk_spool import Journal
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason, FlushResult, Stats


@dataclass(frozen=True, slots=True)
class Work:
    """What the sender has to do next: send a batch, or report records that expired."""

    batch: list[Record] = field(default_factory=list)
    expired: list[Record] = field(default_factory=list)


_CLOSED = "put after close: this producer takes no more events; make a new one"


class Spool:
    """Bounded buffer between the threads that put and the one that sends.

    Parameters
    ----------
    options
        The producer's.
    journal
        Stores every record on disk before ``add`` returns; None keeps them in memory only.
    """

    def __init__(self, options: Options, journal: Journal | None = None) -> None:
        self._options = options
        self._stock = Stock(options, journal)
        self._open = self._stock.open
        self._packer = self._open.packer
        self._waiting = self._stock.waiting
        self._ledger = self._stock.ledger

        self._lock = threading.Lock()
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._work = threading.Condition(self._lock)  # the sender waits here
        self._change = threading.Condition(self._lock)  # put waits here for room, flush for its events
        self._pressure = Pressure(options.batch_bytes) if options.when_full.kind == "block" else None
        self._due_up_to = 0
        self._not_before = 0.0
        self._closing = False
        self._closed: FlushResult | None = None
        self._reporting = False
        self._disabled = False

    # What the putting side calls

    def add(self, event: bytes, key: str | None = None, *, wait: bool = True) -> Admission:
        """Take an encoded event in, or drop by the full policy.

        Waits only under ``FullPolicy.block``, and not without ``wait``: then it gives back ``WOULD_WAIT``.

        Raises
        ------
        ProducerClosed
            Closing has begun.
        BufferFull
            Under ``FullPolicy.error()``, instead of dropping the event.
        """
        # Not `with`: that costs twice as much as the two calls, and this is done for each event.
        self._acquire()
        try:
            packer = self._packer
            total = packer.bytes + len(event) + 1
            if total >= self._stock.easy or key is not None:
                return self._add_with_care(event, key, wait)
            events = packer.events
            events.append(event)
            packer.bytes = total
            storing = self._open.storing
            if storing is not None:
                storing.append(event)
            if len(events) >= packer.max_events:
                self._seal_open()
            return TAKEN
        finally:
            self._release()

    def add_easy(self, events: list[bytes]) -> int:
        """Take in encoded events from the front, up to the first that needs care; give back how many."""
        with self._lock:
            packer, storing = self._packer, self._open.storing
            events = events[: packer.max_events - 1 - len(packer.events)]
            total = packer.bytes + sum(map(len, events)) + len(events)
            while events and total >= self._stock.easy:
                total -= len(events.pop()) + 1
            packer.bytes = total
            packer.events += events
            if storing is not None:
                for event in events:
                    storing.append(event)
            return len(events)

    def flush(self, timeout: float) -> FlushResult:
        """Send what is here now, not waiting for size or linger; return when it is settled or ``timeout`` is over."""
        with self._lock:
            self._recover()
            self._seal_open()
            target = self._waiting.next_number - 1
            self._due_up_to = max(self._due_up_to, target)
            # One attempt at once, even in a pause after failures: what was wrong may be over, and the caller waits.
            self._not_before = 0.0
            self._work.notify()
            complete = self._change.wait_for(
                lambda: self._stock.oldest_number > target and not self._reporting, timeout
            )
            return self._closed or self._stock.result(complete=complete)

    def clear(self) -> int:
        """Drop what waits; what is in a request stays. Give back how many events that were."""
        with self._lock:
            self._recover()
            self._seal_open()
            records = self._waiting.take_all()
            self._drop(records, DropReason.CLEARED)
            return sum(record.events for record in records)

    def disable(self, disabled: bool) -> None:
        """Drop new events from now on, or take them again."""
        with self._lock:
            self._disabled = disabled
            self._stock.easy = 0
            self._change.notify_all()  # a put that waits for the stream drops its event now

    def begin_close(self) -> None:
        """Take no more events; send the rest now."""
        with self._lock:
            self._recover()
            self._closing = True
            self._seal_open()
            self._not_before = 0.0
            self._work.notify()
            self._change.notify_all()  # a put that waits for room has to give up

    def finish_close(self, timeout: float) -> tuple[FlushResult, list[Record]]:
        """Wait for the rest; what is left after ``timeout`` seconds stays on disk, or is given up and handed back."""
        with self._lock:
            complete = self._change.wait_for(lambda: not self._ledger.held and not self._reporting, timeout)
            if self._closed is not None:
                return self._closed, []
            lost = self._stock.close()
            self._closed = self._stock.result(complete=complete)
            self._work.notify()
            self._change.notify_all()
            return self._closed, lost

    def stats(self) -> Stats:
        """Read all counters at one moment."""
        with self._lock:
            return self._stock.stats()

    def abandon(self) -> None:
        """Let go of the parent's files in a forked child. Takes no lock: nobody there would give it back."""
        self._stock.abandon()

    # What the sender calls

    @property
    def closing(self) -> bool:
        """Whether closing has begun."""
        return self._closing

    def next_work(self, max_records: int, max_bytes: int) -> Work | None:
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
                if expired := self._stock.expire(now):
                    self._reporting = True
                    self._change.notify_all()
                    return Work(expired=expired)
                wait = max(due, self._not_before) - now
                if wait > 0:
                    self._work.wait(min(wait, self._stock.oldest_created + self._options.max_age - now))
                    continue
                # Unpacked events gain nothing by waiting for company in a request that goes anyway.
                if not self._waiting or (self._packer.unpacked and not self._waiting.is_full):
                    self._seal_open()
                if self._pressure is not None:
                    self._pressure.note_request(max_bytes, now)
                return Work(batch=self._stock.take_batch(max_records, max_bytes))

    def settle(
        self, sent: list[Record], failed: list[Record], pause: float, *, rate_limit: float | None
    ) -> list[Record]:
        """Book the answer to the batch under way; ``failed`` goes back to the front; ``pause`` seconds nothing is sent.

        Gives back those that were tried often enough: they are dropped, and :meth:`reported` has to follow.
        """
        with self._lock:
            self._ledger.note_request(sent, failed, rate_limit)
            self._note_answer(whole=not failed)
            if self._closed is not None:
                return []  # closing has given these up, or left them on disk, and counted them already
            self._stock.settle(sent)
            given_up = self._stock.tried_too_often(failed)
            if given_up:
                self._reporting = True
                self._drop(given_up, DropReason.RETRIES)
                failed = [record for record in failed if record not in given_up]
            self._return(failed, pause, retried=True)
            return given_up

    def lose(self, records: list[Record], rest: list[Record], reason: DropReason, *, requested: bool) -> bool:
        """Drop records of the batch under way, and put the rest of it back; False when closing has settled them.

        ``requested`` says whether there was a request. :meth:`reported` has to follow.
        """
        with self._lock:
            self._ledger.requests += requested
            self._ledger.failed_requests += requested
            self._note_answer(whole=False)
            if self._closed is not None:
                return False
            self._reporting = True
            self._drop(records, reason)
            self._return(rest, 0.0, retried=requested)
            return True

    def reported(self) -> None:
        """Note that the hooks know of the records last dropped: ``flush`` and ``close`` wait for that."""
        with self._lock:
            self._reporting = False
            self._change.notify_all()

    # Helpers; the lock is held

    def _add_with_care(self, event: bytes, key: str | None, wait: bool) -> Admission:
        if not self._ease(wait=wait):
            return WOULD_WAIT
        if self._closing:
            raise ProducerClosed(_CLOSED)
        if self._disabled:
            self._ledger.note_dropped_event(DropReason.DISABLED)
            return DISABLED
        self._recover()
        size = len(event) + 1
        admission = TAKEN
        if size > self._stock.room:
            admission = self._make_room(size, wait)
            if admission is WOULD_WAIT:
                return admission
            if not admission.taken:
                return self._no_room(admission)
        packer = self._packer
        if not packer.takes(size, key):
            self._seal_open()
            if packer.unpacked:
                self._send_early()  # a request is as full as it can be
        first = not packer.events
        taken, error = self._stock.begin(size, key)
        if error is not None:
            admission = Admission(taken, admission.evicted, error)
            if not taken:
                return self._no_room(admission)
        if self._open.add(event, key):
            self._seal_open()
        else:
            self._stock.easy = (
                0 if self._open.always_begins else min(packer.target, packer.bytes + self._stock.room + 1)
            )
            if first and not self._waiting:
                self._work.notify()  # the linger time starts
        return admission

    def _note_answer(self, *, whole: bool) -> None:
        if self._pressure is not None:
            self._pressure.note_answer(whole=whole, now=time.monotonic())

    def _ease(self, *, wait: bool) -> bool:
        """Let the stream catch up where it does; False when that would take a wait that is not wanted."""
        pressure, ledger = self._pressure, self._ledger
        if pressure is None or not pressure.exceeded(ledger.volatile) or self._closing or self._disabled:
            return True
        if wait:
            timeout = min(PATIENCE, self._options.when_full.timeout)
            if not self._change.wait_for(
                lambda: pressure.eased(ledger.volatile) or self._closing or self._disabled, timeout
            ):
                # Nobody waits in vain twice: there is the whole buffer from now on, until the stream answers soon.
                pressure.keeps_up = False
        return wait

    def _recover(self) -> None:
        if self._stock.recover():
            self._work.notify()

    def _make_room(self, size: int, wait: bool) -> Admission:
        self._send_early()
        match self._options.when_full.kind:
            case "block":
                if not wait:
                    return WOULD_WAIT
                timeout = self._options.when_full.timeout
                self._change.wait_for(lambda: size <= self._stock.room or self._closing, timeout)
                if self._closing:
                    raise ProducerClosed(_CLOSED)
                return TAKEN if size <= self._stock.room else REFUSED
            case "drop_oldest":
                evicted = self._stock.evict(size)
                self._change.notify_all()
                return Admission(size <= self._stock.room, tuple(evicted))
            case "drop_newest" | "error":
                return REFUSED

    def _no_room(self, admission: Admission) -> Admission:
        if self._options.when_full.kind == "error":
            options = self._options
            limit = "max_spool_bytes" if self._open.durable else "max_buffer_bytes"
            raise BufferFull(
                f"the buffer is full ({limit}={getattr(options, limit):,}): the stream takes less than is put, or "
                f"nothing; put again later, or give {limit} more"
            ) from admission.error
        self._ledger.note_dropped_event(DropReason.BUFFER_FULL)
        return admission

    def _due(self) -> float | None:
        """When the next request is due on the clock; None when nothing waits."""
        if self._waiting:
            oldest = self._waiting.oldest
            if self._closing or oldest.number <= self._due_up_to or self._waiting.is_full:
                return 0.0
            return oldest.created + self._options.linger
        return self._packer.created + self._options.linger if self._packer.events else None

    def _seal_open(self) -> None:
        was_full = self._waiting.is_full
        self._stock.seal_open()
        # Only what completes a batch wakes the sender: in an outage every further record would, too.
        if not was_full and self._waiting.is_full:
            self._work.notify()

    def _send_early(self) -> None:
        """Send what is here, even where a request or the linger time would ask for more."""
        if not self._waiting:
            self._seal_open()
        last = self._waiting.next_number - 1
        if last > self._due_up_to:
            self._due_up_to = last
            self._work.notify()

    def _drop(self, records: list[Record], reason: DropReason) -> None:
        self._stock.drop(records, reason)
        self._change.notify_all()

    def _return(self, records: list[Record], pause: float, *, retried: bool) -> None:
        self._stock.put_back(records, retried=retried)
        if records:
            self._due_up_to = max(self._due_up_to, records[-1].number)  # waits for its pause, not for company
        self._not_before = time.monotonic() + pause
        self._change.notify_all()
