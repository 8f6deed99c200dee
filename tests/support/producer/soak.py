"""How long the tests of the correctness goals are: short in `make test`, as the goals say in `make soak`.

The goals are C1 to C9 of facts/goals.md#producer. A test notes what it did by the fixture ``tally``; `make soak` makes
a report of the notes.
"""

from __future__ import annotations

import os
from typing import Final, Protocol

FULL: Final = bool(os.environ.get("CLICKSTREAM_SOAK"))


def size(short: int, full: int) -> int:
    """As many events, rounds or seconds as this run has time for."""
    return full if FULL else short


class Tally(Protocol):
    """Notes what a test of a goal did, before it asserts anything: what failed is in the report, too."""

    def __call__(self, goal: str, *, events: int, lost: int, copies: int, rounds: int = 1) -> None:
        """``copies`` are those beyond the first, and beyond what the goal allows for lost answers and kills."""
