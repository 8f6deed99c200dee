"""Dynamic partitioning and what else works on each record."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import DeAggregation, DynamicPartitioning, LambdaProcessor, PartitionKey, S3Prefix, SourceBackup
from support.stacks import destination, new_stack, stream_refusal

BY_LAMBDA = S3Prefix.hive("events", {"tenant": PartitionKey.from_lambda("tenant"), "event_date": "yyyy-MM-dd"})


BY_TENANT = S3Prefix.hive("events", {"tenant": PartitionKey.jq("tenant"), "event_date": "yyyy-MM-dd"})
TENANT = DynamicPartitioning.jq({"tenant": ".tenant_id"})


def function(**options: Any) -> LambdaProcessor:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:mine:7"
    return LambdaProcessor(lambda_.Function.from_function_arn(new_stack(), "Mine", arn), **options)


def processors(found: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    return [
        (one["Type"], {each["ParameterName"]: each["ParameterValue"] for each in one.get("Parameters", [])})
        for one in found["ProcessingConfiguration"]["Processors"]
    ]


def test_jq_takes_the_keys_from_the_record() -> None:
    """facts/firehose.md#dynamic-partitioning: MetadataExtractionQuery is a jq 1.6 program returning an object."""
    found = destination(prefix=BY_TENANT, partitioning=TENANT)
    assert found["DynamicPartitioningConfiguration"] == {"Enabled": True, "RetryOptions": {"DurationInSeconds": 300}}
    assert found["Prefix"] == "events/tenant=!{partitionKeyFromQuery:tenant}/event_date=!{timestamp:yyyy-MM-dd}/"
    assert processors(found) == [
        ("MetadataExtraction", {"MetadataExtractionQuery": '{"tenant":.tenant_id}', "JsonParsingEngine": "JQ-1.6"})
    ]


def test_a_partitioned_stream_buffers_64_mib_or_more() -> None:
    """facts/firehose.md#buffering: at least 64 MiB, default 128, with dynamic partitioning."""
    assert destination(prefix=BY_TENANT, partitioning=TENANT)["BufferingHints"] == {
        "SizeInMBs": 128,
        "IntervalInSeconds": 300,
    }


def test_a_function_gives_the_keys() -> None:
    partitioning = DynamicPartitioning.from_lambda(["tenant"], retry_duration=cdk.Duration.seconds(0))
    found = destination(partitioning=partitioning, prefix=BY_LAMBDA, processor=function())
    assert found["DynamicPartitioningConfiguration"]["RetryOptions"] == {"DurationInSeconds": 0}
    assert [name for name, _ in processors(found)] == ["Lambda"]


def test_the_processors_are_in_the_order_in_which_firehose_works() -> None:
    """facts/firehose.md#processing-order."""
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id"}, de_aggregation=DeAggregation.delimited("####"))
    found = processors(
        destination(prefix=BY_TENANT, partitioning=partitioning, processor=function(), append_newline=True)
    )
    assert [name for name, _ in found] == [
        "RecordDeAggregation",
        "Lambda",
        "MetadataExtraction",
        "AppendDelimiterToRecord",
    ]
    # facts/firehose.md#dynamic-partitioning: #### -> IyMjIw==
    assert found[0][1] == {"SubRecordType": "DELIMITED", "Delimiter": "IyMjIw=="}
    assert found[3][1] == {}


def test_json_records_are_parted_without_a_delimiter() -> None:
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id"}, de_aggregation=DeAggregation.json())
    assert processors(destination(prefix=BY_TENANT, partitioning=partitioning))[0] == (
        "RecordDeAggregation",
        {"SubRecordType": "JSON"},
    )


def test_keys_of_both_kinds_go_together() -> None:
    prefix = S3Prefix("e/!{partitionKeyFromQuery:a}/!{partitionKeyFromLambda:b}/!{timestamp:yyyy}/")
    partitioning = DynamicPartitioning.jq({"a": ".a"}, lambda_keys=["b"])
    assert len(processors(destination(partitioning=partitioning, prefix=prefix, processor=function()))) == 2


def test_a_key_that_the_prefix_does_not_use_is_refused() -> None:
    """facts/firehose.md#dynamic-partitioning: every key must be used."""
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id", "plan": ".plan"})
    assert "must use the partition key 'plan'" in stream_refusal(prefix=BY_TENANT, partitioning=partitioning)


def test_a_key_that_is_not_declared_is_refused() -> None:
    """facts/firehose.md#dynamic-partitioning: a Prefix using every declared key."""
    message = stream_refusal(
        prefix=BY_TENANT, partitioning=DynamicPartitioning.from_lambda(["tenant"]), processor=function()
    )
    assert "!{partitionKeyFromLambda:tenant}" in message
    prefix = S3Prefix("e/!{partitionKeyFromQuery:tenant}/!{partitionKeyFromQuery:plan}/!{timestamp:yyyy}/")
    assert "Declare 'plan' in DynamicPartitioning.jq" in stream_refusal(partitioning=TENANT, prefix=prefix)


def test_keys_of_a_function_are_refused_without_one() -> None:
    """facts/firehose.md#dynamic-partitioning: at least one of MetadataExtraction and Lambda."""
    message = stream_refusal(partitioning=DynamicPartitioning.from_lambda(["tenant"]), prefix=BY_LAMBDA)
    assert "the stream has no processor" in message


def test_partition_keys_are_refused_without_dynamic_partitioning() -> None:
    """facts/firehose.md#prefixes: the two namespaces work with dynamic partitioning only."""
    assert "needs dynamic partitioning" in stream_refusal(prefix=BY_TENANT)


@pytest.mark.parametrize(
    ("option", "options"),
    [
        ("partitioning.queries", {"partitioning": TENANT, "prefix": BY_TENANT}),
        (
            "partitioning.de_aggregation",
            {
                "partitioning": DynamicPartitioning.from_lambda(["tenant"], de_aggregation=DeAggregation.json()),
                "prefix": BY_LAMBDA,
            },
        ),
        ("append_newline", {"append_newline": True, "prefix": S3Prefix("raw/")}),
    ],
)
def test_what_works_on_each_record_is_refused_where_a_record_holds_several_events(
    option: str, options: dict[str, Any]
) -> None:
    """De-aggregation would cut the context line off; keys are per record."""
    message = stream_refusal(processor=function(packs_events=True), **options)
    assert message.startswith(f"{option}='given'")


def test_a_backup_beside_a_partitioned_stream_is_plain() -> None:
    found = destination(
        partitioning=DynamicPartitioning.from_lambda(["tenant"]),
        prefix=BY_LAMBDA,
        processor=function(),
        backup=SourceBackup(),
    )
    assert found["S3BackupConfiguration"]["Prefix"] == "backup/dt=!{timestamp:yyyy-MM-dd}/"
