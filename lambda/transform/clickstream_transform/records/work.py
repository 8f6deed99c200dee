"""Counted work: what one event may cost, so that it can only ever cost itself.

Counted, not timed: an event that is replayed gets the same verdict.
"""

from __future__ import annotations

from clickstream_transform.errors import EventRejectedError, Reason

MAX_EVENT_STEPS = 100_000
"""Steps of one event: 1 for each value and name that is looked at, ``CHANGE_STEPS`` more for each that is changed."""

MAX_RECORD_STEPS = 1_000_000
"""Steps of one record's events together; beyond it, each event still has ``SMALL_EVENT_STEPS``."""

SMALL_EVENT_STEPS = 2_000
CHANGE_STEPS = 10

_TOO_COSTLY = Reason("", "too_costly", "the event has too many values to look through, or too many to change")


class Work:
    """Counts the steps of a record's events."""

    __slots__ = ("_event", "_left")

    def __init__(self) -> None:
        self._left = MAX_RECORD_STEPS
        self._event = 0

    def begin_event(self) -> None:
        """Begin an event, with what it may cost."""
        self._event = min(MAX_EVENT_STEPS, max(self._left, SMALL_EVENT_STEPS))

    def spend(self, steps: int) -> None:
        """Count steps of the event.

        Raises
        ------
        EventRejectedError
            The event costs too much; its neighbours go on.
        """
        self._left -= steps
        self._event -= steps
        if self._event < 0:
            raise EventRejectedError([_TOO_COSTLY])
