"""What happens in the runtime, as server-sent events for the live page."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from itertools import chain
from operator import itemgetter
from typing import Any

HISTORY = 100
"""Happenings of each kind, failed ones apart, that a page which is opened late still gets to see."""

_WAITING = 1000
_TICK_SECONDS = 0.5


FeedEntry = tuple[int, str, dict[str, Any]]
"""A happening: its number, its kind, and its members."""


class Feed:
    """Hands happenings to all who listen, as server-sent events.

    A listener that reads too slowly misses the oldest ones; nothing waits for it. All of it is used in the event loop's
    thread.

    Parameters
    ----------
    state:
        Gives the streams' counts; they are sent whenever they have changed.
    """

    def __init__(self, state: Callable[[], dict[str, Any]]) -> None:
        self._state = state
        # Each kind for itself: what happens often must not push out what happens rarely.
        self._history: defaultdict[tuple[str, bool], deque[FeedEntry]] = defaultdict(lambda: deque(maxlen=HISTORY))
        self._published = 0
        self._subscribers: set[_Subscriber] = set()
        self._closed = False

    def publish(self, kind: str, happening: dict[str, Any], *, failed: bool = False) -> None:
        """Send a happening to every open page; failed ones are remembered apart."""
        self._published += 1
        self._history[kind, failed].append((self._published, kind, happening))
        if self._subscribers:  # usually no page is open, and each request is published
            event = _event(kind, happening)
            for subscriber in self._subscribers:
                subscriber.add(event)

    async def listen(self) -> AsyncGenerator[bytes, None]:
        """Yield the history and what happens from now on, until the feed is closed."""
        subscriber = _Subscriber()
        history = sorted(chain(*self._history.values()), key=itemgetter(0))
        subscriber.waiting.extend(_event(kind, happening) for _, kind, happening in history)
        self._subscribers.add(subscriber)
        shown = None
        try:
            while True:
                state = _event("state", self._state())
                if state != shown:
                    shown = state
                    yield state
                while subscriber.waiting:
                    yield subscriber.waiting.popleft()
                if self._closed:
                    return
                # A comment keeps the connection known to be alive; a client that has gone is noticed by it.
                if not await subscriber.wait(_TICK_SECONDS):
                    yield b":\n\n"
        finally:
            self._subscribers.discard(subscriber)

    def close(self) -> None:
        """End all streams, after what has happened was sent."""
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.wake()


class _Subscriber:
    """One open page, and the events that it has not got yet."""

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._news = asyncio.Event()

    def add(self, event: bytes) -> None:
        self.waiting.append(event)
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for news; whether there are any."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


def _event(kind: str, data: dict[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
