"""What the synchronous and the asyncio producer share: encoder, buffer and sender of one stream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from clickstream_producer import _lifecycle as lifecycle
from clickstream_producer._duration import seconds
from clickstream_producer.buffer.event_buffer import EventBuffer
from clickstream_producer.buffer.put_result import TAKEN, WOULD_WAIT, PutResult
from clickstream_producer.buffer.signal_lock import Interrupted
from clickstream_producer.encoding.encoder import Encoder
from clickstream_producer.errors import ProducerClosed
from clickstream_producer.options import Options
from clickstream_producer.sending.callbacks import Callbacks
from clickstream_producer.sending.sender import Sender
from clickstream_producer.spool.disk_spool import DiskSpool
from clickstream_producer.stats import DropReason, FlushResult

CHUNK: Final = 256
"""Events of a list that are put at a time."""


class Core:
    """One stream's pipeline, and its place in the life of the process."""

    def __init__(self, options: Options) -> None:
        options.target.check()
        self._options = options
        self._target = options.target
        self._takes_key_from_event = options.target.takes_key_from_event
        encoder = Encoder(check_json=options.check_json)
        self.encode = encoder.encode
        self._are_encoded = encoder.are_encoded
        self.started = False
        if options.spool is not None:
            DiskSpool(options.spool, self._target.spool_name).check()
        self._build()
        lifecycle.register(self)
        if options.handle_signals:
            lifecycle.handle_signals()

    def put(self, event: object, partition_key: str | None, *, wait: bool = True) -> bool | None:
        """Encode and buffer an event; the meaning is documented at :class:`~clickstream_producer.Producer`.

        None comes only without ``wait``: room or the disk would have to be waited for, and nothing was done.
        """
        if not wait and not self.started and self._options.spool is not None:
            return None
        key = None
        if partition_key is not None or self._takes_key_from_event:
            key = self._target.partition_key_of(event, partition_key)
        data = self.encode(event)
        if not self.started:
            self._start_to_put()  # before add, which may wait for room that only the sender makes
        result = self.buffer.add(data, key, wait)
        if result is TAKEN:
            return True
        return None if result is WOULD_WAIT else self._report(result, data)

    def put_many(self, events: Iterable[object]) -> int:
        """Put events one after another; give back how many were taken."""
        if isinstance(events, list | tuple) and not self._takes_key_from_event:
            return sum([self._put_chunk(events[start : start + CHUNK]) for start in range(0, len(events), CHUNK)])
        return sum([self.put(event, None) is True for event in events])

    def flush(self, timeout: float | str) -> FlushResult:
        """Send what is here, and wait until it is settled."""
        limit = seconds("timeout", timeout)
        self.start()
        try:
            if self.started or self.buffer.flush(0.0).complete:
                return self.buffer.flush(limit)
            self._sender.drain(limit)
            return self.buffer.flush(0.0)
        except Interrupted:
            return self.buffer.snapshot()

    def clear(self) -> int:
        """Drop what waits; give back how many events that were."""
        try:
            return self.buffer.clear()
        except Interrupted:
            return 0

    def disable(self, disabled: bool) -> None:
        """Drop new events from now on, or take them again."""
        with suppress(Interrupted):
            self.buffer.disable(disabled)

    def close(self, timeout: float | str) -> FlushResult:
        """Take no more events, send the rest, and give up what is left then."""
        limit = seconds("timeout", timeout)
        self.close_async()
        return self.finish_close(limit)

    def start(self) -> None:
        """Start the sender's thread, once; where that cannot be, flush and close send in their own thread."""
        if not self.started:
            lifecycle.track(self)
            self.started = self._sender.start()

    def _start_to_put(self) -> None:
        if lifecycle.is_over():
            raise ProducerClosed("put at the exit of the interpreter: what is put now would not be sent any more")
        self.start()

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._sender.connection.client

    # What the life cycle of the process calls

    @property
    def is_interrupted(self) -> bool:
        """Whether this is a signal handler that interrupts the work on this producer."""
        return self.buffer.is_interrupted

    @property
    def exit_timeout(self) -> float:
        """Seconds that it wants at interpreter exit."""
        return self._options.exit_timeout

    def close_async(self) -> None:
        """Take no more events and begin to send the rest, without waiting."""
        if self._options.spool is not None:
            self.start()  # there may be events of a dead process to send
        with suppress(Interrupted):
            self.buffer.close_async()

    def finish_close(self, timeout: float) -> FlushResult:
        """Wait for what :meth:`close_async` began, at most so many seconds."""
        try:
            if not self.started:
                self._sender.drain(timeout)
                timeout = 0.0
            result, lost = self.buffer.finish_close(timeout)
        except Interrupted:
            return self.buffer.snapshot()  # the exit of the interpreter does the rest
        self._callbacks.dropped(lost, DropReason.CLOSED)
        lifecycle.untrack(self)
        return result

    def restart_in_child(self) -> None:
        """Become empty and new in a forked child: the old locks may be held by threads that do not exist there."""
        try:
            self.buffer.abandon()
        finally:
            self._build()

    def _build(self) -> None:
        options = self._options
        self.started = False
        disk = None if options.spool is None else DiskSpool(options.spool, self._target.spool_name)
        self.buffer = EventBuffer(options, disk)
        self._callbacks = Callbacks(self._target.name, options.on_drop, options.on_error)
        self._sender = Sender(options, self.buffer, self._callbacks)

    def _put_chunk(self, events: Sequence[object]) -> int:
        # All under one lock: taking it costs more than all the rest of the work on a small event. Nothing may come
        # late, so that only events that are here already can be put like this, not those of a generator.
        encoded: list[bytes] = []
        try:
            if self._are_encoded(events):
                encoded.extend(events)  # type: ignore[arg-type] # all are bytes
            else:
                encoded.extend(map(self.encode, events))
        finally:
            # Those before an invalid one are in the list, and are put.
            taken = 0
            if encoded and not self.started:
                self._start_to_put()
            while encoded:
                count = self.buffer.add_fast_path(encoded)
                taken += count
                del encoded[:count]
                if encoded:
                    data = encoded.pop(0)
                    result = self.buffer.add(data)
                    taken += result is TAKEN or self._report(result, data)
        return taken

    def _report(self, result: PutResult, data: bytes) -> bool:
        # The callbacks are told without the lock.
        self._callbacks.dropped(result.evicted, DropReason.BUFFER_FULL)
        if not result.taken and result.reason is not DropReason.DISABLED:
            self._callbacks.dropped_event(data, result.reason)
        return result.taken
