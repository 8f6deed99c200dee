"""An AWS IoT topic rule as source."""

from __future__ import annotations

import re
from enum import Enum

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_kinesisfirehose as firehose
from constructs import Construct

from cdk_clickstream._findings import acknowledge_objects
from cdk_clickstream._identity import key_behind
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.delivery_role import depend_on_policy
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind, sender_role

_FAILED = "iot-rule-failed/"


class IotSeparator(Enum):
    """Separator that AWS IoT appends to each record."""

    NEWLINE = "\n"
    TAB = "\t"
    WINDOWS_NEWLINE = "\r\n"
    COMMA = ","


class IotSource(EventSource):
    """An IoT topic rule sends what its SQL selects."""

    kind = SourceKind.IOT

    def __init__(self, sql: str, separator: IotSeparator | None, *, batch: bool, keep_failed: bool) -> None:
        if not re.match(r"\s*SELECT\s.+\sFROM\s", sql, re.IGNORECASE | re.DOTALL):
            refuse("source.sql", sql, "must be the SQL of an IoT rule", "write SELECT ... FROM 'topic/filter'")
        self.sql = sql
        self._separator = separator
        self._batch = batch
        self._keeps_failed = keep_failed

    @property
    def names_events(self) -> bool:
        """Whether each record may have an ``event_name``."""
        return "event_name" in self.sql or bool(re.match(r"\s*SELECT\s+\*", self.sql, re.IGNORECASE))

    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Make the rule."""
        sender = Construct(scope, "Rule")
        role = sender_role(sender, "iot.amazonaws.com", target)
        rule = iot.CfnTopicRule(
            sender,
            "Rule",
            topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
                sql=self.sql,
                aws_iot_sql_version="2016-03-23",
                actions=[
                    iot.CfnTopicRule.ActionProperty(
                        firehose=iot.CfnTopicRule.FirehoseActionProperty(
                            delivery_stream_name=target.name,
                            role_arn=role.role_arn,
                            separator=self._separator.value if self._separator else None,
                            batch_mode=True if self._batch else None,
                        )
                    )
                ],
                error_action=(
                    iot.CfnTopicRule.ActionProperty(s3=_keep_failed(role, target, data)) if self._keeps_failed else None
                ),
            ),
        )
        depend_on_policy(rule, role)


def _keep_failed(role: iam.Role, target: Target, data: S3Destination) -> iot.CfnTopicRule.S3ActionProperty:
    """Let the role write what Firehose refuses beside the stream's other errors, and return the action that does."""
    bucket, folder = data.bucket, f"{data.error_prefix.folder}{_FAILED}"
    role.add_to_policy(
        iam.PolicyStatement(sid="Failed", actions=["s3:PutObject"], resources=[bucket.arn_for_objects(f"{folder}*")])
    )
    acknowledge_objects(role, bucket, f"{folder}*", "The names of the objects are new for each message.")
    key = None if bucket.encryption_key is None else key_behind("bucket", bucket.encryption_key)
    if key is not None and (target.key is None or key.key_arn != target.key.key_arn):
        via_s3 = {"StringEquals": {"kms:ViaService": f"s3.{cdk.Stack.of(role).region}.amazonaws.com"}}
        role.add_to_policy(
            iam.PolicyStatement(
                sid="FailedKey", actions=["kms:GenerateDataKey"], resources=[key.key_arn], conditions=via_s3
            )
        )
    return iot.CfnTopicRule.S3ActionProperty(
        bucket_name=bucket.bucket_name,
        key=f'{folder}dt=${{parse_time("yyyy-MM-dd", timestamp())}}/${{newuuid()}}',
        role_arn=role.role_arn,
    )
