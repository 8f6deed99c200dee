"""The caller's callbacks and the log: both bounded, neither able to stop the sender."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Final

from clickstream_producer.errors import ProducerError
from clickstream_producer.options import OnDrop, OnError
from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason
from clickstream_producer.targets.error_classification import describe, error_code

log = logging.getLogger("clickstream_producer")

LOG_INTERVAL: Final = 30.0
"""Seconds between two log lines of a kind; those left out are counted in the next."""


class Callbacks:
    """Reports final losses and errors of one producer.

    Parameters
    ----------
    stream
        Name of the stream, for the log.
    on_drop
        Called with the encoded events and the reason, once for each final loss.
    on_error
        Called with each error of a request, those that are retried included.
    """

    def __init__(self, stream: str, on_drop: OnDrop | None, on_error: OnError | None) -> None:
        self._stream = stream
        self._on_drop = on_drop
        self._on_error = on_error
        self._lock = threading.RLock()  # a signal handler may put, and drop
        self._last_line: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def dropped_event(self, event: bytes, reason: DropReason) -> None:
        """Report the loss of one event that never was in a record."""
        self._dropped([event], 1, reason)

    def dropped(self, records: Sequence[Record], reason: DropReason) -> None:
        """Report the loss of records; nothing for an empty sequence."""
        if records:
            events = [event for record in records for event in record.read_events()] if self._on_drop else []
            self._dropped(events, sum(record.events for record in records), reason)

    def failed(self, error: Exception) -> None:
        """Report an error: in the log one line a cause, without what it may hold of a payload."""
        if isinstance(error, ProducerError):
            said = str(error)
        else:
            said = f"a request failed and will be sent again: {describe(error)}"
        self._log(f"error {error_code(error)}", 1, f"stream {self._stream}: {said}")
        if self._on_error:
            try:
                self._on_error(error)
            except Exception:
                self._log("callback", 1, "on_error raised an exception of its own; it is ignored", exc_info=True)

    def _dropped(self, events: list[bytes], count: int, reason: DropReason) -> None:
        self._log(f"drop {reason}", count, f"stream {self._stream}: events dropped ({reason})")
        if self._on_drop:
            try:
                self._on_drop(events, reason)
            except Exception:
                self._log("callback", 1, "on_drop raised an exception of its own; it is ignored", exc_info=True)

    def _log(self, kind: str, count: int, message: str, *, exc_info: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            total = self._left_out.pop(kind, 0) + count
            if now - self._last_line.get(kind, -LOG_INTERVAL) < LOG_INTERVAL:
                self._left_out[kind] = total
                return
            self._last_line[kind] = now
        log.warning("%s [%d since the last such line]", message, total, exc_info=exc_info)
