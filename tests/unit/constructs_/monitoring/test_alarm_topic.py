from __future__ import annotations

import pytest

from cdk_clickstream import Monitoring
from support.stacks import Synthesized, new_stack, pipeline_in


@pytest.fixture(scope="module")
def watched() -> Synthesized:
    stack = new_stack()
    pipeline_in(stack, monitoring=Monitoring())
    return Synthesized(stack)


def test_cloudwatch_may_use_the_key_of_the_topic_for_this_account_only(watched: Synthesized) -> None:
    statements = watched.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (allowed,) = [one for one in statements if one.get("Sid") == "AlarmsPublish"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
