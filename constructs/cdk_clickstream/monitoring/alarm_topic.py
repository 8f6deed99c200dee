"""The topic that alarms are published to."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

_ALARMS = iam.ServicePrincipal("cloudwatch.amazonaws.com")


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
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[_ALARMS],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
            )
        )
        allow_alarms(self)


def allow_alarms(topic: sns.Topic) -> None:
    """Let the alarms of the topic's account publish to it.

    A topic without a policy lets its account's alarms in; a policy of its own, such as the one that demands TLS,
    replaces that default (aws-facts 9).
    """
    stack = cdk.Stack.of(topic)
    alarms = stack.format_arn(
        service="cloudwatch", resource="alarm", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsPublish",
            principals=[_ALARMS],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"ArnLike": {"aws:SourceArn": alarms}, "StringEquals": {"aws:SourceAccount": stack.account}},
        )
    )
