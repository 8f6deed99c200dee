"""Sources of a delivery stream."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_logs as logs

from cdk_clickstream._validation import checked
from cdk_clickstream.delivery.sources.base import EventSource
from cdk_clickstream.delivery.sources.cloudwatch_logs import LogSource
from cdk_clickstream.delivery.sources.direct_put import DirectPutSource
from cdk_clickstream.delivery.sources.eventbridge import EventBridgeSource
from cdk_clickstream.delivery.sources.iot import IotSeparator, IotSource
from cdk_clickstream.delivery.sources.kinesis import KinesisSource


@checked
class Source:
    """Sources of records, one factory per kind. ``docs/combinations.md`` lists the supported combinations.

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/basic-write.html
    """

    @staticmethod
    def direct_put(*, throughput_hint: int | None = None) -> EventSource:
        """Producers and the endpoint put records. The default.

        Parameters
        ----------
        throughput_hint:
            MB per second that you expect, 1..100: a hint to AWS that changes no quota
            (facts/cloudformation.md#delivery-stream). Changing it
            replaces the stream. Default: none.
        """
        return DirectPutSource(throughput_hint)

    @staticmethod
    def kinesis(
        stream: kinesis.IStream | None = None, *, shards: int | None = None, retention: cdk.Duration | None = None
    ) -> EventSource:
        """Firehose reads a Kinesis stream, into which producers and the endpoint put.

        A one-way door: changing it replaces the delivery stream. Keep records under 1,000 KiB, whatever the Kinesis
        stream takes (facts/kinesis.md#put-records).

        Parameters
        ----------
        stream:
            An existing stream. Default: a new one, encrypted with the pipeline's key if it has one.
        shards:
            Of the new stream, 1..10,000. Default: on demand.
        retention:
            Of the new stream, 24..8,760 hours. Default: 24 hours.
        """
        return KinesisSource(stream, shards, retention)

    @staticmethod
    def cloudwatch_logs(
        group: logs.ILogGroup, *, filter_pattern: str = "", extract_messages: bool = True
    ) -> EventSource:
        """The log events of a group arrive by a subscription filter; a group takes two of them.

        Parameters
        ----------
        group:
            The log group. Never that of a function which this stream calls: each call would log, each log line call.
        filter_pattern:
            Which log events. Default: all.
        extract_messages:
            Let Firehose unpack the documents and leave the messages, one line each: then nobody else may put records
            into the stream. ``False`` for the documents as CloudWatch Logs sends them, in gzip. Default: ``True``.
        """
        return LogSource(group, filter_pattern, extract_messages=extract_messages)

    @staticmethod
    def eventbridge_rule(
        pattern: events.EventPattern,
        *,
        event_bus: events.IEventBus | None = None,
        members: Mapping[str, str] | None = None,
    ) -> EventSource:
        """The events of a bus that match a pattern, each as one record.

        Parameters
        ----------
        pattern:
            Which events.
        event_bus:
            Default: the account's default bus.
        members:
            The record to write of an event: member to path in the event (``"$.detail.page"``) or to a fixed text,
            such as ``{"event_name": "order", "order_id": "$.detail.id"}``. Default: the event as it is.
        """
        return EventBridgeSource(pattern, event_bus, members)

    @staticmethod
    def iot_topic_rule(
        sql: str,
        *,
        separator: IotSeparator | None = IotSeparator.NEWLINE,
        batch: bool = False,
        keep_failed: bool = True,
    ) -> EventSource:
        """Messages that an AWS IoT rule selects.

        Parameters
        ----------
        sql:
            Such as ``SELECT *, 'reading' AS event_name FROM 'sensors/#'``.
        separator:
            Appended to each record. Default: a newline.
        batch:
            Send the elements of an array that the rule yields as records, up to 500. Default: ``False``.
        keep_failed:
            Write what Firehose refuses, such as over its quota, into the stream's bucket by the rule's error action:
            below ``errors/iot-rule-failed/``, for each message a JSON object with ``base64OriginalPayload`` and the
            error. Without an error action, such as one that you add to the rule, AWS IoT drops those messages:
            https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
            Default: ``True``.
        """
        return IotSource(sql, separator, batch=batch, keep_failed=keep_failed)
