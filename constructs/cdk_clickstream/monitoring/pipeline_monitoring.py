"""Alarms and a dashboard for a pipeline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import checked, is_token, refuse
from cdk_clickstream.delivery.delivery_stream import DeliveryStream
from cdk_clickstream.delivery.sources.kinesis import KinesisSource
from cdk_clickstream.endpoint.ingest_api import IngestApi
from cdk_clickstream.monitoring.alarm_topic import AlarmTopic, allow_alarms
from cdk_clickstream.monitoring.alarms import Alarms, duration_threshold
from cdk_clickstream.transform.transform_function import TransformFunction

_PERIOD_MINUTES = 5
_QUOTAS = (
    ("Records", "IncomingRecords", "RecordsPerSecondLimit"),
    ("Requests", "IncomingPutRequests", "PutRequestsPerSecondLimit"),
    ("Bytes", "IncomingBytes", "BytesPerSecondLimit"),
)
# USD of us-east-1 (facts/prices.md#what-is-billed): a million requests; a GB that Firehose takes in, and one that it
# converts, too.
_REQUESTS_PRICE, _DELIVERY_PRICE, _CONVERSION_PRICE = 3.5, 0.029, 0.047
_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


@checked
@dataclass(frozen=True)
class Monitoring:
    """Options of :class:`PipelineMonitoring`.

    AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html

    Parameters
    ----------
    alarms:
        Thresholds. Default: ``Alarms()``.
    topic:
        Where alarms go when they begin and when they end. A topic of this app has its policy say that CloudWatch may
        publish; an imported one keeps its own policy. Default: a new encrypted topic, to be subscribed to, unless there
        is an action.
    action:
        Action taken instead when an alarm begins and when it ends, such as one of ``aws_cdk.aws_cloudwatch_actions``.
        Default: publish to the topic.
    dashboard:
        Whether to make a dashboard. Default: ``True``.
    """

    alarms: Alarms | None = None
    topic: sns.ITopic | None = None
    action: cloudwatch.IAlarmAction | None = None
    dashboard: bool = True

    def __post_init__(self) -> None:
        if self.topic is not None and self.action is not None:
            refuse(
                "monitoring.action",
                "given beside a topic",
                "every alarm has the same, single action",
                "leave out one of the two: an SnsAction publishes to a topic",
            )


@dataclass(frozen=True)
class _Alarm:
    name: str
    metric: cloudwatch.IMetric
    threshold: float | None
    description: str
    comparison: cloudwatch.ComparisonOperator = _ABOVE
    periods: int = 1
    missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING


@checked
class PipelineMonitoring(Construct):
    """One alarm per failure, one topic for all of them, one dashboard.

    Missing data breaches no threshold but ``Alarms(silence=...)``: a site without visitors is not a failure.

    Parameters
    ----------
    api, delivery_stream, transform:
        Parts of the pipeline; ``None`` for the endpoint or the function that a pipeline does not have.
    options:
        Default: ``Monitoring()``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        api: IngestApi | None,
        delivery_stream: DeliveryStream,
        transform: TransformFunction | None,
        options: Monitoring | None = None,
    ) -> None:
        super().__init__(scope, id)
        options = options or Monitoring()
        self._api = api
        self._stream = delivery_stream
        self._transform = transform
        self._thresholds = options.alarms or Alarms()
        self._check_freshness()
        if options.topic is not None:
            # Its owner may let the alarms of another account in; another region they never reach.
            reason = "an alarm publishes to topics of its own region"
            check_place("monitoring.topic", options.topic, options.topic.topic_arn, self, reason, account=False)
            allow_alarms(options.topic)
        self._topic: sns.ITopic | None = None if options.action else options.topic or AlarmTopic(self, "Topic")
        self._action = options.action or actions.SnsAction(self.topic)
        self.alarms = {alarm.name: self._build_alarm(alarm) for alarm in self._alarms() if alarm.threshold is not None}
        self.dashboard = self._build_dashboard() if options.dashboard else None

    @property
    def topic(self) -> sns.ITopic:
        """Topic that every alarm publishes to; refused where an action is taken instead."""
        return self._topic or refuse(
            "monitoring.action", "given", "the alarms have no topic", "give your own alarms the same action"
        )

    def _check_freshness(self) -> None:
        """Refuse a threshold that a healthy stream exceeds by its buffering alone (facts/firehose.md#metrics)."""
        for option, interval in (
            ("data_freshness", self._stream.longest_wait),
            ("backup_freshness", self._stream.longest_backup_wait),
        ):
            threshold = duration_threshold(self._thresholds, option, "seconds")
            if threshold is None or interval is None or is_token(threshold):
                continue
            if threshold <= interval:
                refuse(
                    f"alarms.{option}",
                    f"{threshold} s",
                    f"must be longer than the buffering, {interval} s, or the alarm is always in ALARM state",
                    "raise it, or shorten the buffering",
                )

    def _alarms(self) -> Iterator[_Alarm]:
        yield from self._delivery_alarms()
        source = self._stream.source
        yield from self._kinesis_alarms(source) if isinstance(source, KinesisSource) else self._put_alarms()
        yield from self._function_alarms()
        yield from self._transform_alarms()
        yield from self._api_alarms()
        yield from self._traffic_alarms()

    def _delivery_alarms(self) -> Iterator[_Alarm]:
        limits, stream = self._thresholds, self._stream
        fresh = "Records wait longer than they should: delivery, transform or a role is broken"
        yield _Alarm(
            "DataFreshness",
            stream.metric_data_freshness(),
            duration_threshold(limits, "data_freshness", "seconds"),
            fresh,
        )
        if stream.has_backup:
            metric = stream.metric("BackupToS3.DataFreshness", statistic="Maximum")
            yield _Alarm(
                "BackupFreshness",
                metric,
                duration_threshold(limits, "backup_freshness", "seconds"),
                "Backups wait too long",
            )
        yield _Alarm(
            "DeliverySuccess",
            stream.metric_delivery_success(),
            _share(limits.delivery_success_percent),
            "Writes to S3 fail: see the error log",
            _BELOW,
            3,
        )
        failed = stream.metric("FailedConversion.Records")
        folder = stream.error_prefix.folder_of("format-conversion-failed")
        yield _Alarm("FailedConversions", failed, limits.failed_conversions, f"See {folder} in the bucket")
        if stream.partitioning is not None:
            partitions = stream.metric("PartitionCount", statistic="Maximum")
            yield self._quota_alarm("Partitions", "100 * used / quota", partitions, "ActivePartitionsLimit")

    def _put_alarms(self) -> Iterator[_Alarm]:
        """Alarms on the metrics of direct PUT, which a stream that reads Kinesis does not have."""
        stream, limit = self._stream, self._thresholds.throttled_records
        throttled = "Firehose refuses records: raise its quota"
        yield _Alarm("ThrottledRecords", stream.metric_throttled_records(), limit, throttled)
        for name, used, quota in _QUOTAS:
            yield self._quota_alarm(name, "100 * (used / PERIOD(used)) / quota", stream.metric(used), quota)

    def _kinesis_alarms(self, source: KinesisSource) -> Iterator[_Alarm]:
        """Alarms on a stream that reads Kinesis, and on the Kinesis stream itself."""
        refused = source.stream.metric_write_provisioned_throughput_exceeded(statistic="Sum")
        limit = self._thresholds.throttled_records
        yield _Alarm("ThrottledRecords", refused, limit, "The Kinesis stream refuses records: it needs more shards")
        yield _Alarm(
            "KinesisLag",
            self._stream.metric("KinesisMillisBehindLatest", statistic="Maximum"),
            duration_threshold(self._thresholds, "kinesis_lag", "milliseconds"),
            "Firehose reads the Kinesis stream too slowly: what that drops unread is lost",
        )

    def _quota_alarm(self, name: str, expression: str, used: cloudwatch.Metric, quota: str) -> _Alarm:
        return _Alarm(
            f"Quota{name}",
            cloudwatch.MathExpression(
                expression=expression,
                using_metrics={"used": used, "quota": self._stream.metric(quota, statistic="Minimum")},
                label=f"{name} of the quota, percent",
                period=cdk.Duration.minutes(_PERIOD_MINUTES),
            ),
            self._thresholds.quota_percent,
            "The quota of the stream is nearly used up: ask for a higher one",
        )

    def _function_alarms(self) -> Iterator[_Alarm]:
        """Alarms on the function that Firehose calls, bundled or the user's own."""
        processor, limits = self._stream.processor, self._thresholds
        if processor is None:
            return
        function, percent = processor.function, limits.transform_duration_percent
        failed = f"See {self._stream.error_prefix.folder_of('processing-failed')} in the bucket"
        yield _Alarm("TransformErrors", function.metric_errors(), limits.transform_errors, failed)
        succeeded = self._stream.metric("ExecuteProcessing.Success", statistic="Average")
        unread = "Firehose cannot call the function, or not read its answer: see the stream's error log"
        share = _share(limits.transform_success_percent)
        yield _Alarm("TransformSuccess", succeeded, share, unread, _BELOW, 3)
        throttled = "Lambda concurrency is used up"
        yield _Alarm("TransformThrottles", function.metric_throttles(), limits.transform_throttles, throttled)
        yield _Alarm(
            "TransformDuration",
            function.metric_duration(statistic="Maximum"),
            None if percent is None else percent / 100 * processor.timeout.to_milliseconds(),
            "Calls are nearly cut off: give the function more memory or time, or smaller batches",
        )

    def _transform_alarms(self) -> Iterator[_Alarm]:
        if self._transform is None:
            return
        limits = self._thresholds
        failed = self._stream.error_prefix.folder_of("processing-failed")
        rejects = self._transform.reject_stream
        folder = rejects.prefix.folder if isinstance(rejects, DeliveryStream) else "the reject stream's folder"
        if rejects is not None:
            yield _Alarm(
                "RejectFreshness",
                rejects.metric_data_freshness(),
                duration_threshold(limits, "data_freshness", "seconds"),
                "Rejected events wait longer than they should: Firehose gives them up after 24 hours",
            )
        yield _Alarm(
            "FailedRecords",
            self._transform.metric_records_failed(self._stream),
            limits.failed_records,
            f"See {failed} in the bucket; RecordsFailed.<reason> beside this metric says why",
        )
        yield _Alarm(
            "RejectedEvents",
            cloudwatch.MathExpression(
                expression="100 * rejected / received",
                using_metrics={
                    "rejected": self._transform.metric_events_rejected(self._stream),
                    "received": self._transform.metric_events_received(self._stream),
                },
                label="Rejected events, percent",
                period=cdk.Duration.minutes(_PERIOD_MINUTES),
            ),
            limits.rejected_percent,
            f"Events break the schema: see their reasons in {folder} in the bucket",
        )

    def _api_alarms(self) -> Iterator[_Alarm]:
        limits, api = self._thresholds, self._api
        if api is None:
            return
        for name, metric, percent, description in (
            ("ServerErrors", api.metric_server_error(), limits.server_error_percent, "The endpoint answers 5xx"),
            ("ClientErrors", api.metric_client_error(), limits.client_error_percent, "Clients send what is refused"),
        ):
            yield _Alarm(name, metric.with_(statistic="Average"), _share(percent), description)
        latency = duration_threshold(limits, "latency", "milliseconds")
        yield _Alarm("Latency", api.metric_latency().with_(statistic="p99"), latency, "The endpoint is slow", periods=3)

    def _traffic_alarms(self) -> Iterator[_Alarm]:
        """Of too much traffic, and of none."""
        limits, stream, api = self._thresholds, self._stream, self._api
        read = isinstance(stream.source, KinesisSource)
        records = stream.metric("DataReadFromKinesisStream.Records") if read else stream.metric_incoming_records()
        taken = stream.metric("DataReadFromKinesisStream.Bytes" if read else "IncomingBytes")
        if api is not None:
            more = "More requests than your clients send: see docs/cost.md, What an abused endpoint costs"
            yield _Alarm("Requests", api.metric_requests().with_(statistic="Sum"), limits.requests, more)
        price = _CONVERSION_PRICE if stream.converts else _DELIVERY_PRICE
        requests = f"{_REQUESTS_PRICE} * requests / 1000000 + " if api else ""
        yield _Alarm(
            "Spending",
            cloudwatch.MathExpression(
                expression=f"24 * ({requests}{price} * (bytes + 5120 * records) / 1073741824)",
                using_metrics={
                    "bytes": taken.with_(statistic="Sum"),
                    "records": records.with_(statistic="Sum"),
                    **({"requests": api.metric_requests().with_(statistic="Sum")} if api else {}),
                },
                label="USD a day",
                period=cdk.Duration.hours(1),
            ),
            limits.spending_per_day,
            "Requests and records cost more than planned: lower the throttle, or block the callers",
        )
        periods = 0 if limits.silence is None else math.ceil(limits.silence.to_minutes() / _PERIOD_MINUTES)
        yield _Alarm(
            "Silence",
            records.with_(statistic="Sum"),
            1 if periods else None,
            "No record comes any more: look at the clients",
            _BELOW,
            periods,
            cloudwatch.TreatMissingData.BREACHING,
        )

    def _build_alarm(self, alarm: _Alarm) -> cloudwatch.Alarm:
        assert alarm.threshold is not None
        metric = alarm.metric
        if isinstance(metric, cloudwatch.Metric):
            metric = metric.with_(period=cdk.Duration.minutes(_PERIOD_MINUTES))
        made = cloudwatch.Alarm(
            self,
            alarm.name,
            metric=metric,
            threshold=alarm.threshold,
            comparison_operator=alarm.comparison,
            evaluation_periods=alarm.periods,
            alarm_description=alarm.description,
            treat_missing_data=alarm.missing,
        )
        try:
            made.add_alarm_action(self._action)
            made.add_ok_action(self._action)
        except RuntimeError as error:
            if "already a Construct" not in str(error):
                raise
            refuse(
                "monitoring.action",
                self._action,
                "makes one permission for several alarms under the same id, as a LambdaAction does",
                "pass topic= with a LambdaSubscription; one pipeline alone may set the CDK's feature flag "
                "@aws-cdk/aws-cloudwatch-actions:changeLambdaPermissionLogicalIdForLambdaAction",
            )
        return made

    def _build_dashboard(self) -> cloudwatch.Dashboard:
        stream, api, transform = self._stream, self._api, self._transform
        first = [_graph("Records", stream.metric_incoming_records(), stream.metric_throttled_records())]
        second = [_graph("Age of the oldest record", stream.metric_data_freshness())]
        if api is not None:
            requests = (api.rest_api.metric_count(), api.metric_client_error(), api.metric_server_error())
            first = [_graph("Requests", *requests), _graph("Latency", api.metric_latency()), *first]
        if transform is not None:
            events = (transform.metric_events_received(stream), transform.metric_events_rejected(stream))
            second = [_graph("Events", *events), *second]
        if stream.processor is not None:
            function = stream.processor.function
            second = [*second, _graph("Transform", function.metric_errors(), function.metric_duration())]
        return cloudwatch.Dashboard(
            self,
            "Dashboard",
            widgets=[
                [cloudwatch.AlarmStatusWidget(alarms=list(self.alarms.values()), width=24)] if self.alarms else [],
                first,
                second,
            ],
        )


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
