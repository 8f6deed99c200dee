"""An exception between any two steps of the package's code, as one that a signal handler raises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from support.producer.faults import PACKAGE


class Interruption(BaseException):
    """Raised by a handler, as ``KeyboardInterrupt`` is: what is foreseen of a disk does not take it for its own."""


class Interruptions:
    """Raises once, at one step of those that the code of some rooms takes.

    Parameters
    ----------
    rooms
        Folders of the package.
    step
        Number of the step; what is interrupted is everything that runs in :meth:`run`.
    """

    def __init__(self, rooms: tuple[str, ...], step: int) -> None:
        self._rooms = tuple(f"{PACKAGE}/{room}/" for room in rooms)
        self._left = step
        self.raised = False

    def run(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function, and interrupt it if its turn has come; None then."""
        if self.raised:
            return call(*args, **kwargs)
        before = sys.gettrace()
        sys.settrace(self._entered)
        try:
            return call(*args, **kwargs)
        except Interruption:
            return None
        finally:
            sys.settrace(before)

    def _entered(self, frame: FrameType, event: str, arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(self._rooms):
            return None
        frame.f_trace_opcodes = True
        return self._stepped

    def _stepped(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "opcode" and not self.raised:
            self._left -= 1
            if self._left < 0:
                self.raised = True
                raise Interruption
        return self._stepped
