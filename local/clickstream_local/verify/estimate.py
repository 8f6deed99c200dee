"""What metrics say of a stream: an estimate, since a call that is tried again counts its records a second time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from clickstream_local.aws.session import AwsSession
from clickstream_local.common.window import Window

METRICS = {
    "IncomingRecords": "AWS/Firehose",
    "DataReadFromKinesisStream.Records": "AWS/Firehose",
    "DeliveryToS3.Records": "AWS/Firehose",
    "EventsIn": "Clickstream/Transform",
    "EventsOut": "Clickstream/Transform",
    "EventsRejected": "Clickstream/Transform",
    "RecordsFailed": "Clickstream/Transform",
}
"""Metric to namespace; the dimension of all is the name of the delivery stream."""

_HOUR_SECONDS = 3600
_HOUR = _HOUR_SECONDS * 1000


@dataclass(frozen=True)
class HourlyMetrics:
    """The sums of an hour, which begins at an epoch millisecond; a metric without points is not in them."""

    hour: int
    sums: dict[str, float]


def hourly_metrics(session: AwsSession, stream: str, window: Window, now: int) -> Iterator[HourlyMetrics]:
    """The sums of :data:`METRICS` by the hour, of each hour that the range touches.

    Raises
    ------
    AwsError
        If they cannot be read.
    """
    queries = [
        {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": "DeliveryStreamName", "Value": stream}],
                },
                "Period": _HOUR_SECONDS,
                "Stat": "Sum",
            },
        }
        for place, (name, namespace) in enumerate(METRICS.items())
    ]
    names = list(METRICS)
    hours: dict[int, dict[str, float]] = {}
    # CloudWatch rounds old points to the hour, and refuses a start that is no earlier than the end.
    begin, end = window.since // _HOUR, -(-min(window.until, now) // _HOUR)
    times = {"StartTime": _time(begin), "EndTime": _time(max(end, begin + 1))}
    for page in session.pages("cloudwatch:GetMetricData", MetricDataQueries=queries, **times):
        for result in page["MetricDataResults"]:
            name = names[int(result["Id"][1:])]
            for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
                sums = hours.setdefault(int(moment.timestamp() * 1000), {})
                sums[name] = sums.get(name, 0) + value
    for hour, sums in sorted(hours.items()):
        yield HourlyMetrics(hour, sums)


def _time(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * _HOUR_SECONDS, UTC)
