"""The pipeline in every region that cfn-lint knows: a long table, run by ``make test-matrix``."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from cfnlint.api import ManualArgs, lint
from cfnlint.helpers import REGIONS

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption, Monitoring
from cdk_kit import CONTEXT, REASON, Synthesized

pytestmark = pytest.mark.matrix


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_the_template_is_clean_in_the_region(region: str) -> None:
    app = cdk.App(context=CONTEXT)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region=region))
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.public(reason=REASON),
        encryption=Encryption.kms(),
        monitoring=Monitoring(),
    )
    text = json.dumps(Synthesized(stack).template)
    found = lint(text, config=ManualArgs(regions=[region], include_checks=["W", "E"]))
    assert [f"{one.rule.id} {one.message}" for one in found] == []
