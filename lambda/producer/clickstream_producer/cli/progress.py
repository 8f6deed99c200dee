"""A progress bar on a terminal; nothing elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import Final, TextIO

_INTERVAL: Final = 0.2
"""Seconds between two drawings."""

_BAR: Final = 24
"""Characters of the bar."""


class Progress:
    """Draws one line, over and over.

    Parameters
    ----------
    stream
        Where to, usually standard error. Nothing is drawn unless it is a terminal; None draws nothing at all.
    total
        Bytes to read; 0 when it is not known, then there is no bar and no time left.
    """

    def __init__(self, stream: TextIO | None, total: int) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._total = total
        self._begun = time.monotonic()
        self._next = self._begun + _INTERVAL

    def is_due(self) -> bool:
        """Whether it is time to draw again; cheap enough to ask for every event."""
        return self._stream is not None and time.monotonic() >= self._next

    def show(self, done: int, events: int) -> None:
        """Draw how many bytes are read and events are put."""
        if self._stream is not None:
            now = time.monotonic()
            self._next = now + _INTERVAL
            line = self._line(done, events, max(now - self._begun, 0.001))
            self._stream.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
            self._stream.flush()

    def clear(self) -> None:
        """Remove the line, so that something else can be printed."""
        if self._stream is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _line(self, done: int, events: int, seconds: float) -> str:
        text = f"{done / 1e6:,.1f} MB, {events:,} events, {events / seconds:,.0f}/s"
        if not self._total:
            return text
        share = min(1.0, done / self._total)
        left = int(seconds / share * (1 - share)) if share else 0
        bar = "#" * round(share * _BAR)
        return f"[{bar:<{_BAR}}] {share:4.0%} {text}, {left // 60}:{left % 60:02d} left"
