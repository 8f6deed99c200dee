"""The producer for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from types import TracebackType
from typing import Any, Self

from clickstream_producer._core import CHUNK, Core
from clickstream_producer.options import Options, takes
from clickstream_producer.stats import FlushResult, Stats


class AsyncProducer:
    """:class:`~clickstream_producer.Producer` with verbs to await: nothing here stops the event loop.

    Requests are sent by the same thread as there; ``put`` only waits when the buffer is full under
    ``FullPolicy.block``, and the first one while a durable spool is opened.

    ``on_drop`` and ``on_error`` are plain functions, called from other threads.
    """

    @takes(Options)
    def __init__(self, options: Options) -> None:
        self._core = Core(options)

    async def put(self, event: object, *, partition_key: str | None = None) -> bool:
        """Encode an event and buffer it, as ``Producer.put`` does; waits for room without stopping the event loop."""
        taken = self._core.put(event, partition_key, wait=False)
        if taken is None:
            taken = await asyncio.to_thread(self._core.put, event, partition_key)
        return taken is True

    async def put_many(self, events: Iterable[object] | AsyncIterable[object]) -> int:
        """Put events one after another, from an asynchronous iterator too; return how many were buffered."""
        taken = 0
        if isinstance(events, AsyncIterable):
            async for event in events:
                taken += await self.put(event)
        else:
            for number, event in enumerate(events, 1):
                taken += await self.put(event)
                if number % CHUNK == 0:
                    await asyncio.sleep(0)  # others have their turn, even if no event had to wait
        return taken

    async def flush(self, timeout: float | str = 10.0) -> FlushResult:
        """Send everything put so far now, and wait until it is settled, at most ``timeout``."""
        return await asyncio.to_thread(self._core.flush, timeout)

    async def close(self, timeout: float | str = 10.0) -> FlushResult:
        """Take no more events, send the rest, and give up what is left after ``timeout``."""
        return await asyncio.to_thread(self._core.close, timeout)

    async def clear(self) -> int:
        """Drop what waits; return how many events that were."""
        return await asyncio.to_thread(self._core.clear)

    def disable(self) -> None:
        """Drop new events from now on."""
        self._core.disable(True)

    def enable(self) -> None:
        """Take new events again."""
        self._core.disable(False)

    def stats(self) -> Stats:
        """Read the counters at one moment."""
        return self._core.buffer.stats()

    @property
    def client(self) -> Any:
        """The boto3 client that this producer sends with; made now, in this thread, if it has not sent yet."""
        return self._core.client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
