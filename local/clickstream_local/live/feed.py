"""What happens in the runtime, as server-sent events for the live page."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import orjson

HISTORY = 100
"""Happenings of each kind, failed ones apart, that a page which is opened late still gets to see."""

_WAITING = 1000
_GATHER_SECONDS = 0.05
"""What happens within this time goes to each page as one write: a page costs its bytes, and little for each event."""

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
        self._recent: deque[bytes] = deque(maxlen=_WAITING)
        self._listeners = 0
        self._news = asyncio.Event()
        self._gathered: tuple[int, int, bytes] = (0, 0, b"")
        self._closing = asyncio.Event()

    def publish(self, kind: str, happening: dict[str, Any], *, failed: bool = False) -> None:
        """Send a happening to every open page; failed ones are remembered apart."""
        self._published += 1
        self._history[kind, failed].append((self._published, kind, happening))
        if self._listeners:  # usually no page is open, and each request is published
            self._recent.append(_event(kind, happening))
            self._news.set()

    async def listen(self) -> AsyncGenerator[bytes, None]:
        """Yield the history and what happens from now on, until the feed is closed."""
        history = sorted(chain(*self._history.values()), key=itemgetter(0))
        events = b"".join(_event(kind, happening) for _, kind, happening in history)
        position = self._published
        self._listeners += 1
        shown = None
        try:
            while True:
                state = _event("state", self._state())
                yield (b"" if state == shown else state) + events or b":\n\n"
                shown = state
                if self._closing.is_set() and position == self._published:
                    return
                # A comment keeps the connection known to be alive; a client that has gone is noticed by it.
                await self._wait()
                events = self._since(position)
                position = self._published
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._recent.clear()

    def close(self) -> None:
        """End all streams, after what has happened was sent."""
        self._closing.set()
        self._news.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_TICK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return
        try:
            async with asyncio.timeout(_GATHER_SECONDS):
                await self._closing.wait()
        except TimeoutError:
            self._news.clear()

    def _since(self, position: int) -> bytes:
        """The events after a number, as far as they are kept; made once for all pages that are as far as each other."""
        if self._gathered[:2] != (position, self._published):
            count = min(self._published - position, len(self._recent))
            events = b"".join(islice(self._recent, len(self._recent) - count, None))
            self._gathered = (position, self._published, events)
        return self._gathered[2]


def _event(kind: str, data: dict[str, Any]) -> bytes:
    try:
        document = orjson.dumps(data)
    except TypeError:  # half of a surrogate pair, in a reason
        document = json.dumps(data).encode()
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), document)
