"""Faults on purpose: the throttling and partial failures that a producer has to survive."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Faults:
    """Shares of puts that fail, between 0 and 1.

    Parameters
    ----------
    throttle
        Of the requests: refused as a whole, like a stream over its quota: ``ServiceUnavailableException`` with status
        500, ``Slow down.``; for PutRecordBatch, an answer in which every record failed.
    partial
        Of the records of a PutRecordBatch: refused while their neighbours are taken.
    seed
        Faults of the same seed come in the same order.

    Raises
    ------
    ValueError
        For a share out of bounds.
    """

    throttle: float = 0.0
    partial: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        for name in ("throttle", "partial"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is {share:g}: it must be a share between 0 and 1")


class FaultInjector:
    """Draws the faults of one service."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - no secret hangs on it

    def throttles(self) -> bool:
        """Whether the next request is refused."""
        return self._faults.throttle > 0 and self._random.random() < self._faults.throttle

    def refused(self, count: int) -> set[int]:
        """The places of the records of a batch that are refused."""
        share = self._faults.partial
        return {place for place in range(count) if self._random.random() < share} if share > 0 else set()
