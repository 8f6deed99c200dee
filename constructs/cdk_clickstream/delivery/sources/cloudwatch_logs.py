"""A CloudWatch Logs group as source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.delivery_role import depend_on_policy
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.processors import render_processor
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind, sender_role


class LogSource(EventSource):
    """A subscription filter sends the log events of a group, several in one gzip document."""

    def __init__(self, group: logs.ILogGroup, filter_pattern: str, *, extract_messages: bool) -> None:
        self.kind = SourceKind.LOG_MESSAGES if extract_messages else SourceKind.LOG_DOCUMENTS
        self._group = group
        self._filter_pattern = filter_pattern

    def first_processors(self) -> Sequence[firehose.CfnDeliveryStream.ProcessorProperty]:
        """Unpack the documents and leave the messages, each ended by a newline (facts/sources.md#cloudwatch-logs)."""
        if self.kind is SourceKind.LOG_DOCUMENTS:
            return ()
        return (
            render_processor("Decompression", {"CompressionFormat": "GZIP"}),
            render_processor("CloudWatchLogProcessing", {"DataMessageExtraction": "true"}),
        )

    def check_recursion(self, scope: Construct, written: Mapping[str, str]) -> None:
        """Refuse to read a log group that the stream itself, or its function, writes to: it would feed itself.

        Parameters
        ----------
        scope:
            The delivery stream.
        written:
            Names of log groups by the options that they come from.
        """
        stack = cdk.Stack.of(scope)
        for option, name in written.items():
            if stack.resolve(name) == stack.resolve(self._group.log_group_name):
                refuse(
                    option,
                    "the log group that source= reads",
                    "each record would be logged there, and each of those lines would be a record",
                    "use another log group",
                )

    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Subscribe to the log group."""
        stack = cdk.Stack.of(scope)
        reason = "a subscription filter sends to streams beside it only"
        check_place("source.group", self._group, self._group.log_group_arn, scope, reason)
        sender = Construct(scope, "Subscription")
        arn = stack.format_arn(service="logs", resource="*")
        role = sender_role(sender, "logs.amazonaws.com", target, {"ArnLike": {"aws:SourceArn": arn}})
        subscription = logs.CfnSubscriptionFilter(
            sender,
            "Resource",
            destination_arn=target.arn,
            filter_pattern=self._filter_pattern,
            log_group_name=self._group.log_group_name,
            role_arn=role.role_arn,
        )
        # CloudWatch Logs puts a message when the filter is made, to see whether it may
        # (facts/sources.md#cloudwatch-logs).
        depend_on_policy(subscription, role)
