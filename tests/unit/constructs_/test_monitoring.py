from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from cdk_clickstream import (
    Alarms,
    ApiAuth,
    BufferingHints,
    ClickstreamPipeline,
    ConfigurationError,
    Monitoring,
)
from clickstream_transform.metrics import NAMESPACE
from support.checkout import CHECKOUT
from support.stacks import REASON, Synthesized, flat, new_stack

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


def pipeline_in(stack: cdk.Stack, options: Monitoring, **others: Any) -> ClickstreamPipeline:
    return ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON), monitoring=options, **others)


@pytest.fixture(scope="module")
def watched() -> Synthesized:
    stack = new_stack()
    pipeline_in(stack, Monitoring())
    return Synthesized(stack)


def alarm(found: Synthesized, name: str) -> dict[str, Any]:
    return found.only(ALARM, f"PipelineMonitoring{name}")


def test_without_the_option_nothing_is_watched(reference: Synthesized) -> None:
    assert not reference.of_type(ALARM)
    assert not reference.of_type("AWS::CloudWatch::Dashboard")


def test_there_is_an_alarm_for_everything_unless_told_otherwise() -> None:
    pipeline = pipeline_in(new_stack(), Monitoring())
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
    """aws-facts 8.3."""
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
    """aws-facts 8.3: IncomingBytes/300 s against BytesPerSecondLimit, and alike."""
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
    pipeline = pipeline_in(new_stack(), Monitoring(alarms=NONE, dashboard=False))
    assert pipeline.monitoring is not None
    assert pipeline.monitoring.alarms == {}
    assert pipeline.monitoring.dashboard is None


def test_without_a_backup_there_is_no_alarm_for_it() -> None:
    pipeline = pipeline_in(new_stack(), Monitoring(), backup=False)
    assert pipeline.monitoring is not None
    assert set(pipeline.monitoring.alarms) == EVERY_ALARM - {"BackupFreshness"}


def test_a_topic_that_is_given_is_used() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    pipeline_in(stack, Monitoring(topic=topic))
    found = Synthesized(stack)
    assert not found.of_type("AWS::SNS::Topic")
    assert alarm(found, "DataFreshness")["AlarmActions"] == ["arn:aws:sns:eu-west-1:111122223333:on-call"]


def test_an_action_that_is_given_is_taken_instead_of_telling_a_topic() -> None:
    stack = new_stack()
    function = lambda_.Function.from_function_arn(
        stack, "OnCall", "arn:aws:lambda:eu-west-1:111122223333:function:on-call"
    )
    pipeline = pipeline_in(stack, Monitoring(action=actions.LambdaAction(function)))
    assert pipeline.monitoring is not None
    with pytest.raises(ConfigurationError, match="no topic is told of the alarms"):
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


def test_cloudwatch_may_use_the_key_of_the_topic_for_this_account_only(watched: Synthesized) -> None:
    statements = watched.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (allowed,) = [one for one in statements if one.get("Sid") == "AlarmsPublish"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


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
    """aws-facts 8.3: alarm when it exceeds the buffering interval."""
    hints = BufferingHints(interval=cdk.Duration.seconds(300))
    with pytest.raises(ConfigurationError) as caught:
        pipeline_in(new_stack(), Monitoring(alarms=alarms), buffering=hints)
    assert message in str(caught.value)


def test_a_share_over_100_percent_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"alarms\.quota_percent=101: must be 0\.\.100"):
        Alarms(quota_percent=101)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"alarms\.transform_errors=-1"):
        Alarms(transform_errors=-1)
