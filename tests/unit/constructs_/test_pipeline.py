from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    BufferingHints,
    ClickstreamPipeline,
    OutputFormat,
    S3Prefix,
    SourceBackup,
)
from support.full_stacks import STACKS, full_stack
from support.stacks import PUBLIC, STREAM, Synthesized, destination_of, new_stack, pipeline, pipeline_in

STATEFUL = {
    "PipelineBucket5BC3F8EA": "AWS::S3::Bucket",
    "PipelineBucketAccessLog4AA965FD": "AWS::S3::Bucket",
    "PipelineCatalogDatabaseBBB4EC1F": "AWS::Glue::Database",
    "PipelineCatalogTable45196DA4": "AWS::Glue::Table",
    "PipelineIngestApi7D3ED673": "AWS::ApiGateway::RestApi",
    "PipelineRejectStreamD2DA6DF1": STREAM,
    "PipelineRejectStreamErrorLogGroupFE0412C7": "AWS::Logs::LogGroup",
    "PipelineStreamDD609695": STREAM,
    "PipelineStreamErrorLogGroupE23D8492": "AWS::Logs::LogGroup",
    "PipelineTransformLogE41614DB": "AWS::Logs::LogGroup",
}


def test_the_logical_ids_of_what_holds_data_never_change(reference: Synthesized) -> None:
    """Another id would replace the resource, and with it the data, the buffers or the endpoint's address."""
    types = set(STATEFUL.values())
    found = {id_: one["Type"] for id_, one in reference.template["Resources"].items() if one["Type"] in types}
    assert found == STATEFUL


def test_the_keys_logical_id_never_changes(with_key: Synthesized) -> None:
    assert list(with_key.of_type("AWS::KMS::Key")) == ["PipelineKeyF48EE773"]


# Names that are unique within what else the stack makes, or need not be unique.
SCOPED_NAMES = {
    ("AWS::Logs::LogStream", "LogStreamName"),
    ("AWS::ApiGateway::Stage", "StageName"),
    ("AWS::Athena::NamedQuery", "Name"),
    ("AWS::CloudWatch::Alarm", "MetricName"),
}


@pytest.mark.parametrize("name", STACKS)
def test_nothing_has_a_fixed_name_that_a_second_deployment_would_clash_with(name: str) -> None:
    """A name that is written out holds the hash of where it stands in the app."""
    fixed = [
        (one["Type"], property_, value)
        for one in Synthesized(full_stack(name)).template["Resources"].values()
        for property_, value in one.get("Properties", {}).items()
        if property_.endswith("Name") and isinstance(value, str) and not re.search("[0-9A-F]{8}$", value)
    ]
    of_others = {("AWS::Logs::SubscriptionFilter", "LogGroupName", "/service")}
    assert {one for one in fixed if one[:2] not in SCOPED_NAMES} <= of_others


def test_two_pipelines_live_in_one_stack() -> None:
    stack = new_stack()
    first = ClickstreamPipeline(stack, "Shop", auth=PUBLIC)
    second = ClickstreamPipeline(stack, "Blog", auth=ApiAuth.iam())
    found = Synthesized(stack)
    assert len(found.of_type(STREAM)) == 4
    names = {one["Properties"]["DatabaseInput"]["Name"] for one in found.of_type("AWS::Glue::Database").values()}
    assert len(names) == 2
    names = {one["Properties"]["Name"] for one in found.of_type("AWS::ApiGateway::RestApi").values()}
    assert len(names) == 2
    assert stack.resolve(first.events_url) != stack.resolve(second.events_url)


def test_a_bucket_that_is_passed_in_is_left_alone() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    assert pipeline_in(stack, bucket=bucket).bucket is bucket
    assert not Synthesized(stack).of_type("AWS::S3::Bucket")


def test_the_backup_can_be_left_out() -> None:
    found = pipeline(backup=False)
    assert destination_of(found)["S3BackupMode"] == "Disabled"
    rules = found.of_type("AWS::S3::Bucket")["PipelineBucket5BC3F8EA"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert "backup/" not in [rule.get("Prefix") for rule in rules]


def test_options_reach_the_parts() -> None:
    found = pipeline(
        output=OutputFormat.json(),
        prefix=S3Prefix.hive("clicks", {"day": "yyyy-MM-dd"}),
        error_prefix=S3Prefix("errors/mine/!{firehose:error-output-type}/"),
        buffering=BufferingHints(cdk.Size.mebibytes(1), cdk.Duration.seconds(0)),
        backup=SourceBackup(prefix=S3Prefix("raw/"), expire_after=cdk.Duration.days(7)),
    )
    destination = destination_of(found)
    assert destination["CompressionFormat"] == "GZIP"
    assert destination["Prefix"] == "clicks/day=!{timestamp:yyyy-MM-dd}/"
    assert destination["ErrorOutputPrefix"] == "errors/mine/!{firehose:error-output-type}/"
    assert destination["BufferingHints"] == {"SizeInMBs": 1, "IntervalInSeconds": 0}
    assert destination["S3BackupConfiguration"]["Prefix"] == "raw/"
    assert found.only("AWS::Glue::Table")["TableInput"]["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    rules = found.of_type("AWS::S3::Bucket")["PipelineBucket5BC3F8EA"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule} == {
        "raw/": 7,
        "errors/": 90,
    }


def test_a_pipeline_without_auth_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="auth"):
        ClickstreamPipeline(new_stack(), "Pipeline")  # type: ignore[call-arg]


@pytest.mark.parametrize("region", ["us-east-1", "mx-central-1", "cn-north-1", "us-gov-west-1", "eu-isoe-west-1"])
def test_any_region_synthesizes(region: str) -> None:
    """facts/peers.md#construct-libraries: the CDK's own construct fails in regions it does not know."""
    app = cdk.App()
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region=region))
    pipeline_in(stack)
    assert "Mappings" not in Synthesized(stack).template


def test_the_metrics_of_a_pipeline_are_those_of_its_streams() -> None:
    stack = new_stack()
    made = pipeline_in(stack)

    def stream_of(metric: Any) -> object:
        return stack.resolve(metric.dimensions)["DeliveryStreamName"]

    assert stream_of(made.metric_incoming_records()) == {"Ref": "PipelineStreamDD609695"}
    assert stream_of(made.metric_data_freshness()) == {"Ref": "PipelineStreamDD609695"}
    assert stream_of(made.metric_rejected_events()) == {"Ref": "PipelineStreamDD609695"}


def retentions(found: Synthesized) -> dict[str, int]:
    return {
        id_.removeprefix("Pipeline")[:-8]: one["Properties"]["RetentionInDays"]
        for id_, one in found.of_type("AWS::Logs::LogGroup").items()
    }


def test_each_log_has_its_own_time(reference: Synthesized) -> None:
    assert retentions(reference) == {
        "RejectStreamErrorLogGroup": 90,
        "StreamErrorLogGroup": 90,
        "TransformLog": 30,
    }


def test_an_access_log_has_a_time_and_a_logical_id_of_its_own() -> None:
    found = pipeline(access_log=AccessLog(), log_retention=logs.RetentionDays.ONE_WEEK)
    assert (
        found.of_type("AWS::Logs::LogGroup")["PipelineIngestAccessLog57C58903"]["Properties"]["RetentionInDays"] == 90
    )


def test_one_time_can_be_set_for_the_logs_of_streams_and_function() -> None:
    found = retentions(pipeline(log_retention=logs.RetentionDays.ONE_WEEK))
    assert found == {
        "RejectStreamErrorLogGroup": 7,
        "StreamErrorLogGroup": 7,
        "TransformLog": 7,
    }


def test_the_function_does_not_depend_on_the_policy_that_lets_it_requeue_overflow(reference: Synthesized) -> None:
    """No circular dependency, since the stream depends on the function."""
    assert any("Overflow" in id_ for id_ in reference.of_type("AWS::IAM::Policy"))
    (function,) = reference.of_type("AWS::Lambda::Function").values()
    assert not any("Overflow" in one for one in function["DependsOn"])
