"""A lock that a signal handler may ask for while the code that it interrupts holds it, and changes none can cut in two.

Python runs a handler in the main thread, between any two steps of what runs there. Another lock would then wait for
ever for the very frame that waits for the handler; and a handler that raises ends what it interrupts half done.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from itertools import starmap
from operator import call
from types import FrameType, TracebackType
from typing import Any, Final

LOOK_AFTER: Final = 0.5
"""Seconds after which it is looked for the holder: twice without one, and the lock is free."""


Step = tuple[Any, ...]
"""A function of C code, and its arguments."""


def at_once(*steps: Step) -> None:
    """Take all steps or none: no handler runs while C code does, which this is from the first step to the last.

    Source: https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers
    """
    deque(starmap(call, steps), maxlen=0)


class Interrupted(Exception):  # noqa: N818 - it says what is so; nobody but the package sees it
    """The lock is held by the code that this signal handler interrupts."""


class SignalLock:
    """Used by the code of one file; ``with`` raises :class:`Interrupted` where waiting would be for ever.

    An exception of a handler, such as ``KeyboardInterrupt``, may come right after the lock was acquired, or right
    before it is released, and leave it acquired for good. Whoever waits finds that nobody is at work, and takes it.

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
        if self.is_held_below():
            raise Interrupted
        without_holder = 0
        while not self.lock.acquire(timeout=LOOK_AFTER):
            without_holder = 0 if self._is_held() else without_holder + 1
            if without_holder == 2:
                return  # it is acquired already, by nobody

    def is_held_below(self) -> bool:
        """Whether the lock may be held by code that this call, of a signal handler, interrupts."""
        if not self.lock.locked() or threading.get_ident() != threading.main_thread().ident:
            return False
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename in (self._file, __file__):
            frame = frame.f_back  # of this call
        while frame is not None:
            if frame.f_code.co_filename == self._file:
                return True
            frame = frame.f_back
        return False

    def _is_held(self) -> bool:
        """Whether a thread is at work in the file, and does not wait there itself."""
        for top in sys._current_frames().values():
            frame: FrameType | None = top
            if top.f_code.co_filename in (__file__, threading.__file__):
                continue
            while frame is not None:
                if frame.f_code.co_filename == self._file:
                    return True
                frame = frame.f_back
        return False

    def __enter__(self) -> None:
        if not self.lock.acquire(blocking=False):
            self.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock.release()
