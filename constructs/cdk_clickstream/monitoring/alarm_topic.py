"""The topic that alarms are published to."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_clickstream._identity import key_behind, note_hidden_key


class AlarmTopic(sns.Topic):
    """An encrypted topic that CloudWatch may publish to, over TLS only.

    It has a key of its own, since the AWS-managed key of SNS does not let CloudWatch in.
    """

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002 - the CDK's own name for it
        key = kms.Key(
            scope,
            f"{id}Key",
            description="Alarms of a click event pipeline",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        super().__init__(scope, id, master_key=key, enforce_ssl=True)
        allow_alarms(self)


def allow_alarms(topic: sns.ITopic) -> None:
    """Let the alarms of the topic's account publish to it and use its key, or say what its owner has to allow.

    A topic without a policy lets its account's alarms in; a policy of its own, such as the one that demands TLS,
    replaces that default (facts/iam.md#delivery-role).
    """
    remedy = (
        "its policy must allow kms:Decrypt and kms:GenerateDataKey* to cloudwatch.amazonaws.com, and the topic's "
        "sns:Publish"
    )
    if not isinstance(topic, sns.Topic):
        note_hidden_key(topic, "monitoring.topic", "CloudWatch", remedy)
        return
    _allow(topic, topic, "sns:Publish", [topic.topic_arn])
    if topic.master_key is not None:
        key = key_behind("monitoring.topic", topic.master_key)
        # The policy of a key that is imported is its owner's.
        if not _allow(key, topic, "kms:Decrypt kms:GenerateDataKey*", ["*"]):
            note_hidden_key(key, "monitoring.topic", "CloudWatch", remedy)


def _allow(guarded: sns.Topic | kms.IKey, topic: sns.Topic, actions: str, resources: list[str]) -> bool:
    """Let the alarms of the topic's account in; whether the policy could be changed."""
    stack = cdk.Stack.of(topic)
    alarms = stack.format_arn(
        service="cloudwatch", resource="alarm", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )
    statement = iam.PolicyStatement(
        sid="AlarmsPublish",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=actions.split(),
        resources=resources,
        conditions={"ArnLike": {"aws:SourceArn": alarms}, "StringEquals": {"aws:SourceAccount": stack.account}},
    )
    return guarded.add_to_resource_policy(statement).statement_added
