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

MAX_WAIT: Final = 1.0
"""Seconds within which a stream that drains the buffer answers, and most seconds that ``put`` waits for one."""


class Backpressure:
    """Says when ``put`` waits although there is room; used under the buffer's lock.

    Parameters
    ----------
    batch_bytes
        Raw bytes of a request of the ordinary size.

    Attributes
    ----------
    is_draining
        Whether the stream took the last request whole and soon; supposed until it is known.
    """

    def __init__(self, batch_bytes: int) -> None:
        self._least = max(REQUESTS * batch_bytes, MIN_BUFFER_BYTES)
        self._high = self._least
        self._began = 0.0
        self.is_draining = True

    def request_began(self, max_bytes: int, now: float) -> None:
        """Note a request of at most so many bytes."""
        self._high = max(self._least, 2 * max_bytes)
        self._began = now

    def request_ended(self, *, whole: bool, now: float) -> None:
        """Note its answer; ``whole`` when nothing of it failed."""
        self.is_draining = whole and now - self._began <= MAX_WAIT

    def is_exceeded(self, held_bytes: int) -> bool:
        """Whether so many bytes are more than the stream needs to be kept busy."""
        return self.is_draining and held_bytes >= self._high

    def is_eased(self, held_bytes: int) -> bool:
        """Whether ``put`` may go on."""
        return not self.is_draining or held_bytes <= self._high * 3 // 4
