"""Process life cycle: what happens to producers at exit and in a forked child.

Importing this registers callbacks and does nothing else.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from typing import Protocol


class Closable(Protocol):
    """What the process asks of the core of a producer."""

    @property
    def exit_timeout(self) -> float:
        """Seconds that it wants at exit."""

    def close_async(self) -> None:
        """Take no more events and begin to send the rest, without waiting."""

    def finish_close(self, timeout: float) -> object:
        """Wait for the rest at most so long."""

    def restart_in_child(self) -> None:
        """Become empty and new, in a forked child."""


connecting = threading.RLock()
"""Held while a client is made, and while the process forks: what the SDK imports and caches must not be copied into a
child half done, where nobody would finish it."""

_all: weakref.WeakSet[Closable] = weakref.WeakSet()
_running: set[Closable] = set()


def register(producer: Closable) -> None:
    """Note a producer, so that a forked child can restart it; keeps no reference."""
    _all.add(producer)


def track(producer: Closable) -> None:
    """Keep a producer until it is closed: it has events, even when the caller holds it no longer."""
    _running.add(producer)
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing"].parent_process() is not None:
        # A child of multiprocessing ends without the atexit callbacks, but runs these finalizers.
        util.Finalize(None, close_all, exitpriority=100)


def untrack(producer: Closable) -> None:
    """Release a closed producer."""
    _running.discard(producer)


def close_all() -> None:
    """Close every running producer within one deadline, the longest that one of them asks for.

    All begin before the first is waited for, so that a sick stream does not hold up the others.
    """
    producers = list(_running)
    for producer in producers:
        producer.close_async()
    deadline = time.monotonic() + max((producer.exit_timeout for producer in producers), default=0.0)
    for producer in producers:
        producer.finish_close(max(0.0, deadline - time.monotonic()))


def _restart_in_child() -> None:
    connecting.release()
    _running.clear()
    for producer in list(_all):
        producer.restart_in_child()


atexit.register(close_all)
os.register_at_fork(before=connecting.acquire, after_in_parent=connecting.release, after_in_child=_restart_in_child)
