"""What became of an event that was put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clickstream_producer.spool.record import Record
from clickstream_producer.stats import DropReason


@dataclass(frozen=True, slots=True)
class PutResult:
    """Whether an event was taken, and what ``on_drop`` has to be told.

    Attributes
    ----------
    taken
        Whether it is buffered.
    evicted
        Older records that were dropped to make room.
    reason
        Why it was not taken.
    """

    taken: bool
    evicted: tuple[Record, ...] = ()
    reason: DropReason = DropReason.BUFFER_FULL


TAKEN: Final = PutResult(True)
"""The usual case: taken, and nothing dropped."""

REFUSED: Final = PutResult(False)
"""No room."""

DISABLED: Final = PutResult(False, reason=DropReason.DISABLED)
"""The producer is disabled."""

WOULD_WAIT: Final = PutResult(False)
"""No room now, and the caller does not want to wait for it: nothing was done."""
