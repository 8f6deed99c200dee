"""What a stream has taken and what became of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counts:
    """Records of one stream since it was started.

    ``received + put_back + deaggregated == delivered + failed + dropped + buffered`` holds at any time; ``buffered``
    are all that are on their way, ``failed`` those that were written under the error prefix. ``deaggregated`` are the
    records that came of splitting, beyond those that were split.
    """

    received: int = 0
    put_back: int = 0
    deaggregated: int = 0
    delivered: int = 0
    failed: int = 0
    dropped: int = 0
    buffered: int = 0
    rows: int = 0
