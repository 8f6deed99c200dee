"""The record: what one entry of a PutRecordBatch carries, and the unit of retry and of loss."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Record:
    """Events packed for one entry of a request.

    Attributes
    ----------
    data
        The events, each ended by a newline; no event has a raw newline inside.
    events
        How many there are.
    created
        When the first of them was put, on the monotonic clock, in seconds. Age and linger count from here.
    number
        Position in the order of the puts, given by the spool.
    """

    data: bytes
    events: int
    created: float
    number: int = 0

    def split(self) -> list[bytes]:
        """Give the events back, one by one, without their newlines."""
        return self.data[:-1].split(b"\n")
