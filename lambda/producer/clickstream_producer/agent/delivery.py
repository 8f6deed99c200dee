"""Delivery with a barrier: put lines, then wait until each of them is acknowledged."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from typing import Final

from clickstream_producer._duration import MAX_SECONDS
from clickstream_producer._limits import MAX_REQUEST_BYTES
from clickstream_producer.errors import TargetRefused
from clickstream_producer.full_policy import FullPolicy
from clickstream_producer.producer import Producer
from clickstream_producer.stats import DropReason, Stats
from clickstream_producer.targets.aws_stream import AwsStream
from clickstream_producer.targets.error_classification import describe

log = logging.getLogger("clickstream_producer.agent")

_REFUSED_CAP: Final = 60.0
"""Most seconds between two attempts at a stream that refuses: somebody has to repair it first."""


class Delivery:
    """A producer that gives nothing up: what the stream refuses is put again after a pause.

    Nothing expires, and no attempt is the last one: the lines are in their file and can wait. A stream that refuses
    (no such stream, access denied) is asked again after 1 s, then twice as long, up to a minute.

    Parameters
    ----------
    target
        Where to.
    events_per_record, record_bytes, check_json
        As of :class:`~clickstream_producer.Producer`.
    chunk_bytes
        Bytes that are put between two calls of :meth:`settle`; they go out as one request where they fit.
    patience
        Seconds without any acknowledgement after which it gives up. Infinite: it waits out every outage, and until a
        stream that refuses is mended. Else a refusal that is the fault of an event, the target or the identity ends it,
        too.

    Attributes
    ----------
    given_up
        Why it has given up; None while it has not.
    """

    def __init__(
        self,
        target: AwsStream,
        *,
        events_per_record: int | None = None,
        record_bytes: int = 250_000,
        chunk_bytes: int = 1_000_000,
        check_json: bool = True,
        patience: float = math.inf,
    ) -> None:
        self.patience = patience
        self.given_up: str | None = None
        self._refusal: TargetRefused | None = None
        self._error: Exception | None = None
        self._returned: deque[bytes] = deque()
        self._producer = Producer(
            target,
            events_per_record=events_per_record,
            record_bytes=record_bytes,
            batch_bytes=min(MAX_REQUEST_BYTES, chunk_bytes + 1_100_000),
            linger=86_400.0,  # settle decides when to send
            max_buffer_bytes=4 * MAX_REQUEST_BYTES,
            when_full=FullPolicy.block(60.0),
            max_age=MAX_SECONDS,
            check_json=check_json,
            on_drop=self._take_back,
            on_error=self._note,
        )
        self.put = self._producer.put
        """As ``Producer.put``."""
        self.put_many = self._producer.put_many
        """As ``Producer.put_many``."""

    def settle(self, stop: threading.Event, timeout: float) -> bool:
        """Send what was put, and wait until the last of it is acknowledged.

        Parameters
        ----------
        stop, timeout
            Once ``stop`` is set, the wait ends after so many seconds.

        Returns
        -------
        bool
            False: stopped before that, or given up. What was put may still arrive.
        """
        pause = 1.0
        while self._drained(stop, timeout):
            if not self._returned:
                return True
            if self.patience < math.inf:
                self.given_up = str(self._refusal)
                return False
            log.warning("the stream refuses (%s); tried again in %.0f s", self._refusal, pause)
            if stop.wait(pause):
                return False
            pause = min(_REFUSED_CAP, pause * 2)
            for _ in range(len(self._returned)):
                self.put(self._returned.popleft())
        return False

    def stats(self) -> Stats:
        """Read the producer's counters."""
        return self._producer.stats()

    def close(self) -> None:
        """Give up what is not acknowledged; after a complete :meth:`settle` that is nothing."""
        self._producer.close(0)

    def _drained(self, stop: threading.Event, timeout: float) -> bool:
        at_first = 2.0 if self.patience == math.inf else min(0.2, self.patience)
        if self._producer.flush(at_first if not stop.is_set() else min(at_first, timeout)).complete:
            return True
        # Not flush in a loop: each call would be one more request at once, into an outage.
        deadline: float | None = None
        sent, since = -1, 0.0  # an acknowledgement, and when it was seen
        while (stats := self._producer.stats()).pending:
            if stats.sent != sent:
                sent, since = stats.sent, time.monotonic()
            if self.patience < math.inf and self._refusal is not None:
                self.given_up = str(self._refusal)
            elif time.monotonic() - since >= self.patience:
                last = f"the last error: {describe(self._error)}" if self._error else "it throttles, or does not answer"
                self.given_up = f"the stream took nothing for {self.patience:g} s ({last})"
            if self.given_up is not None:
                return False
            if deadline is None and stop.wait(0.1):
                deadline = time.monotonic() + timeout
            if deadline is not None:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
        return self._producer.flush(2.0).complete  # the callbacks have been called, too

    def _take_back(self, events: list[bytes], reason: DropReason) -> None:
        if reason is not DropReason.CLOSED:
            self._returned.extend(events)

    def _note(self, error: Exception) -> None:
        self._error = error
        if isinstance(error, TargetRefused) and error.fault in ("event", "target", "identity"):
            self._refusal = error
