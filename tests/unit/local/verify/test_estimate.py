from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3

from clickstream_local.aws.session import AwsSession
from clickstream_local.common.window import Window
from clickstream_local.verify.estimate import hourly_metrics
from support.deployed_stack import REGION
from support.deployed_stack import aws as aws

HOUR = datetime(2026, 11, 29, 10, tzinfo=UTC)


def test_metrics_are_summed_by_the_hour(aws: str) -> None:
    client = boto3.client("cloudwatch", region_name=REGION)
    for minutes, value, name, namespace in (
        (1, 2, "IncomingRecords", "AWS/Firehose"),
        (59, 3, "IncomingRecords", "AWS/Firehose"),
        (61, 7, "EventsOut", "Clickstream/Transform"),
    ):
        datum = {
            "MetricName": name,
            "Timestamp": HOUR + timedelta(minutes=minutes),
            "Value": value,
            "Dimensions": [{"Name": "DeliveryStreamName", "Value": "clicks"}],
        }
        client.put_metric_data(Namespace=namespace, MetricData=[datum])
    begin = int(HOUR.timestamp() * 1000)
    window = Window(begin, begin + 2 * 3_600_000)
    found = list(hourly_metrics(AwsSession(None, None), "clicks", window, begin + 86_400_000))
    sums = {one.hour - begin: {name: value for name, value in one.sums.items() if value} for one in found}
    assert {hour: one for hour, one in sums.items() if one} == {0: {"IncomingRecords": 5}, 3_600_000: {"EventsOut": 7}}
