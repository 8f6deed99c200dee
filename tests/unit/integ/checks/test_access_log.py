"""The check of API Gateway's logging role."""

from __future__ import annotations

import boto3
import pytest

from integ.deployment import Deployment
from integ.outcome import Verdict
from support.integ.runs import account_with_logging_role, run_check

pytestmark = pytest.mark.xdist_group("integ")


def test_a_stage_that_is_taken_without_a_logging_role_is_told_and_removed(core: Deployment) -> None:
    """moto refuses nothing here: what AWS answers is the question."""
    core.environment.client("logs").create_log_group(logGroupName=core.names("Main").log_group)
    outcome = run_check("logging-role", core)
    assert (outcome.verdict, outcome.broke) == (Verdict.DOES_NOT_HOLD, False)
    assert core.environment.client("apigateway").get_rest_apis()["items"] == []


def test_an_account_that_has_a_logging_role_cannot_answer(core: Deployment, session: boto3.Session) -> None:
    with account_with_logging_role(session):
        outcome = run_check("logging-role", core)
    assert (outcome.verdict, outcome.broke) == (Verdict.NOT_COVERED, False)
