"""The sender: one thread that takes batches from the buffer and sends them."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Final

from clickstream_producer import _lifecycle as lifecycle
from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.event_buffer import EventBuffer
from clickstream_producer.buffer.signal_lock import Interrupted
from clickstream_producer.errors import ProducerError, TargetRefused
from clickstream_producer.options import Options
from clickstream_producer.sending.backoff import Backoff
from clickstream_producer.sending.callbacks import Callbacks
from clickstream_producer.sending.rate_limiter import RateLimiter
from clickstream_producer.sending.request_size import RequestSize
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason
from clickstream_producer.targets.connection import AwsConnection
from clickstream_producer.targets.error_classification import (
    REFUSES_EACH,
    Fault,
    RetryDecision,
    classify,
    describe,
    error_code,
    is_throttle,
)

CLOSING_CAP: Final = 1.0
"""Most seconds between two attempts while closing: the process is about to end."""


MAX_FAILED_READS: Final = 6
"""Times in a row that the spool's disk may fail to read, half a minute with the pauses; the file is then set aside."""


class Sender:
    """Sends what the buffer has; only what failed is sent again.

    A request that may have been refused for its content is halved until one event stands alone. It is dropped once it
    was refused alone and another event was taken meanwhile: so one event never costs its neighbours, and never blocks
    the stream, and a stream that refuses everything costs none.

    Parameters
    ----------
    options
        The producer's.
    buffer
        Where events come from.
    callbacks
        Who is told of losses and errors.
    """

    def __init__(self, options: Options, buffer: EventBuffer, callbacks: Callbacks) -> None:
        self._target = options.target
        self._buffer = buffer
        self._callbacks = callbacks
        self._size = RequestSize(options.batch_bytes, options.max_batch_bytes)
        self._backoff = Backoff(options.retry_initial, options.retry_cap, options.retry_growth)
        self._rate_limiter = RateLimiter()
        self._max_records = MAX_REQUEST_RECORDS  # of a request, while an event at fault is looked for
        self._failed_reads = 0  # of the spool, in a row
        self._refused_alone = 0  # events in a row, each in a request of its own
        self._took_others = False  # since the search for an event at fault began, or since the last one refused alone
        # Of the same thread, too: a signal handler may put, and ask for the client.
        self._start_lock = threading.RLock()
        self._connection_lock = threading.RLock()
        self._connection: AwsConnection | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """Start the thread, once; False where none can be started, as at the interpreter's exit."""
        with self._start_lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name=f"clickstream-producer {self._target.name}", daemon=True
                )
                try:
                    self._thread.start()
                except (RuntimeError, MemoryError):
                    self._thread = None
            return self._thread is not None

    def drain(self, timeout: float) -> None:
        """Send what is due in this thread, where no other can be started, for at most so many seconds and a request."""
        until = time.monotonic() + timeout
        with suppress(Interrupted):
            while time.monotonic() < until:
                try:
                    if not self._do_next(until):
                        break
                except Exception as error:
                    self._after_the_unforeseen(error)

    @property
    def connection(self) -> AwsConnection:
        """The connection, made when it is first asked for."""
        with self._connection_lock:
            if self._connection is None:
                with lifecycle.connecting:
                    self._connection = self._target.connect()
            return self._connection

    def _disconnect(self) -> None:
        with self._connection_lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _run(self) -> None:
        while True:
            try:
                if not self._do_next():
                    break
            except BaseException as error:  # whatever it is, of whatever class: the thread lives, and the events stay
                self._after_the_unforeseen(error)
        with self._connection_lock:
            if self._connection is not None:
                self._connection.close()

    def _do_next(self, until: float | None = None) -> bool:
        max_records = min(self._max_records, self._rate_limiter.max_records)
        task = self._buffer.next_task(max_records, self._size.bytes, until)
        if task is None:
            return False
        if task.batch:
            self._send(task.batch)
            return True
        for trouble in task.troubles:
            self._callbacks.failed(trouble)
        self._callbacks.dropped(task.expired, DropReason.EXPIRED)
        self._buffer.reported()
        return True

    def _after_the_unforeseen(self, error: BaseException) -> None:
        pause = self._backoff.after_refusal()
        self._buffer.put_back(pause)
        with suppress(BaseException):
            self._callbacks.failed(error if isinstance(error, Exception) else ProducerError(type(error).__name__))
        time.sleep(min(pause, CLOSING_CAP))

    def _unreadable(self, batch: list[Record]) -> list[Record]:
        unreadable, failed = [], False
        for record in batch:
            try:
                readable = record.load()
            except Exception:
                if self._failed_reads < MAX_FAILED_READS:
                    self._failed_reads += 1
                    raise
                readable, failed = False, True
                if record.location is not None:
                    record.location.segment.damaged = True
            if not readable:
                unreadable.append(record)
        if not failed:
            self._failed_reads = 0
        return unreadable

    def _send(self, batch: list[Record]) -> None:
        unreadable = self._unreadable(batch)
        if unreadable:
            readable = [record for record in batch if record not in unreadable]
            if self._buffer.drop_from_request(unreadable, readable, DropReason.UNREADABLE, requested=False):
                self._callbacks.dropped(unreadable, DropReason.UNREADABLE)
                self._buffer.reported()
            return
        began, worked, ran = time.monotonic(), time.thread_time(), time.process_time()
        try:
            failures = self.connection.send(batch)
        except Exception as error:  # whatever it is, the thread must live: it is classified, counted and reported
            if is_throttle(error_code(error)):
                self._rate_limiter.note(began, 0, sum([record.entries for record in batch]))
            self._after_error(batch, error)
            return
        throttled = [failure for failure in failures.values() if is_throttle(failure.code)]
        self._rate_limiter.note(began, sum([record.entries for record in batch]) - len(failures), len(throttled))
        if len(failures) < sum([record.entries for record in batch]):
            self._refused_alone, self._took_others = 0, True
            self._max_records = min(MAX_REQUEST_RECORDS, self._max_records * 2)
        if not failures:
            took = time.monotonic() - began
            waited, idle = took - (time.thread_time() - worked), took - (time.process_time() - ran)
            self._size.note_taken(sum([record.size for record in batch]), waited, idle)
            self._backoff.after_success()
            self._settle(batch, [], 0.0)
            return
        self._size.reset()
        entries = [entry for record in batch for entry in record.one_per_entry()]
        failed = [entries[index] for index in failures]
        sent = [entry for index, entry in enumerate(entries) if index not in failures]
        for refusal in {failure.code: failure.error for failure in failures.values()}.values():
            decision = classify(refusal)
            if decision.slow or decision.fault is Fault.EVENT:  # AWS documents no such errors of an entry
                pause = self._backoff.after_refusal()
                self._settle(sent, failed, pause)
                self._tell_refusal(refusal, decision, failed, pause)
                return
        pause = self._backoff.after_partial(len(failed) / len(entries)) if sent else self._backoff.after_failure()
        self._settle(sent, failed, pause)

    def _settle(self, sent: list[Record], failed: list[Record], pause: float) -> None:
        pause = max(pause, self._rate_limiter.pause)
        pause = min(pause, CLOSING_CAP) if self._buffer.closing else pause
        given_up = self._buffer.settle(sent, failed, pause, rate_limit=self._rate_limiter.limit)
        if given_up:
            self._callbacks.dropped(given_up, DropReason.RETRIES)
            self._buffer.reported()

    def _after_error(self, batch: list[Record], error: Exception) -> None:
        self._size.reset()
        decision = classify(error)
        if decision.fault is Fault.EVENT:
            self._look_for_event_at_fault(batch, error)
            return
        if decision.reconnect:
            self._disconnect()
        # First the counters, then the callbacks: one that reads the counters finds them right.
        pause = self._backoff.after_refusal() if decision.slow else self._backoff.after_failure()
        self._settle([], batch, pause)
        if decision.slow:
            self._tell_refusal(error, decision, batch, pause)
        else:
            self._callbacks.failed(error)

    def _look_for_event_at_fault(self, batch: list[Record], error: Exception) -> None:
        if self._max_records == MAX_REQUEST_RECORDS:
            self._took_others = False  # the search begins: what was taken before says nothing of the stream as it is
        entries = sum([record.entries for record in batch])
        self._max_records = max(1, entries // 2)
        if sum([record.events for record in batch]) > 1:
            parts = batch if entries > 1 else list(batch[0].halves())
            self._buffer.drop_from_request([], parts, DropReason.REFUSED, requested=True)  # all of it waits again
        elif self._took_others:
            self._took_others = False  # proves it of one event
            self._drop_refused(batch, error)
        else:
            self._refused_alone += 1
            pause = self._backoff.after_refusal()
            self._settle([], batch, pause)
            at_once = self._refused_alone == 1
            if not self._buffer.let_others_go_first(at_once=at_once) or not at_once:
                self._tell_refusal(error, REFUSES_EACH, batch, pause)

    def _drop_refused(self, batch: list[Record], error: Exception) -> None:
        dropped_here = self._buffer.drop_from_request(batch, [], DropReason.REFUSED, requested=True)
        said = f"an event is refused alone while others are taken ({describe(error)}): it is dropped"
        refused = TargetRefused(error_code(error), Fault.EVENT, said)
        refused.__cause__ = error
        self._callbacks.failed(refused)
        if dropped_here:
            self._callbacks.dropped(batch, DropReason.REFUSED)
        self._buffer.reported()

    def _tell_refusal(self, error: Exception, decision: RetryDecision, kept: list[Record], pause: float) -> None:
        events = sum([record.events for record in kept])
        refused = TargetRefused(
            error_code(error),
            decision.fault,
            f"the stream refuses requests ({describe(error)}): {decision.likely_cause.format(self._target.action)}. "
            f"{events:,} events are kept and tried again in {pause:.1f} s",
        )
        refused.__cause__ = error
        self._callbacks.failed(refused)
