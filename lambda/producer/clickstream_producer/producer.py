"""The producer: what an application calls."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from clickstream_producer._core import Core
from clickstream_producer.options import Options, takes
from clickstream_producer.stats import FlushResult, Stats


class Producer:
    """Sends events to one stream, from a thread of its own.

    ``put`` encodes and buffers; it never does input or output, so the caller never waits for the network. The thread
    is started by the first event and is a daemon; at interpreter exit what is left gets ``exit_timeout`` seconds. After
    a fork the child's producer is empty and new: events put before the fork are the parent's, and sent once, by the
    parent. It may be used from any number of threads. Delivery is at least once: when an answer is lost, its request is
    sent again, and the copies have equal ``event_id``.
    """

    @takes(Options)
    def __init__(self, options: Options) -> None:
        self._core = Core(options)

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
        return self._core.put(event, partition_key) is True

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
        return self._core.flush(timeout)

    def close(self, timeout: float | str = 10.0) -> FlushResult:
        """Take no more events, send the rest, and give up what is left after ``timeout`` seconds.

        What is given up is counted as dropped (``closed``) and handed to ``on_drop``; with a durable spool it stays
        there, and counts as ``spooled``. Closing again does nothing, and returns the same.
        """
        return self._core.close(timeout)

    def clear(self) -> int:
        """Drop what waits, on disk too, and count it as ``cleared``; what is in a request stays.

        Returns
        -------
        int
            How many events that were. ``on_drop`` is not called: the caller wants them gone.
        """
        return self._core.clear()

    def disable(self) -> None:
        """Drop new events from now on: ``put`` returns False, and they count as ``disabled``.

        What is buffered is kept and sent. ``on_drop`` is not called.
        """
        self._core.disable(True)

    def enable(self) -> None:
        """Take new events again."""
        self._core.disable(False)

    def stats(self) -> Stats:
        """Read the counters at one moment; ``put + recovered == sent + pending + spooled + dropped``."""
        return self._core.buffer.stats()

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
