"""The producer: what an application calls."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from clickstream_producer._core import Core
from clickstream_producer._duration import seconds
from clickstream_producer.full_policy import FullPolicy
from clickstream_producer.options import Growth, OnDrop, OnError, Options
from clickstream_producer.stats import FlushResult, Stats
from clickstream_producer.targets.target import Target

_DEFAULT_FULL = FullPolicy.drop_newest()


class Producer:
    """Sends events to one stream, from a thread of its own.

    ``put`` encodes and buffers; it never does input or output, so the caller never waits for the network. The thread
    is started by the first event and is a daemon; at interpreter exit what is left gets ``exit_timeout`` seconds. After
    a fork the child's producer is empty and new: events put before the fork are the parent's, and sent once, by the
    parent. It may be used from any number of threads. Delivery is at least once: when an answer is lost, its request is
    sent again, and the copies have equal ``event_id``.

    Parameters
    ----------
    target
        Where to: a ``FirehoseStream`` or a ``KinesisStream``.
    events_per_record
        Most events in one record, 1 to 500; by default 500 for Firehose and 1 for Kinesis. 1 leaves events unpacked,
        which a stream needs that partitions by an event's own field.
    record_bytes
        Size that a record of several events does not pass, up to 1,024,000 bytes.
    batch_bytes
        Raw size of a request, up to 4,194,304 bytes; as much waiting sends one. By default 1,000,000, and up to
        4,000,000 (a quarter of ``max_buffer_bytes``) where more waits and answers are slow, 10 ms or more: one request
        is under way at a time.
    linger
        How long an event waits for company: seconds, or text such as ``"500ms"``.
    max_buffer_bytes
        Encoded bytes in memory of all events not settled yet, at least 1 MiB.
    when_full
        What ``put`` does beyond it, or beyond ``max_spool_bytes``: ``FullPolicy.drop_newest()``, ``.drop_oldest()``,
        ``.block(timeout)`` or ``.error()``.
    max_age
        Age at which an event is given up.
    max_retries
        Requests that may fail to deliver a record after the first one. None: only age counts, which is what an outage
        needs.
    retry_initial, retry_cap
        Bounds of the first wait after a failed request, and of every wait. Waits are random below the bound (full
        jitter).
    retry_growth
        How the bound grows from failure to failure: ``"exponential"`` doubles it, ``"linear"`` adds ``retry_initial``,
        ``"constant"`` leaves it at ``retry_initial``.
    exit_timeout
        How long the interpreter's exit may wait for the rest. Several producers share one deadline, the longest.
    check_json
        Whether text and bytes are checked to be one JSON value.
    spool
        Directory that keeps events through the death of the process (POSIX): when ``put`` has returned, ``kill -9``
        does not lose them. The next producer of the same target with the same directory sends them, from its first
        ``put``, ``flush`` or ``close`` on. While the disk fails, events are in memory only; ``on_error`` is told
        (``SpoolBroken``). Any number of processes may share it. A loss of power may cost the last seconds.
    max_spool_bytes
        Bytes of events in it that this process holds, at least 16 MiB; then ``when_full`` decides. Memory stays
        bounded by ``max_buffer_bytes``.
    on_drop
        ``on_drop(events, reason)``: final losses, as the encoded events. Called without a lock, from the sender's
        thread, or from the thread that put or closed; its own exceptions are logged and ignored.
    on_error
        ``on_error(exception)``: every failed request, those that will be retried included.

    Raises
    ------
    InvalidOption
        Names the option, the value and the limit.
    """

    def __init__(
        self,
        target: Target,
        *,
        events_per_record: int | None = None,
        record_bytes: int = 250_000,
        batch_bytes: int | None = None,
        linger: float | str = 5.0,
        max_buffer_bytes: int = 16 * 1024 * 1024,
        when_full: FullPolicy = _DEFAULT_FULL,
        max_age: float | str = "1d",
        retry_initial: float | str = 0.1,
        retry_cap: float | str = 30.0,
        retry_growth: Growth = "exponential",
        max_retries: int | None = None,
        exit_timeout: float | str = 5.0,
        check_json: bool = True,
        spool: str | os.PathLike[str] | None = None,
        max_spool_bytes: int = 1024 * 1024 * 1024,
        on_drop: OnDrop | None = None,
        on_error: OnError | None = None,
    ) -> None:
        options = Options.checked(
            events_per_record=target.default_events_per_record if events_per_record is None else events_per_record,
            record_bytes=record_bytes,
            batch_bytes=batch_bytes,
            linger=linger,
            max_buffer_bytes=max_buffer_bytes,
            when_full=when_full,
            max_age=max_age,
            max_retries=max_retries,
            retry_initial=retry_initial,
            retry_cap=retry_cap,
            retry_growth=retry_growth,
            exit_timeout=exit_timeout,
            check_json=check_json,
            spool=spool,
            max_spool_bytes=max_spool_bytes,
        )
        self._core = Core(target, options, on_drop, on_error)

    def put(self, event: object, *, partition_key: str | None = None) -> bool:
        """Encode an event and buffer it.

        Parameters
        ----------
        event
            A mapping, dataclass or pydantic model, or one JSON value as text or bytes.
        partition_key
            For Kinesis, 1 to 256 characters; by default the target's own choice. Firehose has none.

        Returns
        -------
        bool
            True: it is buffered. False: the buffer is full, and the event was dropped (and counted, and handed to
            ``on_drop``).

        Raises
        ------
        InvalidEvent, EventTooLarge
            The event cannot be sent, whatever the state of the stream.
        ProducerClosed
            After ``close``.
        BufferFull
            There is no room, under ``FullPolicy.error()``.
        InvalidOption
            A partition key for a target without them.
        """
        return self._core.offer(event, partition_key) is True

    def put_many(self, events: Iterable[object]) -> int:
        """Put events one after another; return how many were buffered.

        A list or tuple costs less than half of as many calls of ``put``; an iterator is read event by event, so that
        none waits for the next. For Kinesis, keys are the target's own choice.

        An exception of ``put`` ends it; the events before that one stay put.
        """
        return self._core.put_many(events)

    def flush(self, timeout: float | str = 10.0) -> FlushResult:
        """Send everything put so far now, not waiting for size or linger, and wait until it is settled.

        Never raises for transport reasons. In a pause after failures it makes one attempt at once.

        Parameters
        ----------
        timeout
            Most seconds to wait; what is left then stays buffered.
        """
        return self._core.flush(seconds("timeout", timeout))

    def close(self, timeout: float | str = 10.0) -> FlushResult:
        """Take no more events, send the rest, and give up what is left after ``timeout`` seconds.

        What is given up is counted as dropped (``closed``) and handed to ``on_drop``; with a durable spool it stays
        there, and counts as ``spooled``. Closing again does nothing, and returns the same.
        """
        limit = seconds("timeout", timeout)
        self._core.begin_close()
        return self._core.finish_close(limit)

    def clear(self) -> int:
        """Drop what waits, on disk too, and count it as ``cleared``; what is in a request stays.

        Returns
        -------
        int
            How many events that were. ``on_drop`` is not called: the caller wants them gone.
        """
        return self._core.spool.clear()

    def disable(self) -> None:
        """Drop new events from now on: ``put`` returns False, and they count as ``disabled``.

        What is buffered is kept and sent. ``on_drop`` is not called.
        """
        self._core.spool.disable(True)

    def enable(self) -> None:
        """Take new events again."""
        self._core.spool.disable(False)

    def stats(self) -> Stats:
        """Read the counters at one moment; ``put + recovered == sent + pending + spooled + dropped``."""
        return self._core.spool.stats()

    @property
    def client(self) -> Any:
        """The boto3 client that this producer sends with; made now if it has not sent yet."""
        return self._core.client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
