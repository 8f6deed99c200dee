"""Raises where a function of the local runtime begins or goes on; finds the functions by itself."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import clickstream_local

PACKAGE = Path(clickstream_local.__file__).parent


class InjectedError(Exception):
    """No code expects it."""


class Point(NamedTuple):
    """The n-th time that a function is called, or a coroutine goes on."""

    function: str
    count: int

    def __str__(self) -> str:
        return f"{self.function} [{self.count}]"


class Faults:
    """Counts the functions of some rooms that run, and raises at a point.

    Attributes
    ----------
    seen
        How often each function began or went on.
    raised
        Whether the point came.
    """

    def __init__(self, *rooms: str) -> None:
        self._folders = tuple(str(PACKAGE / room) for room in rooms)
        self._point: Point | None = None
        self.seen: Counter[str] = Counter()
        self.raised = False

    @contextmanager
    def at(self, point: Point | None) -> Iterator[None]:
        """Raise once at ``point``, or only count."""
        self._point, self.raised = point, False
        self.seen.clear()
        before = sys.gettrace()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(before)
            threading.settrace(None)

    def _trace(self, frame: FrameType, kind: str, _: object) -> None:
        code = frame.f_code
        if kind != "call" or not code.co_filename.startswith(self._folders):
            return
        function = f"{Path(code.co_filename).relative_to(PACKAGE)}:{code.co_qualname}"
        self.seen[function] += 1
        if self._point == (function, self.seen[function]) and not self.raised:
            self.raised = True
            # Raised here, it comes up in the function that was called; tracing would end with it.
            raise InjectedError(function)
