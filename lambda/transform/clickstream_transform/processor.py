"""What the harness asks of the code that turns events into rows."""

from __future__ import annotations

from typing import Any, Protocol

from .envelope import Envelope


class Batch(Protocol):
    """One invocation's work. ``deduplicated`` counts the events that were left out as copies."""

    deduplicated: int

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The rows of one event: JSON lines, each ended by a newline; None where the event gives no row.

        Raises:
            EventRejectedError: the event cannot become a row. Any other exception rejects the event too.
        """


class Processor(Protocol):
    """Turns events into rows; made once, used by every invocation of a warm function."""

    def begin(self) -> Batch:
        """Begin an invocation."""
