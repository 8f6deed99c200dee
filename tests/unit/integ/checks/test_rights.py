"""The check that reads the trust of a role."""

from __future__ import annotations

import json
import secrets
from typing import Any

import boto3
import pytest

from integ.outcome import Verdict
from support.integ.runs import ACCOUNT, Running, run_check, simulated

pytestmark = pytest.mark.xdist_group("integ")


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [({"StringEquals": {"sts:ExternalId": ACCOUNT}}, Verdict.HOLDS), ({}, Verdict.DOES_NOT_HOLD)],
)
def test_the_trust_of_the_delivery_role_is_read(
    running: Running, session: boto3.Session, condition: dict[str, Any], verdict: Verdict
) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "firehose.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    role = f"role-{secrets.token_hex(3)}"  # the local runtime's own names are longer than IAM's
    session.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(document))
    on = simulated(running["Core"], session, MainRole=role)
    outcome = run_check("external-id", on)
    assert outcome.verdict is verdict
