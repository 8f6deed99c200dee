from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from cdk_clickstream import Monitoring
from support.stacks import Synthesized, flat, new_stack, pipeline_in, refusal


@pytest.fixture(scope="module")
def watched() -> Synthesized:
    stack = new_stack()
    pipeline_in(stack, monitoring=Monitoring())
    return Synthesized(stack)


def test_cloudwatch_may_use_the_key_of_the_topic_for_this_account_only(watched: Synthesized) -> None:
    statements = watched.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (allowed,) = [one for one in statements if one.get("Sid") == "AlarmsPublish"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert flat(allowed["Condition"]["ArnLike"]["aws:SourceArn"]) == (
        "arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*"
    )


ALLOWED = {
    "Sid": "AlarmsPublish",
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
}


def test_this_account_s_alarms_may_publish_beside_the_refusal_of_plain_http(watched: Synthesized) -> None:
    """facts/iam.md#delivery-role: a policy of one's own replaces the default one, by which alarms may publish."""
    (policy,) = watched.of_type("AWS::SNS::TopicPolicy").values()
    refused, allowed = policy["Properties"]["PolicyDocument"]["Statement"]
    assert refused["Effect"] == "Deny"
    conditions = allowed.pop("Condition")
    assert conditions["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert flat(conditions["ArnLike"]["aws:SourceArn"]) == (
        "arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*"
    )
    assert flat(allowed.pop("Resource")) == f"<{next(iter(watched.of_type('AWS::SNS::Topic')))}>"
    assert allowed == ALLOWED


def test_a_topic_of_the_app_that_is_passed_in_lets_alarms_publish_too() -> None:
    stack = new_stack()
    pipeline_in(stack, monitoring=Monitoring(topic=sns.Topic(stack, "OnCall", enforce_ssl=True)))
    statements = Synthesized(stack).only("AWS::SNS::TopicPolicy", "OnCall")["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in statements if one["Effect"] == "Allow"] == ["sns:Publish"]


def test_the_policy_of_an_imported_topic_is_its_owner_s() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "OnCall", "arn:aws:sns:eu-west-1:111122223333:on-call")
    pipeline_in(stack, monitoring=Monitoring(topic=topic))
    assert not Synthesized(stack).of_type("AWS::SNS::TopicPolicy")


def test_the_key_of_a_topic_of_the_app_lets_alarms_in_too() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "OnCall", master_key=kms.Key(stack, "OnCallKey"))
    pipeline_in(stack, monitoring=Monitoring(topic=topic))
    statements = Synthesized(stack).only("AWS::KMS::Key", "OnCallKey")["KeyPolicy"]["Statement"]
    assert [one["Action"] for one in statements if "Service" in one["Principal"]] == [
        ["kms:Decrypt", "kms:GenerateDataKey*"]
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda stack: sns.Topic.from_topic_arn(stack, "OnCall", "arn:aws:sns:eu-west-1:111122223333:on-call"),
        lambda stack: sns.Topic(
            stack,
            "OnCall",
            master_key=kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/k"),
        ),
    ],
    ids=["topic", "key"],
)
def test_an_imported_topic_or_key_is_told_what_its_owner_has_to_allow(
    make: Callable[[cdk.Stack], sns.ITopic],
) -> None:
    stack = new_stack()
    pipeline_in(stack, monitoring=Monitoring(topic=make(stack)))
    said = assertions.Match.string_like_regexp("CloudWatch needs rights.*cloudwatch.amazonaws.com.*sns:Publish")
    assertions.Annotations.from_stack(stack).has_info("*", said)


def test_the_key_that_aws_manages_for_topics_is_refused_since_it_lets_no_alarm_in() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "OnCall", master_key=kms.Alias.from_alias_name(stack, "Aws", "alias/aws/sns"))
    message = refusal(lambda: pipeline_in(stack, monitoring=Monitoring(topic=topic)))
    assert message.startswith("monitoring.topic=")
