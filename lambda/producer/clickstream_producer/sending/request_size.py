"""The request size: larger requests where more waits than one holds, and the time goes by in waiting for answers.

One request is under way at a time, so that events keep their order, an outage costs one connection, and a kill doubles
one request at most. What that costs on a long way is won back by the size (facts/peers.md#findings, finding 9: one
thread with large packed requests moves twice what eight with small ones do).
"""

from __future__ import annotations

from typing import Final

SLOW: Final = 0.01
"""Seconds of waiting for an answer, the process idle, from which larger requests are worth their memory."""

SLOW_WHILE_BUSY: Final = 0.06
"""The same where other threads work meanwhile: the sender then waits for the interpreter, too, again and again."""

TOO_SLOW: Final = 0.5
"""Seconds from which it is the bandwidth that is short: a larger request would only take longer, and be lost whole."""


class RequestSize:
    """Raw bytes of the next request; for the sender's thread.

    Parameters
    ----------
    ordinary, largest
        Raw bytes of a request; equal ones leave it fixed.

    Attributes
    ----------
    bytes
        What the next request may hold.
    """

    def __init__(self, ordinary: int, largest: int) -> None:
        self._ordinary = ordinary
        self._largest = largest
        self.bytes = ordinary

    def note_taken(self, size: int, waited: float, idle: float) -> None:
        """Learn from a request that was taken as a whole.

        Parameters
        ----------
        size
            Its raw bytes.
        waited
            Seconds in which the sender did not work.
        idle
            Seconds in which no thread of the process did.
        """
        if waited > TOO_SLOW or size <= self.bytes // 2:
            self.reset()
        elif idle >= SLOW or waited >= SLOW_WHILE_BUSY:
            self.bytes = min(2 * self.bytes, self._largest)

    def reset(self) -> None:
        """Go back to the ordinary size: what fails in small requests is less to send again."""
        self.bytes = self._ordinary
