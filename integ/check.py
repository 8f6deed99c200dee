"""What a check is, and how it is registered.

A check is a generator: it sends what it has to send, yields once, then waits and returns its outcome. So all checks
have sent before any waits, and a run takes as long as the slowest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from integ.deployment import Deployment
from integ.outcome import Outcome

Steps = Generator[None, None, Outcome]


@dataclass(frozen=True)
class Check:
    """One question to a deployment.

    Attributes
    ----------
    id:
        By which docs/unverified.md and the report name it.
    question:
        What has to be so, in one sentence.
    begin:
        The generator.
    """

    id: str
    question: str
    begin: Callable[[Deployment], Steps]


CHECKS: dict[str, Check] = {}
"""All checks by id, once :mod:`integ.checks` is imported."""


def check(id: str) -> Callable[[Callable[[Deployment], Steps]], Callable[[Deployment], Steps]]:  # noqa: A002
    """Register a check; the first line of its docstring is the question."""

    def register(begin: Callable[[Deployment], Steps]) -> Callable[[Deployment], Steps]:
        assert begin.__doc__ is not None
        assert id not in CHECKS
        CHECKS[id] = Check(id, begin.__doc__.splitlines()[0], begin)
        return begin

    return register
