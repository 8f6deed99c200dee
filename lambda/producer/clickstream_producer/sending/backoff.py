"""How long to wait after a failure: growing, or not, with full jitter."""

from __future__ import annotations

import random
from typing import Final

from clickstream_producer.options import Growth

PARTIAL_CAP: Final = 0.25
"""Most seconds to wait after a request of which the service took a part: it is alive, it asks for a slower pace."""


class Backoff:
    """Waiting times of one stream.

    Failures only ever drive the wait: nothing is given up by the number of attempts (facts/peers.md#findings, finding
    3).

    Parameters
    ----------
    initial, cap
        Seconds: upper bound of the first wait, and of every wait.
    growth
        How the bound grows in between.
    """

    def __init__(self, initial: float, cap: float, growth: Growth = "exponential") -> None:
        self._initial = initial
        self._cap = cap
        self._growth = growth
        self._failures = 0
        self._partials = 0
        self._random = random.SystemRandom()  # holds no state that two forked processes would share

    def after_success(self) -> None:
        """Forget earlier failures."""
        self._failures = self._partials = 0

    def after_failure(self) -> float:
        """Give the wait after a request that failed as a whole."""
        self._failures += 1
        return self._random.uniform(0, min(self._cap, self._initial * self._times()))

    def after_refusal(self) -> float:
        """Give the wait after a request that was refused until somebody mends something: ten times as long, not short.

        Its cap is twice the other's: whatever is mended, events flow again within a minute by default.
        """
        self._failures += 1
        bound = min(2 * self._cap, 10 * self._initial * self._times())
        return self._random.uniform(bound / 2, bound)

    def after_partial(self, failed_share: float) -> float:
        """Give the wait after a request of which a share failed: none the first time, then by that share (0 to 1)."""
        self._failures = 0
        first = self._partials == 0
        self._partials += 1
        return 0.0 if first else self._random.uniform(0, failed_share * min(PARTIAL_CAP, self._cap))

    def _times(self) -> float:
        match self._growth:
            case "exponential":
                # 2**64 is far above any cap; the exponent is bounded only so that the float cannot overflow.
                return 2.0 ** min(self._failures - 1, 64)
            case "linear":
                return float(self._failures)
            case "constant":
                return 1.0
