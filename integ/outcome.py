"""What a check found out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Answer to the question of a row."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOT_COVERED = "not covered"


@dataclass(frozen=True)
class Outcome:
    """A verdict with what it rests on, in words that hold no payload, no address and no key.

    ``broke`` tells a check that ended before it could answer from a question that cannot be asked here.
    """

    verdict: Verdict
    evidence: str
    broke: bool = False

    @property
    def wants_attention(self) -> bool:
        """Whether somebody has to look into it."""
        return self.broke or self.verdict is Verdict.DOES_NOT_HOLD


def holds(evidence: str) -> Outcome:
    """Answer yes."""
    return Outcome(Verdict.HOLDS, evidence)


def does_not_hold(evidence: str) -> Outcome:
    """Answer no."""
    return Outcome(Verdict.DOES_NOT_HOLD, evidence)


def not_covered(reason: str) -> Outcome:
    """Say why there is no answer."""
    return Outcome(Verdict.NOT_COVERED, reason)


class NotSoError(Exception):
    """What was expected is not so; the message is the evidence."""


class NotHereError(Exception):
    """What a check needs is not in this deployment; the message says what."""


def expect(so: bool, otherwise: str) -> None:
    """End the check with the evidence ``otherwise`` if something is not so."""
    if not so:
        raise NotSoError(otherwise)
