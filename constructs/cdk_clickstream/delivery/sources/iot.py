"""An AWS IoT topic rule as source."""

from __future__ import annotations

import re
from enum import Enum

from aws_cdk import aws_iot as iot
from aws_cdk import aws_kinesisfirehose as firehose
from constructs import Construct

from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.delivery_role import depend_on_policy
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind, sender_role


class IotSeparator(Enum):
    """Separator that AWS IoT appends to each record."""

    NEWLINE = "\n"
    TAB = "\t"
    WINDOWS_NEWLINE = "\r\n"
    COMMA = ","


class IotSource(EventSource):
    """An IoT topic rule sends what its SQL selects."""

    kind = SourceKind.IOT

    def __init__(self, sql: str, separator: IotSeparator | None, *, batch: bool) -> None:
        if not re.match(r"\s*SELECT\s.+\sFROM\s", sql, re.IGNORECASE | re.DOTALL):
            refuse("source.sql", sql, "must be the SQL of an IoT rule", "write SELECT ... FROM 'topic/filter'")
        self.sql = sql
        self._separator = separator
        self._batch = batch

    @property
    def names_events(self) -> bool:
        """Whether each record may have an ``event_name``."""
        return "event_name" in self.sql or bool(re.match(r"\s*SELECT\s+\*", self.sql, re.IGNORECASE))

    def connect(self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target) -> None:
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
            ),
        )
        depend_on_policy(rule, role)
