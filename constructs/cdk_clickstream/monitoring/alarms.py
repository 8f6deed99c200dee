"""Thresholds of a pipeline's alarms."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import aws_cdk as cdk

from cdk_clickstream._validation import amount, check_known, check_range, checked

_UNITS = {
    "backup_freshness": "seconds",
    "data_freshness": "seconds",
    "kinesis_lag": "milliseconds",
    "latency": "milliseconds",
}
# Metrics of these are shares or milliseconds: the threshold is computed.
_SHARES = (
    "client_error_percent",
    "delivery_success_percent",
    "server_error_percent",
    "transform_duration_percent",
    "transform_success_percent",
)


@checked
@dataclass(frozen=True)
class Alarms:
    """Thresholds of the alarms; ``None`` leaves an alarm out. Each looks at periods of five minutes.

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html

    Parameters
    ----------
    data_freshness:
        Age of the oldest record not yet delivered; must be longer than the transform's and the destination's
        buffering intervals together. Also the threshold for rejected events. Default: 20 minutes.
    backup_freshness:
        The same for the source backup, where there is one. Default: 30 minutes.
    delivery_success_percent:
        Lowest share of successful writes to S3, for 15 minutes. Default: 100.
    failed_conversions:
        Records that did not become Parquet or ORC. Default: 0.
    transform_errors, transform_throttles:
        Calls of the function that failed as a whole, or were throttled; of your own function, too. Default: 0.
    transform_success_percent:
        Lowest share of calls that Firehose finds successful, for 15 minutes; the function itself counts no call that
        never reached it, for want of a right, and none whose answer Firehose cannot read. Default: 100.
    transform_duration_percent:
        Longest call of the function, as a share of its timeout; of Firehose's own limit of five minutes where the
        function's is longer or not known. Default: 80.
    failed_records:
        Records that the bundled transform failed: unreadable ones, and those whose rejected or re-queued events could
        not be put. Default: 0.
    throttled_records:
        Records that Firehose, or the Kinesis stream that it reads, refused because of its quota. Default: 0.
    quota_percent:
        Use of each of the direct PUT quotas: records, requests and bytes a second, which a stream that reads Kinesis
        does not have; with dynamic partitioning also of the quota of partitions at a time. Default: 80.
    kinesis_lag:
        Time by which Firehose is behind the newest record of its Kinesis stream; records that expire unread are lost.
        Default: 10 minutes.
    rejected_percent:
        Share of events that break the schema. Default: 5.
    server_error_percent:
        Share of requests answered 5xx. Default: 1.
    client_error_percent:
        Share of requests answered 4xx: a broken client, or an attack. Default: 20.
    latency:
        99th percentile of the endpoint's latency, for 15 minutes. Default: 2 seconds.
    requests:
        Requests to the endpoint in five minutes: more than your own clients send is a broken client, or an attack.
        Default: none.
    spending_per_day:
        USD a day, at the pace of the last hour, for requests to the endpoint and for what Firehose takes in and
        converts; at most 5,120 bytes a record too high, by the prices of us-east-1. Sooner than a budget alarm, whose
        figures AWS updates a few times a day. Default: none.
    silence:
        How long no record may come, 5 minutes to a day; rings when a site stops sending. Default: none.
    """

    data_freshness: cdk.Duration | None = field(default_factory=lambda: cdk.Duration.minutes(20))
    backup_freshness: cdk.Duration | None = field(default_factory=lambda: cdk.Duration.minutes(30))
    delivery_success_percent: float | None = 100
    failed_conversions: float | None = 0
    transform_errors: float | None = 0
    transform_throttles: float | None = 0
    transform_success_percent: float | None = 100
    transform_duration_percent: float | None = 80
    failed_records: float | None = 0
    throttled_records: float | None = 0
    quota_percent: float | None = 80
    kinesis_lag: cdk.Duration | None = field(default_factory=lambda: cdk.Duration.minutes(10))
    rejected_percent: float | None = 5
    server_error_percent: float | None = 1
    client_error_percent: float | None = 20
    latency: cdk.Duration | None = field(default_factory=lambda: cdk.Duration.seconds(2))
    requests: float | None = None
    spending_per_day: float | None = None
    silence: cdk.Duration | None = None

    def __post_init__(self) -> None:
        if self.silence is not None:
            seconds = amount("alarms.silence", self.silence, "seconds")
            check_known("alarms.silence", seconds)
            check_range("alarms.silence", seconds, 300, 86_400, "seconds", "choose a duration in this range, or None")
        for name in _SHARES:
            check_known(f"alarms.{name}", getattr(self, name))
        for name, unit in _UNITS.items():
            duration_threshold(self, name, unit)
        for one in fields(self):
            threshold = getattr(self, one.name)
            if threshold is None or isinstance(threshold, cdk.Duration):
                continue
            highest = 100 if one.name.endswith("_percent") else 10**9
            check_range(f"alarms.{one.name}", threshold, 0, highest, "", "choose a threshold in this range, or None")


def duration_threshold(alarms: Alarms, name: str, unit: str) -> int | None:
    """Return a duration among the thresholds as its metric counts it, a token as it is."""
    duration = getattr(alarms, name)
    return None if duration is None else amount(f"alarms.{name}", duration, unit)
