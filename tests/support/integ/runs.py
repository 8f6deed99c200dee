"""Runs of the checks at moto, beside the local runtime."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from integ.checks import CHECKS
from integ.deployment import Deployment
from integ.local_runtime import LocalRuntime
from integ.outcome import Outcome
from integ.runner import run_checks
from support.integ.stand_ins import Simulated

ACCOUNT = "123456789012"
"""The account of everyone at moto's."""

Running = dict[str, Deployment]
"""Both stacks in the local runtime, ``Core`` and ``Edges``."""


def simulated(on: Deployment, session: boto3.Session, functions: Any = None, **names: str) -> Deployment:
    """A run of its own in a stack that runs, with other names where they are given."""
    assert isinstance(on.environment, LocalRuntime)
    outputs = {stack: {**found, **names} for stack, found in on.outputs.items()}
    return Deployment(Simulated(session, on.environment, functions), outputs, secrets.token_hex(3))


def run_check(id_: str, on: Deployment) -> Outcome:
    """Run one check as a run does."""
    (outcome,) = run_checks([CHECKS[id_]], on, lambda line: None).values()
    return outcome


def outcome_of(id_: str, on: Deployment, between: Callable[[], object] = lambda: None) -> Outcome:
    """Run one check; ``between`` is what others do after it has sent."""
    steps = CHECKS[id_].begin(on)
    next(steps)
    between()
    with pytest.raises(StopIteration) as end:
        next(steps)
    found: Outcome = end.value.value
    return found


@contextmanager
def account_with_logging_role(session: boto3.Session) -> Iterator[None]:
    apigateway = session.client("apigateway")
    for value in (f"arn:aws:iam::{ACCOUNT}:role/logs", ""):
        change = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": value}]
        apigateway.update_account(patchOperations=change)
        if value:
            yield
