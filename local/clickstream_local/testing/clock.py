"""Time that a test can move on: the clock, and an event loop whose timers go by it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")


class Clock:
    """Epoch seconds that run on as always, and jump when they are moved.

    Parameters
    ----------
    start
        What it shows at first; by default the real time.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._from_real = 0.0 if start is None else start.timestamp() - time.time()
        self.moved = 0.0

    def __call__(self) -> float:
        """Epoch seconds."""
        return time.time() + self._from_real + self.moved


class LoopThread:
    """An event loop in a thread of its own; its timers go by a :class:`Clock`."""

    def __init__(self, clock: Clock) -> None:
        self._loop = _MovedLoop(clock)
        self._thread = threading.Thread(target=self._loop.run_forever, name="local pipeline", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for what it returns or raises."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    def close(self) -> None:
        """End loop and thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _MovedLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        self._moving_clock = clock
        super().__init__()

    def time(self) -> float:
        return super().time() + self._moving_clock.moved
