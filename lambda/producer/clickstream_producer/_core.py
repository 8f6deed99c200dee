"""What the synchronous and the asyncio producer share: encoder, spool and sender of one stream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from clickstream_producer import _lifecycle as lifecycle
from clickstream_producer.buffer.event_buffer import Spool
from clickstream_producer.buffer.put_result import TAKEN, WOULD_WAIT, Admission
from clickstream_producer.encoding.encoder import Encoder
from clickstream_producer.options import OnDrop, OnError, Options
from clickstream_producer.sending.backoff import Backoff
from clickstream_producer.sending.callbacks import Hooks
from clickstream_producer.sending.request_size import RequestSize
from clickstream_producer.sending.sender import Sender
from clickstream_producer.spool.disk_spool import Journal
from clickstream_producer.stats import DropReason, FlushResult
from clickstream_producer.targets.target import Target

CHUNK: Final = 256
"""Events of a list that are put at a time."""


class Core:
    """One stream's pipeline, and its place in the life of the process.

    Parameters
    ----------
    target
        Where to.
    options
        Checked ones.
    on_drop, on_error
        The caller's hooks.
    """

    def __init__(self, target: Target, options: Options, on_drop: OnDrop | None, on_error: OnError | None) -> None:
        self._target = target
        self._options = options
        self._on_drop = on_drop
        self._on_error = on_error
        self._keys_from_events = target.keys_from_events
        encoder = Encoder(check_json=options.check_json)
        self.encode = encoder.encode
        self._are_encoded = encoder.are_encoded
        self.started = False
        self._build()
        lifecycle.register(self)

    def offer(self, event: object, partition_key: str | None, *, wait: bool = True) -> bool | None:
        """Encode and buffer an event; the meaning is documented at :class:`~clickstream_producer.Producer`.

        None comes only without ``wait``: room or the disk would have to be waited for, and nothing was done.
        """
        if not wait and not self.started and self._options.spool is not None:
            return None
        key = None
        if partition_key is not None or self._keys_from_events:
            key = self._target.key_of(event, partition_key)
        data = self.encode(event)
        if not self.started:
            self.start()  # before add, which may wait for room that only the sender makes
        admission = self.spool.add(data, key, wait=wait)
        if admission is TAKEN:
            return True
        return None if admission is WOULD_WAIT else self._note(admission, data)

    def put_many(self, events: Iterable[object]) -> int:
        """Put events one after another; give back how many were taken."""
        if isinstance(events, list | tuple) and not self._keys_from_events:
            return sum([self._put_chunk(events[start : start + CHUNK]) for start in range(0, len(events), CHUNK)])
        if self._keys_from_events:
            return sum([self.offer(event, None) is True for event in events])
        taken = 0
        for event in events:
            data = self.encode(event)
            if not self.started:
                self.start()
            admission = self.spool.add(data)
            taken += admission is TAKEN or self._note(admission, data)
        return taken

    def flush(self, timeout: float) -> FlushResult:
        """Send what is here, and wait until it is settled."""
        self.start()
        return self.spool.flush(timeout)

    def start(self) -> None:
        """Start the sender's thread, once."""
        if not self.started:
            self._sender.start()
            lifecycle.note_running(self)
            self.started = True

    @property
    def client(self) -> Any:
        """The boto3 client."""
        return self._sender.connection.client

    # What the life cycle of the process calls

    @property
    def exit_timeout(self) -> float:
        """Seconds that it wants at interpreter exit."""
        return self._options.exit_timeout

    def begin_close(self) -> None:
        """Take no more events and begin to send the rest, without waiting."""
        if self._options.spool is not None:
            self.start()  # there may be events of a dead process to send
        self.spool.begin_close()

    def finish_close(self, timeout: float) -> FlushResult:
        """Wait for what :meth:`begin_close` began, at most so many seconds."""
        result, lost = self.spool.finish_close(timeout)
        self._hooks.dropped(lost, DropReason.CLOSED)
        lifecycle.note_closed(self)
        return result

    def restart_in_child(self) -> None:
        """Become empty and new in a forked child: the old locks may be held by threads that do not exist there."""
        self.spool.abandon()
        self._build()

    def _build(self) -> None:
        options = self._options
        self.started = False
        journal = None if options.spool is None else Journal(options.spool, self._target.spool_name)
        self.spool = Spool(options, journal)
        self._hooks = Hooks(self._target.name, self._on_drop, self._on_error)
        self._sender: Sender = Sender(
            self._target,
            self.spool,
            RequestSize(options.batch_bytes, options.max_batch_bytes),
            Backoff(options.retry_initial, options.retry_cap, options.retry_growth),
            self._hooks,
        )

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
                self.start()
            while encoded:
                easy = self.spool.add_easy(encoded)
                taken += easy
                del encoded[:easy]
                if encoded:
                    data = encoded.pop(0)
                    admission = self.spool.add(data)
                    taken += admission is TAKEN or self._note(admission, data)
        return taken

    def _note(self, admission: Admission, data: bytes) -> bool:
        # The hooks are told without the lock.
        if admission.error is not None:
            self._hooks.failed(admission.error)
        self._hooks.dropped(admission.evicted, DropReason.BUFFER_FULL)
        if not admission.taken and admission.reason is not DropReason.DISABLED:
            self._hooks.dropped_event(data, admission.reason)
        return admission.taken
