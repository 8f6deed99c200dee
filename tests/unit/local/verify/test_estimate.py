from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3

from clickstream_local.aws.session import AwsSession
from clickstream_local.common.window import Window
from clickstream_local.verify.estimate import hourly_metrics
from support.deployed_stack import REGION
from support.deployed_stack import aws as aws

MINUTE = 60_000
HOUR = datetime(2026, 11, 29, 10, tzinfo=UTC)


def put(*points: tuple[int, int, str, str]) -> None:
    """Minutes after the hour, value, name and namespace of each."""
    client = boto3.client("cloudwatch", region_name=REGION)
    for minutes, value, name, namespace in points:
        datum = {
            "MetricName": name,
            "Timestamp": HOUR + timedelta(minutes=minutes),
            "Value": value,
            "Dimensions": [{"Name": "DeliveryStreamName", "Value": "clicks"}],
        }
        client.put_metric_data(Namespace=namespace, MetricData=[datum])


def sums(since: int, until: int) -> dict[int, dict[str, float]]:
    """By the minute at which an hour begins, what is not 0 of a range of minutes whose end is now."""
    begin = int(HOUR.timestamp() * 1000)
    window = Window(begin + since * MINUTE)
    found = hourly_metrics(AwsSession(None, None), "clicks", window, begin + until * MINUTE)
    by_hour = {
        (one.hour - begin) // MINUTE: {name: value for name, value in one.sums.items() if value} for one in found
    }
    return {hour: one for hour, one in by_hour.items() if one}


def test_metrics_are_summed_by_the_hour(aws: str) -> None:
    put(
        (1, 2, "IncomingRecords", "AWS/Firehose"),
        (59, 3, "IncomingRecords", "AWS/Firehose"),
        (61, 7, "EventsOut", "Clickstream/Transform"),
    )
    assert sums(0, 120) == {0: {"IncomingRecords": 5}, 60: {"EventsOut": 7}}


def test_the_hour_that_is_not_over_is_shown(aws: str) -> None:
    put((241, 2, "IncomingRecords", "AWS/Firehose"))
    assert sums(185, 245) == {240: {"IncomingRecords": 2}}
    assert sums(240, 245) == {240: {"IncomingRecords": 2}}
