from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from cdk_clickstream import (
    Alarms,
    BufferingHints,
    ClickstreamPipeline,
    ConfigurationError,
    DynamicPartitioning,
    Monitoring,
    OutputFormat,
    PartitionKey,
    S3Prefix,
    Source,
    Transform,
)
from clickstream_transform.metrics import NAMESPACE
from support.checkout import CHECKOUT
from support.stacks import Synthesized, flat, new_stack, pipeline, pipeline_in, refusal

ALARM = "AWS::CloudWatch::Alarm"


EVERY_ALARM = {
    "BackupFreshness",
    "ClientErrors",
    "DataFreshness",
    "DeliverySuccess",
    "FailedConversions",
    "FailedRecords",
    "Latency",
    "QuotaBytes",
    "QuotaRecords",
    "QuotaRequests",
    "RejectFreshness",
    "RejectedEvents",
    "ServerErrors",
    "ThrottledRecords",
    "TransformDuration",
    "TransformErrors",
    "TransformSuccess",
    "TransformThrottles",
}


NONE = Alarms(
    data_freshness=None,
    backup_freshness=None,
    delivery_success_percent=None,
    failed_conversions=None,
    transform_errors=None,
    transform_throttles=None,
    transform_success_percent=None,
    transform_duration_percent=None,
    failed_records=None,
    throttled_records=None,
    quota_percent=None,
    kinesis_lag=None,
    rejected_percent=None,
    server_error_percent=None,
    client_error_percent=None,
    latency=None,
)


@pytest.fixture(scope="module")
def watched() -> Synthesized:
    stack = new_stack()
    pipeline_in(stack, monitoring=Monitoring())
    return Synthesized(stack)


def alarm(found: Synthesized, name: str) -> dict[str, Any]:
    return found.only(ALARM, f"PipelineMonitoring{name}")


def test_without_the_option_nothing_is_watched(reference: Synthesized) -> None:
    assert not reference.of_type(ALARM)
    assert not reference.of_type("AWS::CloudWatch::Dashboard")


def test_there_is_an_alarm_for_everything_unless_told_otherwise() -> None:
    pipeline = pipeline_in(new_stack(), monitoring=Monitoring())
    assert pipeline.monitoring is not None
    assert set(pipeline.monitoring.alarms) == EVERY_ALARM


def test_the_page_on_costs_counts_the_alarms() -> None:
    page = (CHECKOUT / "docs" / "cost.md").read_text(encoding="utf-8")
    assert f"{len(EVERY_ALARM)} alarms for a pipeline with all of its parts" in page


def test_no_alarm_rings_for_want_of_data(watched: Synthesized) -> None:
    for one in watched.of_type(ALARM).values():
        assert one["Properties"]["TreatMissingData"] == "notBreaching"


def test_each_alarm_tells_when_it_begins_and_when_it_ends(watched: Synthesized) -> None:
    (topic,) = watched.of_type("AWS::SNS::Topic")
    for one in watched.of_type(ALARM).values():
        assert one["Properties"]["AlarmActions"] == one["Properties"]["OKActions"] == [{"Ref": topic}]
        assert one["Properties"]["AlarmDescription"]


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold", "operator"),
    [
        ("DataFreshness", "DeliveryToS3.DataFreshness", "Maximum", 1200, "GreaterThanThreshold"),
        ("BackupFreshness", "BackupToS3.DataFreshness", "Maximum", 1800, "GreaterThanThreshold"),
        ("DeliverySuccess", "DeliveryToS3.Success", "Average", 1, "LessThanThreshold"),
        ("FailedConversions", "FailedConversion.Records", "Sum", 0, "GreaterThanThreshold"),
        ("FailedRecords", "RecordsFailed", "Sum", 0, "GreaterThanThreshold"),
        ("TransformErrors", "Errors", "Sum", 0, "GreaterThanThreshold"),
        ("RejectFreshness", "DeliveryToS3.DataFreshness", "Maximum", 1200, "GreaterThanThreshold"),
        ("TransformThrottles", "Throttles", "Sum", 0, "GreaterThanThreshold"),
        ("TransformSuccess", "ExecuteProcessing.Success", "Average", 1, "LessThanThreshold"),
        ("TransformDuration", "Duration", "Maximum", 48_000, "GreaterThanThreshold"),
        ("ThrottledRecords", "ThrottledRecords", "Sum", 0, "GreaterThanThreshold"),
        ("ServerErrors", "5XXError", "Average", 0.01, "GreaterThanThreshold"),
        ("ClientErrors", "4XXError", "Average", 0.2, "GreaterThanThreshold"),
    ],
)
def test_an_alarm_compares_its_metric_with_its_threshold(
    watched: Synthesized, name: str, metric: str, statistic: str, threshold: float, operator: str
) -> None:
    """facts/firehose.md#metrics."""
    one = alarm(watched, name)
    assert (one["MetricName"], one["Statistic"]) == (metric, statistic)
    assert (one["Threshold"], one["ComparisonOperator"], one["Period"]) == (threshold, operator, 300)


def test_latency_is_watched_at_the_99th_percentile(watched: Synthesized) -> None:
    one = alarm(watched, "Latency")
    assert (one["ExtendedStatistic"], one["Threshold"], one["EvaluationPeriods"]) == ("p99", 2000, 3)


@pytest.mark.parametrize(
    ("name", "used", "quota"),
    [
        ("QuotaRecords", "IncomingRecords", "RecordsPerSecondLimit"),
        ("QuotaRequests", "IncomingPutRequests", "PutRequestsPerSecondLimit"),
        ("QuotaBytes", "IncomingBytes", "BytesPerSecondLimit"),
    ],
)
def test_each_quota_is_watched_as_a_rate(watched: Synthesized, name: str, used: str, quota: str) -> None:
    """facts/firehose.md#metrics: IncomingBytes/300 s against BytesPerSecondLimit, and alike."""
    one = alarm(watched, name)
    metrics = {each["Id"]: each for each in one["Metrics"]}
    (expression,) = [each["Expression"] for each in one["Metrics"] if "Expression" in each]
    assert expression == "100 * (used / PERIOD(used)) / quota"
    assert metrics["used"]["MetricStat"]["Metric"]["MetricName"] == used
    assert metrics["quota"]["MetricStat"]["Metric"]["MetricName"] == quota
    assert one["Threshold"] == 80


def test_rejected_events_are_counted_by_the_transforms_own_metrics(watched: Synthesized) -> None:
    metrics = [
        each["MetricStat"]["Metric"] for each in alarm(watched, "RejectedEvents")["Metrics"] if "MetricStat" in each
    ]
    assert {each["MetricName"] for each in metrics} == {"EventsIn", "EventsRejected"}
    assert {each["Namespace"] for each in metrics} == {NAMESPACE}
    for each in metrics:
        assert each["Dimensions"] == [{"Name": "DeliveryStreamName", "Value": {"Ref": "PipelineStreamDD609695"}}]


def test_an_alarm_without_a_threshold_is_left_out() -> None:
    pipeline = pipeline_in(new_stack(), monitoring=Monitoring(alarms=NONE, dashboard=False))
    assert pipeline.monitoring is not None
    assert pipeline.monitoring.alarms == {}
    assert pipeline.monitoring.dashboard is None


def test_without_a_backup_there_is_no_alarm_for_it() -> None:
    pipeline = pipeline_in(new_stack(), monitoring=Monitoring(), backup=False)
    assert pipeline.monitoring is not None
    assert set(pipeline.monitoring.alarms) == EVERY_ALARM - {"BackupFreshness"}


def test_a_topic_that_is_given_is_used() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    pipeline_in(stack, monitoring=Monitoring(topic=topic))
    found = Synthesized(stack)
    assert not found.of_type("AWS::SNS::Topic")
    assert alarm(found, "DataFreshness")["AlarmActions"] == ["arn:aws:sns:eu-west-1:111122223333:on-call"]


def test_an_action_that_is_given_is_taken_instead_of_telling_a_topic() -> None:
    stack = new_stack()
    function = lambda_.Function.from_function_arn(
        stack, "OnCall", "arn:aws:lambda:eu-west-1:111122223333:function:on-call"
    )
    pipeline = pipeline_in(stack, monitoring=Monitoring(action=actions.LambdaAction(function)))
    assert pipeline.monitoring is not None
    with pytest.raises(ConfigurationError, match="the alarms have no topic"):
        _ = pipeline.monitoring.topic
    found = Synthesized(stack)
    assert not found.of_type("AWS::SNS::Topic")
    for part in ("AlarmActions", "OKActions"):
        assert alarm(found, "DataFreshness")[part] == ["arn:aws:lambda:eu-west-1:111122223333:function:on-call"]


def test_a_topic_beside_an_action_is_refused() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    with pytest.raises(ConfigurationError, match=r"monitoring\.action='given beside a topic'"):
        Monitoring(topic=topic, action=actions.SnsAction(topic))


def test_the_dashboard_shows_alarms_and_graphs(watched: Synthesized) -> None:
    body = json.loads(flat(watched.only("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    kinds = [widget["type"] for widget in body["widgets"]]
    assert kinds == ["alarm", *["metric"] * 6]
    assert len(body["widgets"][0]["properties"]["alarms"]) == len(EVERY_ALARM)


@pytest.mark.parametrize(
    ("alarms", "message"),
    [
        (Alarms(data_freshness=cdk.Duration.seconds(360)), "alarms.data_freshness="),
        (Alarms(backup_freshness=cdk.Duration.seconds(300)), "alarms.backup_freshness="),
    ],
)
def test_a_freshness_that_a_healthy_stream_passes_is_refused(alarms: Alarms, message: str) -> None:
    """facts/firehose.md#metrics: alarm when it exceeds the buffering interval."""
    hints = BufferingHints(interval=cdk.Duration.seconds(300))
    with pytest.raises(ConfigurationError) as caught:
        pipeline_in(new_stack(), monitoring=Monitoring(alarms=alarms), buffering=hints)
    assert message in str(caught.value)


def watching(stack: cdk.Stack, **options: Any) -> ClickstreamPipeline:
    return pipeline_in(stack, **{"monitoring": Monitoring(), **options})


FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:rows"


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
    watching(stack, transform=imported(stack))
    return Synthesized(stack)


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold"),
    [
        ("TransformErrors", "Errors", "Sum", 0),
        ("TransformThrottles", "Throttles", "Sum", 0),
        # facts/firehose.md#function-calls: Firehose gives up after five minutes, whatever the function is allowed.
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
    """facts/firehose.md#metrics, metrics of the transform: a call that was denied is no error of the function."""
    one = own_function.only(ALARM, "PipelineMonitoringTransformSuccess")
    assert (one["Namespace"], one["MetricName"]) == ("AWS/Firehose", "ExecuteProcessing.Success")
    assert (one["ComparisonOperator"], one["Threshold"], one["EvaluationPeriods"]) == ("LessThanThreshold", 1, 3)


def test_what_only_the_bundled_code_counts_is_not_watched_for_a_function_of_ones_own() -> None:
    stack = new_stack()
    found = names(watching(stack, transform=imported(stack)))
    assert not {"RejectFreshness", "FailedRecords", "RejectedEvents"} & found


def test_the_dashboard_shows_a_function_of_ones_own(own_function: Synthesized) -> None:
    body = flat(own_function.only("AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert '"AWS/Lambda","Errors","FunctionName","rows"' in body


@pytest.mark.parametrize(("timeout", "limit"), [(None, 3), (100, 100), (900, 300)])
def test_a_call_is_long_by_the_shorter_of_the_functions_limit_and_firehoses(timeout: int | None, limit: int) -> None:
    """facts/firehose.md#function-calls; Lambda's own default is 3 s."""
    stack = new_stack()
    function = made(stack, timeout)
    watching(
        stack,
        monitoring=Monitoring(alarms=Alarms(transform_duration_percent=50)),
        transform=Transform.from_function(function),
    )
    assert alarm(Synthesized(stack), "TransformDuration")["Threshold"] == 500 * limit


def test_an_alias_is_watched_as_such() -> None:
    stack = new_stack()
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=made(stack, 100).current_version)
    watching(stack, transform=Transform.from_function(alias))
    found = Synthesized(stack)
    errors = found.only(ALARM, "PipelineMonitoringTransformErrors")
    dimensions = {one["Name"]: one["Value"] for one in errors["Dimensions"]}
    assert flat(dimensions["Resource"]).endswith(":live")
    assert found.only(ALARM, "PipelineMonitoringTransformDuration")["Threshold"] == 80_000


def test_without_a_function_none_is_watched() -> None:
    found = names(watching(new_stack(), transform=Transform.none()))
    assert not [name for name in found if name.startswith("Transform")]


@pytest.fixture(scope="module")
def from_kinesis() -> tuple[ClickstreamPipeline, Synthesized]:
    stack = new_stack()
    clicks = kinesis.Stream.from_stream_arn(stack, "Clicks", "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks")
    pipeline = watching(stack, source=Source.kinesis(clicks))
    return pipeline, Synthesized(stack)


def test_a_stream_that_reads_kinesis_is_not_watched_by_metrics_of_direct_put(
    from_kinesis: tuple[ClickstreamPipeline, Synthesized],
) -> None:
    """facts/firehose.md#metrics: IncomingRecords, ThrottledRecords and the limits are of direct PUT; they would never
    ring.
    """
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
    """facts/firehose.md#metrics, metrics of a Kinesis source."""
    one = from_kinesis[1].only(ALARM, "PipelineMonitoringKinesisLag")
    assert (one["Namespace"], one["MetricName"]) == ("AWS/Firehose", "KinesisMillisBehindLatest")
    assert (one["Statistic"], one["Threshold"]) == ("Maximum", 600_000)


def test_the_number_of_partitions_is_watched_against_its_quota() -> None:
    """facts/firehose.md#dynamic-partitioning, #metrics: beyond the quota records go to the error prefix."""
    stack = new_stack()
    watching(
        stack,
        transform=Transform.none(),
        partitioning=DynamicPartitioning.jq({"tenant": ".tenant_id"}),
        prefix=S3Prefix.hive("usage", {"tenant": PartitionKey.jq("tenant"), "day": "yyyy-MM-dd"}),
    )
    one = alarm(Synthesized(stack), "QuotaPartitions")
    metrics = {each["Id"]: each["MetricStat"] for each in one["Metrics"] if "MetricStat" in each}
    assert (metrics["used"]["Metric"]["MetricName"], metrics["used"]["Stat"]) == ("PartitionCount", "Maximum")
    assert (metrics["quota"]["Metric"]["MetricName"], metrics["quota"]["Stat"]) == ("ActivePartitionsLimit", "Minimum")
    assert [each["Expression"] for each in one["Metrics"] if "Expression" in each] == ["100 * used / quota"]
    assert one["Threshold"] == 80


TRAFFIC = Alarms(requests=30_000, spending_per_day=20, silence=cdk.Duration.hours(1))


@pytest.fixture(scope="module")
def traffic() -> Synthesized:
    return pipeline(monitoring=Monitoring(alarms=TRAFFIC))


def test_too_many_requests_ring(traffic: Synthesized) -> None:
    found = alarm(traffic, "Requests")
    assert (found["MetricName"], found["Statistic"], found["Period"]) == ("Count", "Sum", 300)
    assert (found["Threshold"], found["ComparisonOperator"]) == (30_000, "GreaterThanThreshold")


def expression(found: Synthesized) -> tuple[str, set[str]]:
    metrics = alarm(found, "Spending")["Metrics"]
    (maths,) = [one["Expression"] for one in metrics if "Expression" in one]
    stats = [one["MetricStat"] for one in metrics if "MetricStat" in one]
    assert {(one["Stat"], one["Period"]) for one in stats} == {("Sum", 3600)}
    return maths, {one["Metric"]["MetricName"] for one in stats}


def test_spending_is_estimated_from_the_last_hour_s_requests_and_records(traffic: Synthesized) -> None:
    """facts/prices.md#what-is-billed: 3.50 USD a million requests, 0.029 a GB taken in, 0.018 converted; records round
    up to 5 KB.
    """
    assert alarm(traffic, "Spending")["Threshold"] == 20
    assert expression(traffic) == (
        "24 * (3.5 * requests / 1000000 + 0.047 * (bytes + 5120 * records) / 1073741824)",
        {"Count", "IncomingBytes", "IncomingRecords"},
    )


def test_without_endpoint_or_conversion_they_cost_nothing_and_kinesis_is_read() -> None:
    found = pipeline(
        auth=None, source=Source.kinesis(), output=OutputFormat.json(), monitoring=Monitoring(alarms=TRAFFIC)
    )
    assert expression(found) == (
        "24 * (0.029 * (bytes + 5120 * records) / 1073741824)",
        {"DataReadFromKinesisStream.Bytes", "DataReadFromKinesisStream.Records"},
    )
    assert alarm(found, "Silence")["MetricName"] == "DataReadFromKinesisStream.Records"


def test_a_site_that_stops_sending_rings_though_there_are_no_data_then(traffic: Synthesized) -> None:
    found = alarm(traffic, "Silence")
    assert (found["MetricName"], found["Period"], found["EvaluationPeriods"]) == ("IncomingRecords", 300, 12)
    assert (found["Threshold"], found["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert found["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("minutes", [4, 1441])
def test_a_silence_that_cloudwatch_does_not_look_back_to_is_refused(minutes: int) -> None:
    with pytest.raises(ConfigurationError, match=r"alarms\.silence=.*must be 300\.\.86400 seconds"):
        Alarms(silence=cdk.Duration.minutes(minutes))


def test_the_alarms_name_the_folders_that_the_pipeline_writes_to() -> None:
    found = pipeline(folder="app", monitoring=Monitoring())
    said = "\n".join(one["Properties"]["AlarmDescription"] for one in found.of_type(ALARM).values())
    for folder in ("errors/app/processing-failed/", "errors/app/format-conversion-failed/", "errors/app/rejected/"):
        assert f"{folder} in the bucket" in said


def test_an_action_that_serves_one_alarm_only_is_refused_with_the_way_out() -> None:
    """aws_cdk's LambdaAction gives the permissions of several alarms one id."""
    stack = new_stack()
    code = lambda_.Code.from_inline("handler = print")
    runtime = lambda_.Runtime.PYTHON_3_14
    function = lambda_.Function(stack, "Call", runtime=runtime, handler="index.handler", code=code)
    message = refusal(lambda: pipeline_in(stack, monitoring=Monitoring(action=actions.LambdaAction(function))))
    assert "monitoring.action=" in message
    assert "LambdaSubscription" in message
