"""The producer: what an application calls."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from . import lifecycle
from .backoff import Backoff
from .duration import seconds
from .encoder import Encoder
from .errors import InvalidOption
from .full_policy import FullPolicy
from .hooks import Hooks, OnDrop, OnError
from .options import Options
from .packer import Packer
from .sender import Sender
from .spool import TAKEN, MemorySpool
from .stats import DropReason, FlushResult, Stats
from .target import Target

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
        Where to, such as ``FirehoseStream("clicks")``.
    events_per_record
        Most events in one record, 1 to 500. 1 leaves events unpacked, which a stream needs that partitions by an
        event's own field.
    record_bytes
        Size that a record of several events does not pass, up to 1,024,000 bytes.
    batch_bytes
        Raw size of a request, up to 4,194,304 bytes; as much waiting sends one.
    linger
        How long an event waits for company: seconds, or text such as ``"500ms"``.
    max_buffer_bytes
        Encoded bytes of all events not settled yet, at least 1 MiB.
    when_full
        What ``put`` does beyond it: ``FullPolicy.drop_newest()``, ``.drop_oldest()`` or ``.block(timeout)``.
    max_age
        Age at which an event is given up. The number of attempts never matters.
    retry_initial, retry_cap
        Bounds of the first wait after a failed request, and of every wait (exponential, full jitter).
    exit_timeout
        How long the interpreter's exit may wait for the rest. Several producers share one deadline, the longest.
    check_json
        Whether text and bytes are checked to be one JSON value.
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
        events_per_record: int = 500,
        record_bytes: int = 250_000,
        batch_bytes: int = 1_000_000,
        linger: float | str = 5.0,
        max_buffer_bytes: int = 16 * 1024 * 1024,
        when_full: FullPolicy = _DEFAULT_FULL,
        max_age: float | str = "1d",
        retry_initial: float | str = 0.1,
        retry_cap: float | str = 30.0,
        exit_timeout: float | str = 5.0,
        check_json: bool = True,
        on_drop: OnDrop | None = None,
        on_error: OnError | None = None,
    ) -> None:
        self._target = target
        self._options = Options.checked(
            events_per_record=events_per_record,
            record_bytes=record_bytes,
            batch_bytes=batch_bytes,
            linger=linger,
            max_buffer_bytes=max_buffer_bytes,
            when_full=when_full,
            max_age=max_age,
            retry_initial=retry_initial,
            retry_cap=retry_cap,
            exit_timeout=exit_timeout,
            check_json=check_json,
        )
        self._on_drop = on_drop
        self._on_error = on_error
        self._encode = Encoder(check_json=check_json).encode
        self._build()
        lifecycle.register(self)

    def put(self, event: object, *, partition_key: str | None = None) -> bool:
        """Encode an event and buffer it.

        Parameters
        ----------
        event
            A mapping or dataclass, or one JSON value as text or bytes.
        partition_key
            For targets that have partition keys; Firehose has none.

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
        InvalidOption
            A partition key for a target without them.
        """
        if partition_key is not None:
            raise InvalidOption(
                f"partition_key={partition_key!r}: stream {self._target.name} has no partition keys, leave it out"
            )
        data = self._encode(event)
        admission = self._spool.add(data)
        if not self._started:
            self._start()
        if admission is TAKEN:
            return True
        self._hooks.dropped(admission.evicted, DropReason.BUFFER_FULL)
        if not admission.taken:
            self._hooks.dropped_event(data, DropReason.BUFFER_FULL)
        return admission.taken

    def put_many(self, events: Iterable[object]) -> int:
        """Put events one after another; return how many were buffered.

        An exception of ``put`` ends it; the events before that one stay put.
        """
        return sum(map(self.put, events))

    def flush(self, timeout: float | str = 10.0) -> FlushResult:
        """Send everything put so far now, not waiting for size or linger, and wait until it is settled.

        Never raises for transport reasons. In a pause after failures it makes one attempt at once.

        Parameters
        ----------
        timeout
            Most seconds to wait; what is left then stays buffered.
        """
        return self._spool.flush(seconds("timeout", timeout))

    def close(self, timeout: float | str = 10.0) -> FlushResult:
        """Take no more events, send the rest, and give up what is left after ``timeout`` seconds.

        What is given up is counted as dropped (``closed``) and handed to ``on_drop``. Closing again does nothing, and
        returns the same.
        """
        self.begin_close()
        return self.finish_close(seconds("timeout", timeout))

    def stats(self) -> Stats:
        """Read the counters at one moment; ``put == sent + pending + dropped`` always holds."""
        return self._spool.stats()

    @property
    def client(self) -> Any:
        """The boto3 client that this producer sends with; made now if it has not sent yet."""
        return self._sender.connection.client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the life cycle of the process calls

    @property
    def exit_timeout(self) -> float:
        """Seconds that it wants at interpreter exit."""
        return self._options.exit_timeout

    def begin_close(self) -> None:
        """Take no more events and begin to send the rest, without waiting; ``close`` does this and waits."""
        self._spool.begin_close()

    def finish_close(self, timeout: float) -> FlushResult:
        """Wait for what :meth:`begin_close` began, at most so many seconds."""
        result, lost = self._spool.finish_close(timeout)
        self._hooks.dropped(lost, DropReason.CLOSED)
        lifecycle.note_closed(self)
        return result

    def restart_in_child(self) -> None:
        """Become empty and new in a forked child: the old locks may be held by threads that do not exist there."""
        self._build()

    def _build(self) -> None:
        options = self._options
        self._started = False
        self._spool = MemorySpool(
            Packer(options.events_per_record, options.record_bytes),
            batch_bytes=options.batch_bytes,
            linger=options.linger,
            max_bytes=options.max_buffer_bytes,
            when_full=options.when_full,
            max_age=options.max_age,
        )
        self._hooks = Hooks(self._target.name, self._on_drop, self._on_error)
        self._sender = Sender(self._target, self._spool, Backoff(options.retry_initial, options.retry_cap), self._hooks)

    def _start(self) -> None:
        self._sender.start()
        lifecycle.note_running(self)
        self._started = True
