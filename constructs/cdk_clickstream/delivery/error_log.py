"""The log group for a delivery stream's errors."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream.delivery.delivery_role import DeliveryRole


class DeliveryLog(Construct):
    """A log group with the log streams that Firehose writes errors to.

    Through CloudFormation neither is made by Firehose, which may only put events (facts/firehose.md#error-log). The
    entries name
    stream, destination and error, never a payload.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html

    Parameters
    ----------
    stream_names:
        Names of the log streams; in a group that is passed in, after the path of this construct, since several
        delivery streams may log there.
    retention, key, removal_policy:
        Of the new log group.
    group:
        An existing log group. Default: a new one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        stream_names: tuple[str, ...],
        retention: logs.RetentionDays,
        key: kms.IKey | None,
        removal_policy: cdk.RemovalPolicy,
        group: logs.ILogGroup | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.group = group or logs.LogGroup(
            self, "Group", retention=retention, encryption_key=key, removal_policy=removal_policy
        )
        before = f"{cdk.Names.unique_resource_name(self, max_length=256, separator='-')}-" if group else ""
        self.streams = {
            name: logs.LogStream(
                self, name, log_group=self.group, log_stream_name=f"{before}{name}", removal_policy=removal_policy
            )
            for name in stream_names
        }

    def options(self, stream_name: str) -> firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty:
        """Return the logging options of a destination that logs into the named stream."""
        return firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
            enabled=True,
            log_group_name=self.group.log_group_name,
            log_stream_name=self.streams[stream_name].log_stream_name,
        )

    def bind(self, role: DeliveryRole) -> None:
        """Let the role put events into the log streams."""
        arns = [
            cdk.Stack.of(self).format_arn(
                service="logs",
                resource="log-group",
                resource_name=f"{self.group.log_group_name}:log-stream:{stream.log_stream_name}",
                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
            )
            for stream in self.streams.values()
        ]
        role.allow(
            "ErrorLog", ("logs:PutLogEvents",), arns if role.permissions.log_streams else [self.group.log_group_arn]
        )
