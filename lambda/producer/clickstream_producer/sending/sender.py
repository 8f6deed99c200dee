"""The sender: one thread that takes batches from the spool and sends them."""

from __future__ import annotations

import threading
import time
from typing import Final

from clickstream_producer import _lifecycle as lifecycle
from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.buffer.event_buffer import Spool
from clickstream_producer.errors import TargetRefused
from clickstream_producer.sending.backoff import Backoff
from clickstream_producer.sending.callbacks import Hooks
from clickstream_producer.sending.rate_limiter import Pace
from clickstream_producer.sending.request_size import RequestSize
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason
from clickstream_producer.targets.error_classification import error_code, is_throttle
from clickstream_producer.targets.target import Connection, Target, Verdict

CLOSING_CAP: Final = 1.0
"""Most seconds between two attempts while closing: the process is about to end."""

HOPELESS: Final = 32
"""Requests refused in a row after which the target is at fault, not a record: isolating goes no further."""


class Sender:
    """Sends what the spool has; only what failed is sent again.

    A request that the service refuses for its content is halved until the offending record stands alone and is dropped,
    so that one record never costs its neighbours, and never blocks the stream.

    Parameters
    ----------
    target, spool, size, backoff, hooks
        The parts it ties together.
    """

    def __init__(self, target: Target, spool: Spool, size: RequestSize, backoff: Backoff, hooks: Hooks) -> None:
        self._target = target
        self._spool = spool
        self._size = size
        self._backoff = backoff
        self._hooks = hooks
        self._pace = Pace()
        self._window = MAX_REQUEST_RECORDS
        self._refusals = 0
        self._start_lock = threading.Lock()
        self._connection_lock = threading.Lock()
        self._connection: Connection | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once."""
        with self._start_lock:
            if self._thread is None:
                thread = threading.Thread(
                    target=self._run, name=f"clickstream-producer {self._target.name}", daemon=True
                )
                thread.start()
                self._thread = thread

    @property
    def connection(self) -> Connection:
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
        while (work := self._spool.next_work(min(self._window, self._pace.window), self._size.bytes)) is not None:
            if work.expired:
                self._hooks.dropped(work.expired, DropReason.EXPIRED)
                self._spool.reported()
            else:
                self._send(work.batch)
        with self._connection_lock:
            if self._connection is not None:
                self._connection.close()

    def _send(self, batch: list[Record]) -> None:
        unreadable = [record for record in batch if not record.load()]
        if unreadable:
            readable = [record for record in batch if record not in unreadable]
            if self._spool.lose(unreadable, readable, DropReason.UNREADABLE, requested=False):
                self._hooks.dropped(unreadable, DropReason.UNREADABLE)
                self._spool.reported()
            return
        began, worked, ran = time.monotonic(), time.thread_time(), time.process_time()
        try:
            failures = self.connection.send(batch)
        except Exception as error:  # whatever it is, the thread must live: it is judged, booked and reported
            if is_throttle(error_code(error)):
                self._pace.note(began, 0, sum([record.entries for record in batch]))
            self._after_error(batch, error)
            return
        throttled = [failure for failure in failures.values() if is_throttle(failure.code)]
        self._pace.note(began, sum([record.entries for record in batch]) - len(failures), len(throttled))
        self._refusals = 0
        self._window = min(MAX_REQUEST_RECORDS, self._window * 2)
        if not failures:
            took = time.monotonic() - began
            waited, idle = took - (time.thread_time() - worked), took - (time.process_time() - ran)
            self._size.note_taken(sum([record.size for record in batch]), waited, idle)
            self._backoff.after_success()
            self._settle(batch, [], 0.0)
            return
        self._size.reset()
        entries = [entry for record in batch for entry in record.single()]
        failed = [entries[index] for index in failures]
        sent = [entry for index, entry in enumerate(entries) if index not in failures]
        pause = self._backoff.after_partial(len(failed) / len(entries)) if sent else self._backoff.after_failure()
        self._settle(sent, failed, pause)

    def _settle(self, sent: list[Record], failed: list[Record], pause: float) -> None:
        pause = max(pause, self._pace.pause)
        pause = min(pause, CLOSING_CAP) if self._spool.closing else pause
        given_up = self._spool.settle(sent, failed, pause, rate_limit=self._pace.limit)
        if given_up:
            self._hooks.dropped(given_up, DropReason.RETRIES)
            self._spool.reported()

    def _after_error(self, batch: list[Record], error: Exception) -> None:
        self._size.reset()
        verdict = self._target.judge(error)
        if verdict in (Verdict.RETRY, Verdict.RECONNECT):
            if verdict is Verdict.RECONNECT:
                self._disconnect()
            self._hooks.failed(error)
            self._settle([], batch, self._backoff.after_failure())
            return
        self._refusals += 1
        entries = sum(record.entries for record in batch)
        if verdict is Verdict.ISOLATE and self._refusals < HOPELESS and entries > 1:
            self._window = entries // 2
            self._spool.lose([], batch, DropReason.REFUSED, requested=True)
            self._spool.reported()
            return
        if self._refusals >= HOPELESS:
            self._window = MAX_REQUEST_RECORDS
        code = error_code(error)
        refused = TargetRefused(
            code,
            f"the request was refused ({code}: {error}); {sum(record.events for record in batch)} events are dropped. "
            "Check that the stream exists in this region (and takes direct puts, if it is one of Firehose), and that "
            f"this identity may call {self._target.action} on it",
        )
        refused.__cause__ = error
        # First the books, then the hooks: who reads the counters in a hook finds them right.
        dropped_here = self._spool.lose(batch, [], DropReason.REFUSED, requested=True)
        self._hooks.failed(refused)
        if dropped_here:
            self._hooks.dropped(batch, DropReason.REFUSED)
        self._spool.reported()
