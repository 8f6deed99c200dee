"""Process life cycle: what happens to producers at exit, at a signal and in a forked child.

Importing this registers callbacks and does nothing else.
"""

from __future__ import annotations

import _thread
import atexit
import logging
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any, Final, Protocol

log = logging.getLogger("clickstream_producer")

_ENDINGS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Closable(Protocol):
    """What the process asks of the core of a producer."""

    @property
    def exit_timeout(self) -> float:
        """Seconds that it wants at exit."""

    @property
    def is_interrupted(self) -> bool:
        """Whether this is a signal handler that interrupts the work on it."""

    def flush(self, timeout: float) -> object:
        """Send what is here, and wait for it at most so long."""

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
_over = False
_previous: dict[int, Callable[[int, FrameType | None], Any] | int] = {}


def register(producer: Closable) -> None:
    """Note a producer, so that a forked child can restart it; keeps no reference."""
    _all.add(producer)


def track(producer: Closable) -> None:
    """Keep a producer until it is closed: it has events, even when the caller holds it no longer."""
    if producer in _running:
        return
    _running.add(producer)
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing"].parent_process() is not None:
        # A child of multiprocessing ends without the atexit callbacks, but runs these finalizers.
        util.Finalize(None, _at_exit, exitpriority=100)
        # A Pool that is left ends its children by SIGTERM, in good health.
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            handle_signals(signal.SIGTERM)


def untrack(producer: Closable) -> None:
    """Release a closed producer."""
    _running.discard(producer)


def is_over() -> bool:
    """Whether the exit of the interpreter has closed the producers."""
    return _over


def close_all() -> None:
    """Close every running producer within one deadline, the longest that one of them asks for.

    All begin before the first is waited for, so that a sick stream does not hold up the others.
    """
    producers = list(_running)
    for producer in producers:
        producer.close_async()
    for producer, timeout in _within_one_deadline(producers):
        producer.finish_close(timeout)


def handle_signals(*numbers: int) -> None:
    """Send the rest when a signal comes that ends the process, then do what would have been done without this."""
    if threading.current_thread() is not threading.main_thread():
        log.warning("handle_signals=True has no effect: a signal handler can only be set in the main thread")
        return
    for number in numbers or _ENDINGS:
        previous = signal.getsignal(number)
        # Ignored: it ends nothing. None: set by other code than Python's, and could not be called.
        if previous not in (_on_signal, signal.SIG_IGN, None):
            _previous[number] = previous
            signal.signal(number, _on_signal)


def _on_signal(number: int, frame: FrameType | None) -> None:
    producers = list(_running)
    if any(producer.is_interrupted for producer in producers):
        # What this interrupts has to go on first. Not threading.Thread: its locks may be interrupted, too.
        with suppress(RuntimeError):
            _thread.start_new_thread(_send_again, (number,))
            return
    previous = _previous.get(number, signal.SIG_DFL)
    if callable(previous):
        for producer in producers:
            producer.flush(0.0)
        for producer, timeout in _within_one_deadline(producers):
            producer.flush(timeout)
        previous(number, frame)
    else:
        close_all()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(128 + number)  # the first process of a container, which no signal of its own ends


def _send_again(number: int) -> None:
    time.sleep(0.01)
    os.kill(os.getpid(), number)


def _within_one_deadline(producers: list[Closable]) -> Iterator[tuple[Closable, float]]:
    deadline = time.monotonic() + max((producer.exit_timeout for producer in producers), default=0.0)
    for producer in producers:
        yield producer, max(0.0, deadline - time.monotonic())


def _at_exit() -> None:
    global _over  # noqa: PLW0603 - the process has one exit
    _over = True
    close_all()


def _restart_in_child() -> None:
    global _over  # noqa: PLW0603
    _over = False
    connecting.release()
    _running.clear()
    failed: Exception | None = None
    for producer in list(_all):
        try:
            producer.restart_in_child()
        except Exception as error:  # whatever it is, the others live on
            failed = error
    if failed is not None:
        raise failed  # the interpreter prints it


atexit.register(_at_exit)
os.register_at_fork(before=connecting.acquire, after_in_parent=connecting.release, after_in_child=_restart_in_child)
