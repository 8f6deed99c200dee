"""Source × endpoint × transform × overflow × schema: one table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    ConfigurationError,
    DynamicPartitioning,
    EventSource,
    Monitoring,
    PartitionKey,
    RecordKey,
    S3Prefix,
    Source,
    SourceKind,
    Transform,
)
from cdk_clickstream.compatibility import check_combination, combination_of, combinations
from cdk_clickstream.transform.kind import TransformKind
from support.stacks import (
    CONTEXT,
    PUBLIC,
    STREAM,
    Synthesized,
    flat,
    new_stack,
    partitioned_by,
    pipeline,
    pipeline_refusal,
)

ORDERS = events.EventPattern(source=["shop"])


def source_of(kind: SourceKind) -> EventSource:
    group = logs.LogGroup.from_log_group_name(new_stack(), "Application", "/app/shop")
    return {
        SourceKind.DIRECT_PUT: lambda: Source.direct_put(),
        SourceKind.KINESIS: lambda: Source.kinesis(),
        SourceKind.LOG_MESSAGES: lambda: Source.cloudwatch_logs(group),
        SourceKind.LOG_DOCUMENTS: lambda: Source.cloudwatch_logs(group, extract_messages=False),
        SourceKind.EVENTBRIDGE: lambda: Source.eventbridge_rule(ORDERS, members={"event_name": "order"}),
        SourceKind.IOT: lambda: Source.iot_topic_rule("SELECT * FROM 'clicks'"),
    }[kind]()


def check(source: EventSource, transform: TransformKind, **given: bool) -> Any:
    return check_combination(
        source, transform, **{"endpoint": False, "own_schema": False, "partitioning": False, **given}
    )


CASES = [pytest.param(case, id=f"{case.source.value}-{case.transform.value}") for case in combinations()]


def test_the_table_has_every_combination() -> None:
    assert len(CASES) == len(SourceKind) * len(TransformKind)


@pytest.mark.parametrize("case", CASES)
def test_the_check_says_what_the_table_says(case: Any) -> None:
    source = source_of(case.source)
    if case.problem:
        with pytest.raises(ConfigurationError) as caught:
            check(source, case.transform)
        assert case.problem in str(caught.value)
        assert case.remedy[1:] in str(caught.value)
        return
    assert check(source, case.transform) == case
    for option, allowed in (
        ("endpoint", bool(case.endpoint)),
        ("own_schema", not case.own_schema),
        ("partitioning", bool(case.partitioning)),
    ):
        if allowed:
            check(source, case.transform, **{option: True})
        else:
            with pytest.raises(ConfigurationError):
                check(source, case.transform, **{option: True})


@pytest.mark.parametrize("kind", [SourceKind.LOG_MESSAGES, SourceKind.LOG_DOCUMENTS])
def test_no_endpoint_stands_beside_a_log_group(kind: SourceKind) -> None:
    """facts/sources.md#cloudwatch-logs: with decompression on, PutRecord from anyone but CloudWatch Logs fails."""
    assert all(not combination_of(kind, transform).endpoint for transform in TransformKind)


def test_overflow_is_put_back_where_put_record_works() -> None:
    """facts/sources.md#kinds: PutRecord is disabled with a Kinesis source, and refused with decompression."""
    kinds = {case.source for case in combinations() if not case.supports_requeue}
    assert kinds == {SourceKind.KINESIS, SourceKind.LOG_MESSAGES}


def test_a_pipeline_without_an_endpoint_is_spelled_out() -> None:
    stack = new_stack()
    made = ClickstreamPipeline(stack, "Pipeline", auth=None, monitoring=Monitoring())
    found = Synthesized(stack)
    assert not found.of_type("AWS::ApiGateway::RestApi")
    assert not [id_ for id_ in found.of_type("AWS::CloudWatch::Alarm") if "Latency" in id_]
    with pytest.raises(ConfigurationError, match="without an endpoint"):
        assert made.events_url


def test_a_pipeline_without_a_function_is_watched_all_the_same() -> None:
    stack = new_stack()
    ClickstreamPipeline(stack, "Pipeline", auth=PUBLIC, transform=Transform.none(), monitoring=Monitoring())
    alarms = Synthesized(stack).of_type("AWS::CloudWatch::Alarm")
    assert [id_ for id_ in alarms if "DataFreshness" in id_]
    assert not [id_ for id_ in alarms if "Transform" in id_ or "RejectedEvents" in id_ or "FailedRecords" in id_]


def test_the_endpoint_puts_into_the_kinesis_stream() -> None:
    found = pipeline(auth=PUBLIC, source=Source.kinesis())
    (kinesis,) = found.of_type("AWS::Kinesis::Stream")
    (post,) = [one for id_, one in found.of_type("AWS::ApiGateway::Method").items() if "eventsPOST" in id_]
    assert ":kinesis:action/PutRecord" in flat(post["Properties"]["Integration"]["Uri"])
    for statement in found.statements("IngestRole").values():
        assert statement["Resource"] == {"Fn::GetAtt": [kinesis, "Arn"]}
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert {*actions} <= {"kinesis:PutRecord", "kinesis:PutRecords"}


def test_a_pipeline_that_reads_kinesis_puts_nothing_back() -> None:
    """Elsewhere, ProcessingFailed."""
    found = pipeline(source=Source.kinesis())
    assert not [id_ for id_ in found.of_type("AWS::IAM::Policy") if "Overflow" in id_]


def test_a_pipeline_reads_click_events_from_a_rule() -> None:
    found = pipeline(source=source_of(SourceKind.EVENTBRIDGE), auth=PUBLIC)
    assert len(found.of_type("AWS::Events::Rule")) == 1
    assert len(found.of_type("AWS::ApiGateway::RestApi")) == 1


def test_a_rule_without_an_event_name_is_refused() -> None:
    assert pipeline_refusal(source=Source.eventbridge_rule(ORDERS)).startswith(
        "source.members=None: must set event_name"
    )


def test_an_iot_query_without_an_event_name_is_refused() -> None:
    message = pipeline_refusal(source=Source.iot_topic_rule("SELECT temperature FROM 'sensors'"))
    assert "AS event_name" in message


def test_an_endpoint_beside_log_messages_is_refused() -> None:
    assert "pass auth=None" in pipeline_refusal(auth=PUBLIC, source=source_of(SourceKind.LOG_MESSAGES)).lower().replace(
        "none", "None"
    )


def test_partitioning_of_records_with_several_events_is_refused() -> None:
    by_tenant = S3Prefix.hive("events", {"tenant": PartitionKey.jq("tenant"), "event_date": "yyyy-MM-dd"})
    message = pipeline_refusal(partitioning=DynamicPartitioning.jq({"tenant": ".tenant"}), prefix=by_tenant)
    assert "holds several events" in message


BY_CALLER = {"caller": RecordKey.context("api_key_id", ["shop"])}


def test_a_pipeline_is_partitioned_by_the_keys_of_its_transform() -> None:
    found = pipeline(
        auth=None,
        transform=Transform.click(partition_keys=BY_CALLER),
        partitioning=DynamicPartitioning.from_lambda(["caller"]),
        prefix=S3Prefix.hive(
            "events",
            {"caller": PartitionKey.from_lambda("caller", values=["shop", "other"]), "event_date": "yyyy-MM-dd"},
        ),
    )
    partitioned = [
        one["Properties"]["ExtendedS3DestinationConfiguration"].get("DynamicPartitioningConfiguration")
        for one in found.of_type(STREAM).values()
    ]
    assert [one["Enabled"] for one in partitioned if one] == [True]


@pytest.mark.parametrize(
    "options",
    [
        {"partitioning": DynamicPartitioning.from_lambda(["tenant"])},
        {"transform": Transform.click(partition_keys=BY_CALLER)},
        {
            "transform": Transform.click(partition_keys=BY_CALLER),
            "partitioning": DynamicPartitioning.from_lambda(["tenant"]),
        },
    ],
    ids=["no keys", "no partitioning", "other keys"],
)
def test_keys_that_the_transform_does_not_give_or_nobody_uses_are_refused(options: dict[str, Any]) -> None:
    assert "are not the keys of the stream's partitioning" in pipeline_refusal(auth=None, **options)


@pytest.mark.parametrize(("source", "overflow"), [(Source.direct_put(), None), (Source.kinesis(), "fail")])
def test_the_transforms_options_say_what_becomes_of_overflow(
    source: EventSource, overflow: str | None, tmp_path: Path
) -> None:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path))
    ClickstreamPipeline(cdk.Stack(app, "Test"), "Pipeline", auth=None, source=source)
    app.synth()
    (options,) = tmp_path.glob("asset.*/options.json")
    assert json.loads(options.read_text(encoding="utf-8")).get("overflow") == overflow


@pytest.mark.parametrize(
    ("member", "auth", "message"),
    [
        ("api_key_id", PUBLIC, "'api_key_id': is never known: callers of this endpoint send no API key"),
        ("principal", PUBLIC, "'principal': is never known: nobody signs in to this endpoint"),
        ("principal", ApiAuth.api_key(), "Pass auth=ApiAuth.authorizer(...), or take another key"),
    ],
)
def test_a_key_that_the_endpoint_never_knows_is_refused(member: str, auth: ApiAuth, message: str) -> None:
    assert message in pipeline_refusal(**partitioned_by({"site": RecordKey.context(member, ["abc"])}, auth=auth))


@pytest.mark.parametrize(
    ("key", "auth"),
    [
        (RecordKey.context("api_key_id", ["abc"]), ApiAuth.api_key()),
        (RecordKey.context("principal", ["AIDAEXAMPLE"]), ApiAuth.iam()),
        (RecordKey.event("app_id", ["shop"]), PUBLIC),
    ],
    ids=["api key", "principal", "event"],
)
def test_a_key_that_the_endpoint_can_know_is_taken(key: RecordKey, auth: ApiAuth) -> None:
    assert pipeline(**partitioned_by({"by": key}, auth=auth)).of_type("AWS::Glue::Table")
