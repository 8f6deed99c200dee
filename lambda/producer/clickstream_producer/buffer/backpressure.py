"""Back-pressure: a loop that puts faster than a healthy stream takes is slowed down before it has filled the buffer.

The buffer is for a stream that fails. While it answers, what waits beyond a few requests is sent no sooner and only
costs memory: in a loop without pause, all that the buffer may hold.
"""

from __future__ import annotations

from typing import Final

from clickstream_producer.options import MIN_BUFFER_BYTES

REQUESTS: Final = 4
"""Ordinary requests whose events may be here; of larger ones it is two: one is under way while the next is filled.
When a quarter of that is gone, ``put`` goes on."""

PATIENCE: Final = 1.0
"""Seconds within which a stream that keeps up answers, and most seconds that ``put`` waits for one."""


class Pressure:
    """Says when ``put`` waits although there is room; used under the spool's lock.

    Parameters
    ----------
    batch_bytes
        Raw bytes of a request of the ordinary size.

    Attributes
    ----------
    keeps_up
        Whether the stream took the last request whole and soon; supposed until it is known.
    """

    def __init__(self, batch_bytes: int) -> None:
        self._least = max(REQUESTS * batch_bytes, MIN_BUFFER_BYTES)
        self._high = self._least
        self._began = 0.0
        self.keeps_up = True

    def note_request(self, max_bytes: int, now: float) -> None:
        """A request begins, of at most so many bytes."""
        self._high = max(self._least, 2 * max_bytes)
        self._began = now

    def note_answer(self, *, whole: bool, now: float) -> None:
        """It was answered; ``whole`` when nothing of it failed."""
        self.keeps_up = whole and now - self._began <= PATIENCE

    def exceeded(self, waiting: int) -> bool:
        """Say whether so many bytes are more than the stream needs to be kept busy."""
        return self.keeps_up and waiting >= self._high

    def eased(self, waiting: int) -> bool:
        """Say whether ``put`` may go on."""
        return not self.keeps_up or waiting <= self._high * 3 // 4
