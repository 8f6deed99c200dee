"""The buffer between the threads that put events and the one that sends them.

An event joins the record that is being built; a complete record waits in the queue, goes out with a request, and is
settled: sent, dropped, or left on the disk for a later process. Every one of these steps is taken, and counted, under
one lock, so that the counters add up at every moment.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.backpressure import MAX_WAIT, Backpressure
from clickstream_producer.buffer.counters import Counters
from clickstream_producer.buffer.put_result import DISABLED, REFUSED, TAKEN, WOULD_WAIT, PutResult
from clickstream_producer.buffer.record_builder import RecordBuilder
from clickstream_producer.buffer.record_queue import RecordQueue
from clickstream_producer.buffer.signal_lock import Interrupted, SignalLock, Step, at_once
from clickstream_producer.errors import BufferFull, ProducerClosed, SpoolBroken
from clickstream_producer.options import Options
from clickstream_producer.spool.disk_spool import DiskSpool
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason, FlushResult, Stats

_CLOSED = "put after close: this producer takes no more events; make a new one"


@dataclass(frozen=True, slots=True)
class SenderTask:
    """What the sender has to do next: send a batch, or report records that expired, or what the disk has."""

    batch: list[Record] = field(default_factory=list)
    expired: list[Record] = field(default_factory=list)
    troubles: list[SpoolBroken] = field(default_factory=list)


class EventBuffer:
    """Holds events until they are settled, within ``max_buffer_bytes`` and ``max_spool_bytes``.

    Parameters
    ----------
    options
        The producer's.
    disk
        Stores every event before ``add`` returns; None keeps them in memory only.
    """

    def __init__(self, options: Options, disk: DiskSpool | None = None) -> None:
        self._options = options
        self._disk = disk
        self._builder = RecordBuilder(options, disk)
        self._queue = RecordQueue(options.batch_bytes)
        self._counters = Counters()
        self._backpressure = Backpressure(options.batch_bytes) if options.when_full.kind == "block" else None

        self._lock = SignalLock(__file__)
        lock = self._lock.lock
        self._acquire, self._release = lock.acquire, lock.release
        self._due = threading.Condition(lock)  # the sender waits here for a task
        self._progress = threading.Condition(lock)  # put waits here for room, flush and close for their records
        self._aside: deque[tuple[bytes, str | None]] = deque()  # put in a signal handler, by who has the lock

        # An event without a key that keeps the record being built below so many bytes is only appended: no record
        # begins or ends with it, there is room, and nothing else is the matter. 0: every event goes the slow path.
        self._fast_path_limit = 0
        self._idle_wait = max(1.0, options.linger)  # a signal handler cannot notify
        self._due_number = 0  # records up to this one do not wait for company
        self._not_before = 0.0  # the pause after a request ends then
        self._recovered = disk is None
        self._reporting = False  # dropped records, to the callbacks; flush and close wait for that
        self._disabled = False
        self._closing = False
        self._closed: FlushResult | None = None

    # The threads that put

    def add(self, event: bytes, key: str | None = None, wait: bool = True) -> PutResult:
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
        if not self._acquire(False):
            try:
                self._lock.wait()
            except Interrupted:
                return self._put_aside(event, key)
        try:
            builder = self._builder
            total = builder.bytes + len(event) + 1
            if total >= self._fast_path_limit or key is not None:
                return self._add_slow_path(event, key, wait)
            builder.bytes = total
            builder.events.append(event)
            if builder.storing is not None:
                builder.store(event + b"\n")
            if len(builder.events) >= builder.max_events:
                self._complete_record()
            return TAKEN
        finally:
            self._release()

    def add_fast_path(self, events: list[bytes]) -> int:
        """Take encoded events in from the front, as far as the fast path goes; give back how many."""
        with self._lock:
            builder = self._builder
            events = events[: builder.max_events - 1 - len(builder.events)]
            total = builder.bytes + sum(map(len, events)) + len(events)
            while events and total >= self._fast_path_limit:
                total -= len(events.pop()) + 1
            builder.bytes = total
            builder.events += events
            if events and builder.storing is not None:
                builder.store(b"\n".join([*events, b""]))
            return len(events)

    def flush(self, timeout: float) -> FlushResult:
        """Send what is here now, not waiting for size or linger; return when it is settled or ``timeout`` is over."""
        with self._lock:
            self._recover()
            self._take_aside()
            self._complete_record()
            last = self._queue.last_number
            self._due_number = max(self._due_number, last)
            # One attempt at once, even in a pause after failures: what was wrong may be over, and the caller waits.
            self._not_before = 0.0
            self._due.notify()
            complete = self._progress.wait_for(
                lambda: self._queue.oldest_number > last and not self._is_reporting, timeout
            )
            return self._closed or self._result(complete=complete)

    def clear(self) -> int:
        """Drop what waits; what is in a request stays. Give back how many events that were."""
        with self._lock:
            self._recover()
            self._take_aside()
            self._complete_record()
            records = self._queue.all_waiting()
            self._drop(records, DropReason.CLEARED, *self._queue.remove_all())
            return sum(record.events for record in records)

    def disable(self, disabled: bool) -> None:
        """Drop new events from now on, or take them again."""
        self._disabled = disabled  # before the lock, which a signal handler may not get
        with self._lock:
            self._fast_path_limit = 0
            self._progress.notify_all()  # a put that waits for the stream drops its event now

    def close_async(self) -> None:
        """Take no more events; send the rest now, without waiting for it."""
        self._closing = True  # before the lock, which a signal handler may not get
        with self._lock:
            self._recover()
            self._take_aside()
            self._complete_record()
            self._not_before = 0.0
            self._due.notify()
            self._progress.notify_all()  # a put that waits for room has to give up

    def finish_close(self, timeout: float) -> tuple[FlushResult, list[Record]]:
        """Wait for the rest; what is left after ``timeout`` seconds stays on disk, or is given up and handed back."""
        with self._lock:
            complete = self._progress.wait_for(lambda: not self._counters.held and not self._is_reporting, timeout)
            if self._closed is not None:
                return self._closed, []
            self._take_aside()
            self._complete_record()
            unfinished = [*self._queue.in_flight, *self._queue.all_waiting()]
            lost = [record for record in unfinished if record.location is None]
            spooled = [record for record in unfinished if record.location is not None]
            at_once(
                (setattr, self._queue, "in_flight", []),
                *self._queue.remove_all(),
                *self._counters.given_up(lost, DropReason.CLOSED, spooled),
            )
            if self._disk is not None:
                self._disk.close()
            self._closed = self._result(complete=complete)
            self._due.notify()
            self._progress.notify_all()
            return self._closed, lost

    def stats(self) -> Stats:
        """Read all counters at one moment."""
        try:
            with self._lock:
                return self._stats()
        except Interrupted:
            return self._stats()

    def snapshot(self) -> FlushResult:
        """Read the counters without the lock, for a signal handler that interrupts its holder."""
        return self._closed or self._result(complete=False)

    @property
    def is_interrupted(self) -> bool:
        """Whether this is a signal handler that interrupts the holder of the lock."""
        return self._lock.is_held_below()

    def abandon(self) -> None:
        """Release the parent's files in a forked child. Takes no lock: nobody there would give it back."""
        if self._disk is not None:
            self._disk.abandon()

    # The thread that sends

    @property
    def closing(self) -> bool:
        """Whether closing has begun."""
        return self._closing

    def next_task(self, max_records: int, max_bytes: int, until: float | None = None) -> SenderTask | None:
        """Wait until there is something to do; None when closed and nothing is left, or nothing is due ``until`` then.

        A request is due when a whole one waits, when the oldest event has waited for the linger time, in a flush, for a
        retry, with a full buffer, and at closing; and not before the pause set by :meth:`settle` is over.
        """
        with self._lock:
            while True:
                self._take_aside()
                if self._disk is not None and self._disk.has_troubles:
                    self._reporting = True
                    return SenderTask(troubles=self._disk.take_troubles())
                if self._closed is not None or (self._closing and not self._queue):
                    return None
                due = self._due_at()
                if due is None:
                    if until is not None:
                        return None
                    self._due.wait(self._idle_wait)
                    continue
                now = time.monotonic()
                if expired := self._expire(now):
                    self._reporting = True
                    return SenderTask(expired=expired)
                wait = max(due, self._not_before) - now
                if until is not None and now + wait > until:
                    return None
                if wait > 0:
                    oldest = self._queue.oldest if self._queue else self._builder
                    self._due.wait(min(wait, oldest.created + self._options.max_age - now))
                    continue
                # Unpacked events gain nothing by waiting for company in a request that goes anyway.
                if not self._queue or (self._builder.unpacked and not self._queue.is_full):
                    self._complete_record()
                if self._backpressure is not None:
                    self._backpressure.request_began(max_bytes, now)
                return SenderTask(batch=self._queue.take_batch(max_records, max_bytes))

    def settle(
        self, sent: list[Record], failed: list[Record], pause: float, *, rate_limit: float | None
    ) -> list[Record]:
        """Note the answer to the request under way; ``failed`` waits again, and for ``pause`` seconds nothing is sent.

        Gives back those that were tried often enough: they are dropped, and :meth:`reported` has to follow.
        """
        with self._lock:
            self._counters.note_request(sent, failed)
            self._counters.rate_limit = rate_limit
            self._note_answer(whole=not failed)
            if self._closed is not None:
                return []  # closing has given these up, or left them on disk, and counted them already
            self._counters.note_sent(sent)
            _release(sent)
            if sent:
                self._queue.restore()
            given_up: list[Record] = []
            for record in failed:
                record.attempts += 1
                if self._options.max_retries is not None and record.attempts > self._options.max_retries:
                    given_up.append(record)
            if given_up:
                self._reporting = True
                self._drop(given_up, DropReason.RETRIES)
                failed = [record for record in failed if record not in given_up]
            self._counters.records_retried += sum([record.entries for record in failed])
            self._requeue(failed, pause)
            return given_up

    def drop_from_request(
        self, records: list[Record], rest: list[Record], reason: DropReason, *, requested: bool
    ) -> bool:
        """Drop records of the batch under way, and let the rest of it wait again, without a pause.

        ``requested`` says whether there was a request. :meth:`reported` has to follow where any are dropped. False:
        closing has settled them all before.
        """
        with self._lock:
            if requested:
                self._counters.note_request([], records)
            self._note_answer(whole=False)
            if self._closed is not None:
                return False
            self._reporting = bool(records)
            self._drop(records, reason)
            if requested:
                self._counters.records_retried += sum([record.entries for record in rest])
            self._requeue(rest, 0.0)
            return True

    def let_others_go_first(self, *, at_once: bool) -> bool:
        """Try others before the record that was settled as failed just now; False: there is no other.

        ``at_once`` ends the pause that was set with it.
        """
        with self._lock:
            others = self._closed is None and bool(self._queue) and self._queue.set_aside()
            if others and at_once:
                self._not_before = 0.0
            return others

    def put_back(self, pause: float) -> None:
        """After what nobody foresaw: what is under way waits again, and for ``pause`` seconds nothing is sent."""
        with self._lock:
            self._reporting = False
            self._requeue(self._queue.in_flight if self._closed is None else [], pause)

    def reported(self) -> None:
        """Note that the callbacks know of the records last dropped."""
        with self._lock:
            self._reporting = False
            self._progress.notify_all()

    @property
    def _is_reporting(self) -> bool:
        return self._reporting or (self._disk is not None and self._disk.has_troubles)

    # How an event comes in; the lock is held

    def _add_slow_path(self, event: bytes, key: str | None, wait: bool) -> PutResult:
        """Take in an event that may have to wait, to begin or complete a record, or to be dropped."""
        if not self._wait_for_stream(wait):
            return WOULD_WAIT
        if self._closing:
            raise ProducerClosed(_CLOSED)
        if self._disabled:
            at_once(*self._counters.refused(DropReason.DISABLED))
            return DISABLED
        self._recover()
        self._take_aside()
        builder, size, result = self._builder, len(event) + 1, TAKEN
        if size > self._room():
            result = self._make_room(size, wait)
            if result is WOULD_WAIT:
                return result
            if not result.taken:
                return self._refuse(result)
        if not self._make_place(size, key) and size > self._memory_room():
            return self._refuse(PutResult(False, result.evicted))  # without the disk, it is the memory that needs room
        if builder.add(event, key):
            self._complete_record()
            return result
        if builder.takes_plain_events:
            self._fast_path_limit = min(builder.max_bytes, builder.bytes + self._room() + 1)
        else:
            self._fast_path_limit = 0
        if len(builder.events) == 1 and not self._queue:
            self._due.notify()  # the linger time starts
        return result

    def _make_place(self, size: int, key: str | None) -> bool:
        """Begin another record where an event cannot join; False: the disk has no place for it just now."""
        if not self._builder.accepts(size, key):
            self._complete_record()
            if self._builder.unpacked:
                self._send_early()  # a request is as full as it can be
        if self._builder.reserve(size, key):
            return True
        self._due.notify()  # to tell it
        return False

    def _put_aside(self, event: bytes, key: str | None) -> PutResult:
        """Take an event in without the lock: in a signal handler that interrupts its holder."""
        if self._closing:
            raise ProducerClosed(_CLOSED)
        self._aside.append((event, key))
        self._fast_path_limit = 0  # the next event takes it along; else the sender or flush does
        return TAKEN

    def _take_aside(self) -> None:
        while self._aside:
            event, key = self._aside[0]
            if self._disabled:
                at_once((self._aside.popleft,), *self._counters.refused(DropReason.DISABLED))
                continue
            self._make_place(len(event) + 1, key)
            if self._builder.add(event, key, (self._aside.popleft,)):
                self._complete_record()

    def _wait_for_stream(self, wait: bool) -> bool:
        """Let the stream catch up where it does; False when that would take a wait that is not wanted."""
        pressure, counters = self._backpressure, self._counters
        if pressure is None or not pressure.is_exceeded(counters.in_memory) or self._closing or self._disabled:
            return True
        if wait:
            timeout = min(MAX_WAIT, self._options.when_full.timeout)
            if not self._progress.wait_for(
                lambda: pressure.is_eased(counters.in_memory) or self._closing or self._disabled, timeout
            ):
                # Nobody waits in vain twice: there is the whole buffer from now on, until the stream answers soon.
                pressure.is_draining = False
        return wait

    def _recover(self) -> None:
        """Take in what dead processes left on the disk, once."""
        if self._recovered or self._disk is None:
            return
        self._recovered = True
        records = self._disk.recover()
        if records:
            at_once(*self._queue.append(records), *self._counters.recovered_from_disk(records))
            self._due.notify()

    def _room(self) -> int:
        """Bytes that may still be taken in."""
        if self._builder.is_durable:
            return self._options.max_spool_bytes - self._counters.held - self._builder.bytes
        return self._memory_room()

    def _memory_room(self) -> int:
        """Bytes that may still be taken in without the disk."""
        return self._options.max_buffer_bytes - self._counters.in_memory - self._builder.bytes

    def _make_room(self, size: int, wait: bool) -> PutResult:
        """Do what the full policy says; the result is taken when there is room for so many bytes."""
        self._send_early()
        match self._options.when_full.kind:
            case "block":
                if not wait:
                    return WOULD_WAIT
                timeout = self._options.when_full.timeout
                self._progress.wait_for(lambda: size <= self._room() or self._closing, timeout)
                if self._closing:
                    raise ProducerClosed(_CLOSED)
                return TAKEN if size <= self._room() else REFUSED
            case "drop_oldest":
                evicted: list[Record] = []
                while size > self._room():
                    if not self._queue:
                        self._complete_record()
                    if not self._queue:
                        break  # all is under way
                    evicted.append(self._drop_oldest(DropReason.BUFFER_FULL))
                return PutResult(size <= self._room(), tuple(evicted))
            case "drop_newest" | "error":
                return REFUSED

    def _refuse(self, result: PutResult) -> PutResult:
        """Drop the event that there is no room for, or say so."""
        if self._options.when_full.kind == "error":
            limit = "max_spool_bytes" if self._builder.is_durable else "max_buffer_bytes"
            raise BufferFull(
                f"the buffer is full ({limit}={getattr(self._options, limit):,}): the stream takes less than is put, "
                f"or nothing; put again later, or give {limit} more"
            )
        at_once(*self._counters.refused(DropReason.BUFFER_FULL))
        return result

    def _complete_record(self) -> None:
        """End the record that is being built, however little is in it, and let it wait."""
        self._fast_path_limit = 0
        records, was_full = self._builder.build(), self._queue.is_full
        at_once(*self._queue.append(records), *self._counters.put_in(records), *self._builder.empty())
        if self._counters.held > self._options.max_buffer_bytes:
            for record in records:
                if record.location is not None:
                    record.data = b""  # memory is bounded, too: it is read again when it is sent
        # Only what completes a batch wakes the sender: in an outage every further record would, too.
        if not was_full and self._queue.is_full:
            self._due.notify()

    # When a request is due, and where its records go; the lock is held

    def _due_at(self) -> float | None:
        """When the next request is due on the clock; None when nothing waits."""
        if self._queue:
            oldest = self._queue.oldest
            if self._closing or oldest.number <= self._due_number or self._queue.is_full:
                return 0.0
            return oldest.created + self._options.linger
        return self._builder.created + self._options.linger if self._builder.events else None

    def _send_early(self) -> None:
        """Make what is here due, even where the request size or the linger time would ask for more."""
        if not self._queue:
            self._complete_record()
        if self._queue.last_number > self._due_number:
            self._due_number = self._queue.last_number
            self._due.notify()

    def _expire(self, now: float) -> list[Record]:
        """Drop what is older than ``max_age``, as many records as a request has at most."""
        limit = now - self._options.max_age
        if self._builder.events and self._builder.created <= limit:
            self._complete_record()
        expired: list[Record] = []
        while self._queue and self._queue.oldest.created <= limit and len(expired) < MAX_REQUEST_RECORDS:
            expired.append(self._drop_oldest(DropReason.EXPIRED))
        return expired

    def _note_answer(self, *, whole: bool) -> None:
        if self._backpressure is not None:
            self._backpressure.request_ended(whole=whole, now=time.monotonic())

    def _drop_oldest(self, reason: DropReason) -> Record:
        """Give up the record that waits longest."""
        oldest = self._queue.oldest
        self._drop([oldest], reason, *self._queue.remove_oldest())
        return oldest

    def _drop(self, records: list[Record], reason: DropReason, *removed: Step) -> None:
        """Give records up that are in the queue no longer, or after these steps."""
        at_once(*removed, *self._counters.given_up(records, reason))
        if reason is not DropReason.CLEARED:
            for record in records:
                with suppress(Exception):
                    record.load()  # the callbacks want to see it, and the file may go
        _release(records)
        self._progress.notify_all()

    def _requeue(self, records: list[Record], pause: float) -> None:
        """End the request under way: these records of it wait again, for their pause, not for company."""
        self._queue.requeue(records)
        if records:
            self._due_number = max(self._due_number, records[-1].number)
        self._not_before = time.monotonic() + pause
        self._progress.notify_all()

    def _stats(self) -> Stats:
        aside = list(self._aside)
        return self._counters.stats(
            len(self._builder.events) + len(aside), self._builder.bytes + sum([len(event) + 1 for event, _ in aside])
        )

    def _result(self, *, complete: bool) -> FlushResult:
        now = self._stats()
        return FlushResult(now.put, now.recovered, now.sent, now.pending, now.spooled, now.dropped, complete)


def _release(records: list[Record]) -> None:
    for record in records:
        if record.location is not None:
            record.location.release()
