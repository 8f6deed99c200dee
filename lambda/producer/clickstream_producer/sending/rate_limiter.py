"""How fast records are sent to a stream that throttles: by CUBIC, as TCP does (RFC 9438, section 4.2).

A throttled record has cost a call and is sent again, so sending faster than the quota wastes both. AWS does not publish
a stream's quota: it depends on region, stream and shards, and on who else writes. The limiter infers it from what the
service takes while it throttles: a little less than that is sent from then on, and more again along the cubic curve,
flat near the rate that was too high (facts/peers.md#findings: adapt, no fixed limit).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from clickstream_producer._limits import MAX_REQUEST_RECORDS

RECOVERY: Final = 5.0
"""Seconds after which the rate is again what the service took when it throttled (K of the RFC, which scales it)."""

FORGET_AFTER: Final = 6 * RECOVERY
"""Seconds without throttling after which there is no limit any more: it is twenty times as high by then."""

SPAN: Final = 0.25
"""Seconds of sending that a request may hold, so that it is not larger than what a quota has saved up."""

_BETA: Final = 0.85
"""What is left of the rate that the service took (beta of the RFC, 0.7 there): the margin lets it recover."""

_TOLERATED: Final = 0.05
"""Share of throttled records that costs less than a slower pace would."""

_PERIOD, _LONGEST_PERIOD = 0.5, 5.0
"""Seconds that are looked at together, and at most when there are few records."""

_REQUESTS, _RECORDS = 3, 20
"""What a period holds at least, so that it says more than chance."""


class RateLimiter:
    """Rate of one stream, in records a second; none until the service throttles.

    When throttling goes on just so after the rate was cut, and cut again, then the rate is not what it comes from, and
    there is no limit for a while. For the sender's thread.

    Parameters
    ----------
    clock
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quota = 0.0  # what the service took when it throttled last; 0 while there is no limit
        self._cut_at = 0.0
        self._share = 0.0  # that was throttled before the last cut, if that was just now
        self._useless_cuts = 0
        self._ignoring_until = 0.0
        self._next = 0.0
        self._ended = self._began = 0.0  # the last period, and this one
        self._requests = self._taken = self._throttled = 0

    @property
    def limit(self) -> float | None:
        """Records a second, at least 1; None without a limit."""
        waited = self._clock() - self._cut_at
        if not self._quota or waited > FORGET_AFTER:
            return None
        return max(1.0, self._quota * (1 + (1 - _BETA) * (waited / RECOVERY - 1) ** 3))

    @property
    def max_records(self) -> int:
        """Most records of the next request."""
        limit = self.limit
        return MAX_REQUEST_RECORDS if limit is None else max(1, min(MAX_REQUEST_RECORDS, int(limit * SPAN)))

    @property
    def pause(self) -> float:
        """Seconds until the next request may begin."""
        return max(0.0, self._next - self._clock())

    def note(self, began: float, taken: int, throttled: int) -> None:
        """Learn from the answer to a request.

        Parameters
        ----------
        began
            When the request was sent, on the clock.
        taken, throttled
            Records of it that the service took, and that it throttled.
        """
        if not self._requests:
            # The pause before a request belongs to it: what it takes was saved up then.
            self._began = self._ended if began - self._next < SPAN else began
        self._requests += 1
        self._taken += taken
        self._throttled += throttled
        length = self._clock() - self._began
        enough = self._requests >= _REQUESTS and self._taken + self._throttled >= _RECORDS
        if length >= _LONGEST_PERIOD or (enough and length >= _PERIOD):
            self._adapt(length)
            self._ended = self._clock()
            self._requests = self._taken = self._throttled = 0
        limit = self.limit
        if limit is not None:
            # A request that began late may be followed by one that begins early: the quota was saved up meanwhile.
            self._next = max(self._next, began - SPAN) + (taken + throttled) / limit

    def _adapt(self, length: float) -> None:
        now = self._clock()
        share = self._throttled / max(1, self._taken + self._throttled)
        if share <= _TOLERATED:
            self._share, self._useless_cuts = 0.0, 0
            return
        # When nothing is taken at all, the pauses between failed requests are what helps.
        if not self._taken or now < self._ignoring_until:
            return
        # The first cut goes by what was taken, which includes what the quota had saved up: it proves nothing.
        self._useless_cuts += bool(self._share) and share > 0.9 * self._share
        first = self.limit is None
        if self._useless_cuts == 2:
            self._quota = self._share = 0.0
            self._useless_cuts = 0
            self._ignoring_until = now + FORGET_AFTER
            return
        self._quota, self._cut_at, self._share = self._taken / length, now, 0.0 if first else share
