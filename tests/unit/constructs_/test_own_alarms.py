"""Alarms of what a pipeline was given: a function of one's own, a Kinesis stream, partitions."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import (
    Alarms,
    ApiAuth,
    ClickstreamPipeline,
    DynamicPartitioning,
    Monitoring,
    PartitionKey,
    S3Prefix,
    Source,
    Transform,
)
from support.stacks import Synthesized, flat, new_stack

ALARM = "AWS::CloudWatch::Alarm"
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:rows"


def watched(stack: cdk.Stack, options: Monitoring | None = None, **others: Any) -> ClickstreamPipeline:
    return ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam(), monitoring=options or Monitoring(), **others)


def alarm(stack: cdk.Stack, name: str) -> dict[str, Any]:
    return Synthesized(stack).only(ALARM, f"PipelineMonitoring{name}")


def names(pipeline: ClickstreamPipeline) -> set[str]:
    assert pipeline.monitoring is not None
    return set(pipeline.monitoring.alarms)


def imported(stack: cdk.Stack) -> Transform:
    return Transform.from_function(lambda_.Function.from_function_arn(stack, "Rows", FUNCTION))


def made(stack: cdk.Stack, timeout: int | None) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Rows",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        timeout=cdk.Duration.seconds(timeout) if timeout else None,
    )


@pytest.fixture(scope="module")
def own_function() -> Synthesized:
    stack = new_stack()
    watched(stack, transform=imported(stack))
    return Synthesized(stack)


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold"),
    [
        ("TransformErrors", "Errors", "Sum", 0),
        ("TransformThrottles", "Throttles", "Sum", 0),
        # aws-facts 2.2: Firehose gives up after five minutes, whatever the function is allowed.
        ("TransformDuration", "Duration", "Maximum", 0.8 * 300_000),
    ],
)
def test_a_function_of_ones_own_is_watched_like_the_bundled_one(
    own_function: Synthesized, name: str, metric: str, statistic: str, threshold: float
) -> None:
    one = own_function.only(ALARM, f"PipelineMonitoring{name}")
    assert (one["Namespace"], one["MetricName"], one["Statistic"]) == ("AWS/Lambda", metric, statistic)
    assert one["Dimensions"] == [{"Name": "FunctionName", "Value": "rows"}]
    assert one["Threshold"] == threshold


def test_calls_that_never_reach_a_function_of_ones_own_are_told_by_firehose(own_function: Synthesized) -> None:
    """aws-facts 8.3, metrics of the transform: a call that was denied is no error of the function."""
    one = own_function.only(ALARM, "PipelineMonitoringTransformSuccess")
    assert (one["Namespace"], one["MetricName"]) == ("AWS/Firehose", "ExecuteProcessing.Success")
    assert (one["ComparisonOperator"], one["Threshold"], one["EvaluationPeriods"]) == ("LessThanThreshold", 1, 3)


def test_what_only_the_bundled_code_counts_is_not_watched_for_a_function_of_ones_own() -> None:
    stack = new_stack()
    found = names(watched(stack, transform=imported(stack)))
    assert not {"RejectFreshness", "FailedRecords", "RejectedEvents"} & found


def test_the_dashboard_shows_a_function_of_ones_own(own_function: Synthesized) -> None:
    body = flat(own_function.only("AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert '"AWS/Lambda","Errors","FunctionName","rows"' in body


@pytest.mark.parametrize(("timeout", "limit"), [(None, 3), (100, 100), (900, 300)])
def test_a_call_is_long_by_the_shorter_of_the_functions_limit_and_firehoses(timeout: int | None, limit: int) -> None:
    """aws-facts 2.2; Lambda's own default is 3 s."""
    stack = new_stack()
    function = made(stack, timeout)
    watched(
        stack, Monitoring(alarms=Alarms(transform_duration_percent=50)), transform=Transform.from_function(function)
    )
    assert alarm(stack, "TransformDuration")["Threshold"] == 500 * limit


def test_an_alias_is_watched_as_such() -> None:
    stack = new_stack()
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=made(stack, 100).current_version)
    watched(stack, transform=Transform.from_function(alias))
    found = Synthesized(stack)
    errors = found.only(ALARM, "PipelineMonitoringTransformErrors")
    dimensions = {one["Name"]: one["Value"] for one in errors["Dimensions"]}
    assert flat(dimensions["Resource"]).endswith(":live")
    assert found.only(ALARM, "PipelineMonitoringTransformDuration")["Threshold"] == 80_000


def test_without_a_function_none_is_watched() -> None:
    found = names(watched(new_stack(), transform=Transform.none()))
    assert not [name for name in found if name.startswith("Transform")]


@pytest.fixture(scope="module")
def from_kinesis() -> tuple[ClickstreamPipeline, Synthesized]:
    stack = new_stack()
    clicks = kinesis.Stream.from_stream_arn(stack, "Clicks", "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks")
    pipeline = watched(stack, source=Source.kinesis(clicks))
    return pipeline, Synthesized(stack)


def test_a_stream_that_reads_kinesis_is_not_watched_by_metrics_of_direct_put(
    from_kinesis: tuple[ClickstreamPipeline, Synthesized],
) -> None:
    """aws-facts 8.3: IncomingRecords, ThrottledRecords and the limits are of direct PUT; they would never ring."""
    assert not [name for name in names(from_kinesis[0]) if name.startswith("Quota")]
    metrics = {one["Properties"].get("MetricName") for one in from_kinesis[1].of_type(ALARM).values()}
    assert "ThrottledRecords" not in metrics


def test_the_kinesis_stream_is_watched_for_records_that_it_refuses(
    from_kinesis: tuple[ClickstreamPipeline, Synthesized],
) -> None:
    one = from_kinesis[1].only(ALARM, "PipelineMonitoringThrottledRecords")
    assert (one["Namespace"], one["MetricName"]) == ("AWS/Kinesis", "WriteProvisionedThroughputExceeded")
    assert (one["Statistic"], one["Threshold"]) == ("Sum", 0)
    assert one["Dimensions"] == [{"Name": "StreamName", "Value": "clicks"}]


def test_firehose_is_watched_for_how_far_it_is_behind(
    from_kinesis: tuple[ClickstreamPipeline, Synthesized],
) -> None:
    """aws-facts 8.3, metrics of a Kinesis source."""
    one = from_kinesis[1].only(ALARM, "PipelineMonitoringKinesisLag")
    assert (one["Namespace"], one["MetricName"]) == ("AWS/Firehose", "KinesisMillisBehindLatest")
    assert (one["Statistic"], one["Threshold"]) == ("Maximum", 600_000)


def test_the_number_of_partitions_is_watched_against_its_quota() -> None:
    """aws-facts 6 and 8.3: beyond the quota records go to the error prefix."""
    stack = new_stack()
    watched(
        stack,
        transform=Transform.none(),
        partitioning=DynamicPartitioning.jq({"tenant": ".tenant_id"}),
        prefix=S3Prefix.hive("usage", {"tenant": PartitionKey.jq("tenant"), "day": "yyyy-MM-dd"}),
    )
    one = alarm(stack, "QuotaPartitions")
    metrics = {each["Id"]: each["MetricStat"] for each in one["Metrics"] if "MetricStat" in each}
    assert (metrics["used"]["Metric"]["MetricName"], metrics["used"]["Stat"]) == ("PartitionCount", "Maximum")
    assert (metrics["quota"]["Metric"]["MetricName"], metrics["quota"]["Stat"]) == ("ActivePartitionsLimit", "Minimum")
    assert [each["Expression"] for each in one["Metrics"] if "Expression" in each] == ["100 * used / quota"]
    assert one["Threshold"] == 80
