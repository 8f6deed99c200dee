"""A lock that a signal handler may ask for while the code that it interrupts holds it.

Python runs a handler in the main thread, between any two steps of what runs there. Another lock would then wait for
ever for the very frame that waits for the handler.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Final

MAX_WAIT: Final = 60.0
"""Seconds after which a lock is not waited for any more: an exception of a handler has left its holder, unreleased."""


class Interrupted(Exception):  # noqa: N818 - it says what is so; nobody but the package sees it
    """The lock is held by the code that this signal handler interrupts."""


class SignalLock:
    """Used by the code of one file; ``with`` raises :class:`Interrupted` where waiting would be for ever.

    Parameters
    ----------
    file
        ``__file__`` of the code that uses it.

    Attributes
    ----------
    lock
        The lock itself, for conditions, and for code that has no time for ``with``.
    """

    def __init__(self, file: str) -> None:
        self.lock = threading.Lock()
        self._file = file

    def wait(self) -> None:
        """Acquire the lock, which is not free just now."""
        if self.is_held_below() or not self.lock.acquire(timeout=MAX_WAIT):
            raise Interrupted

    def is_held_below(self) -> bool:
        """Whether the lock may be held by code that this call, of a signal handler, interrupts."""
        if not self.lock.locked() or threading.get_ident() != threading.main_thread().ident:
            return False
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename in (self._file, __file__):
            frame = frame.f_back  # type: ignore[assignment] # of this call
        while frame is not None:
            if frame.f_code.co_filename == self._file:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def __enter__(self) -> None:
        if not self.lock.acquire(blocking=False):
            self.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock.release()
