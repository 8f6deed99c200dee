"""Dynamic partitioning and what else works on each record."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    BufferingHints,
    ConfigurationError,
    DeAggregation,
    DeliveryStream,
    DynamicPartitioning,
    EventSchema,
    EventTable,
    InputFormat,
    LambdaProcessor,
    OrcVersion,
    OutputFormat,
    ParquetVersion,
    PartitionKey,
    S3Prefix,
    SourceBackup,
    TableReference,
)
from support.stacks import Synthesized, new_stack

STREAM = "AWS::KinesisFirehose::DeliveryStream"
BY_TENANT = S3Prefix.hive("events", {"tenant": PartitionKey.jq("tenant"), "event_date": "yyyy-MM-dd"})
BY_LAMBDA = S3Prefix.hive("events", {"tenant": PartitionKey.from_lambda("tenant"), "event_date": "yyyy-MM-dd"})
TENANT = DynamicPartitioning.jq({"tenant": ".tenant_id"})


def stream_in(stack: cdk.Stack, **options: Any) -> DeliveryStream:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    if options.pop("function", False):
        arn = "arn:aws:lambda:eu-west-1:111122223333:function:mine:7"
        function = lambda_.Function.from_function_arn(stack, "Mine", arn)
        options["processor"] = LambdaProcessor(function, packs_events=options.pop("packs_events", False))
    return DeliveryStream(stack, "Stream", bucket=bucket, **{"prefix": BY_TENANT, **options})


def destination(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    stream_in(stack, **options)
    found: dict[str, Any] = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]
    return found


def processors(found: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    return [
        (one["Type"], {each["ParameterName"]: each["ParameterValue"] for each in one.get("Parameters", [])})
        for one in found["ProcessingConfiguration"]["Processors"]
    ]


def refusal(**options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        stream_in(new_stack(), **options)
    return str(caught.value)


def test_jq_takes_the_keys_from_the_record() -> None:
    """aws-facts 6: MetadataExtractionQuery is a jq 1.6 program returning an object."""
    found = destination(partitioning=TENANT)
    assert found["DynamicPartitioningConfiguration"] == {"Enabled": True, "RetryOptions": {"DurationInSeconds": 300}}
    assert found["Prefix"] == "events/tenant=!{partitionKeyFromQuery:tenant}/event_date=!{timestamp:yyyy-MM-dd}/"
    assert processors(found) == [
        ("MetadataExtraction", {"MetadataExtractionQuery": '{"tenant":.tenant_id}', "JsonParsingEngine": "JQ-1.6"})
    ]


def test_a_partitioned_stream_buffers_64_mib_or_more() -> None:
    """aws-facts 2.1: at least 64 MiB, default 128, with dynamic partitioning."""
    assert destination(partitioning=TENANT)["BufferingHints"] == {"SizeInMBs": 128, "IntervalInSeconds": 300}


def test_a_partitioned_stream_has_no_zero_buffering() -> None:
    """aws-facts 2.1: not available with dynamic partitioning."""
    hints = BufferingHints(interval=cdk.Duration.seconds(0))
    assert "buffering.interval=0: must be 60..900" in refusal(partitioning=TENANT, buffering=hints)


def test_a_function_gives_the_keys() -> None:
    partitioning = DynamicPartitioning.from_lambda(["tenant"], retry_duration=cdk.Duration.seconds(0))
    found = destination(partitioning=partitioning, prefix=BY_LAMBDA, function=True)
    assert found["DynamicPartitioningConfiguration"]["RetryOptions"] == {"DurationInSeconds": 0}
    assert [name for name, _ in processors(found)] == ["Lambda"]


def test_the_processors_are_in_the_order_in_which_firehose_works() -> None:
    """aws-facts 2.3."""
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id"}, de_aggregation=DeAggregation.delimited("####"))
    found = processors(destination(partitioning=partitioning, function=True, append_newline=True))
    assert [name for name, _ in found] == [
        "RecordDeAggregation",
        "Lambda",
        "MetadataExtraction",
        "AppendDelimiterToRecord",
    ]
    # aws-facts 6: #### -> IyMjIw==
    assert found[0][1] == {"SubRecordType": "DELIMITED", "Delimiter": "IyMjIw=="}
    assert found[3][1] == {}


def test_json_records_are_parted_without_a_delimiter() -> None:
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id"}, de_aggregation=DeAggregation.json())
    assert processors(destination(partitioning=partitioning))[0] == ("RecordDeAggregation", {"SubRecordType": "JSON"})


def test_keys_of_both_kinds_go_together() -> None:
    prefix = S3Prefix("e/!{partitionKeyFromQuery:a}/!{partitionKeyFromLambda:b}/!{timestamp:yyyy}/")
    partitioning = DynamicPartitioning.jq({"a": ".a"}, lambda_keys=["b"])
    assert len(processors(destination(partitioning=partitioning, prefix=prefix, function=True))) == 2


def test_a_key_that_the_prefix_does_not_use_is_refused() -> None:
    """aws-facts 6: every key must be used."""
    partitioning = DynamicPartitioning.jq({"tenant": ".tenant_id", "plan": ".plan"})
    assert "does not use the partition key 'plan'" in refusal(partitioning=partitioning)


def test_a_key_that_is_not_declared_is_refused() -> None:
    """aws-facts 6: a Prefix using every declared key."""
    message = refusal(partitioning=DynamicPartitioning.from_lambda(["tenant"]), function=True)
    assert "!{partitionKeyFromLambda:tenant}" in message
    prefix = S3Prefix("e/!{partitionKeyFromQuery:tenant}/!{partitionKeyFromQuery:plan}/!{timestamp:yyyy}/")
    assert "Declare 'plan' in DynamicPartitioning.jq" in refusal(partitioning=TENANT, prefix=prefix)


def test_keys_of_a_function_are_refused_without_one() -> None:
    """aws-facts 6: at least one of MetadataExtraction and Lambda."""
    message = refusal(partitioning=DynamicPartitioning.from_lambda(["tenant"]), prefix=BY_LAMBDA)
    assert "the stream has none" in message


def test_partition_keys_are_refused_without_dynamic_partitioning() -> None:
    """aws-facts 5: the two namespaces work with dynamic partitioning only."""
    assert "needs dynamic partitioning" in refusal()


@pytest.mark.parametrize(
    ("option", "options"),
    [
        ("partitioning.queries", {"partitioning": TENANT}),
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
    """DESIGN section 2: de-aggregation would cut the context line off; keys are per record."""
    message = refusal(function=True, packs_events=True, **options)
    assert message.startswith(f"{option}='given'")


def test_a_backup_beside_a_partitioned_stream_is_plain() -> None:
    found = destination(
        partitioning=DynamicPartitioning.from_lambda(["tenant"]), prefix=BY_LAMBDA, function=True, backup=SourceBackup()
    )
    assert found["S3BackupConfiguration"]["Prefix"] == "backup/dt=!{timestamp:yyyy-MM-dd}/"


def test_the_table_projects_the_keys_of_the_prefix() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    EventTable(stack, "Catalog", bucket=bucket, prefix=BY_TENANT, schema=EventSchema.click())
    table = Synthesized(stack).only("AWS::Glue::Table")["TableInput"]
    assert [one["Name"] for one in table["PartitionKeys"]] == ["tenant", "event_date"]
    assert table["Parameters"]["projection.tenant.type"] == "injected"
    location = json.dumps(table["Parameters"]["storage.location.template"])
    assert "events/tenant=${tenant}/event_date=${event_date}/" in location


def test_a_bloom_filter_on_no_column_is_refused() -> None:
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    output = OutputFormat.orc(bloom_filter_columns=["nothing"])
    with pytest.raises(ConfigurationError, match="is no column of the schema"):
        EventTable(stack, "Catalog", bucket=bucket, prefix=BY_TENANT, schema=EventSchema.click(), output=output)


def conversion(**options: Any) -> dict[str, Any]:
    table = TableReference("clicks", "events")
    found: dict[str, Any] = destination(
        prefix=S3Prefix("raw/"), **{"table": table, "output": OutputFormat.parquet(), **options}
    )
    conversion: dict[str, Any] = found["DataFormatConversionConfiguration"]
    return conversion


def test_parquet_takes_every_option_of_the_serializer() -> None:
    """aws-facts 7.2."""
    output = OutputFormat.parquet(dictionary=False, max_padding_bytes=1024, writer_version=ParquetVersion.V2)
    serializer = conversion(output=output)["OutputFormatConfiguration"]["Serializer"]["ParquetSerDe"]
    assert serializer == {
        "BlockSizeBytes": 268435456,
        "Compression": "SNAPPY",
        "EnableDictionaryCompression": False,
        "MaxPaddingBytes": 1024,
        "PageSizeBytes": 1048576,
        "WriterVersion": "V2",
    }


def test_orc_takes_every_option_of_the_serializer() -> None:
    """aws-facts 7.2: the tolerance is ignored unless padding is on."""
    output = OutputFormat.orc(
        block_size_mib=64,
        padding_tolerance=0.1,
        bloom_filter_columns=["user_id"],
        bloom_filter_false_positives=0.01,
        dictionary_key_threshold=0.5,
        format_version=OrcVersion.V0_11,
    )
    assert conversion(output=output)["OutputFormatConfiguration"]["Serializer"]["OrcSerDe"] == {
        "BlockSizeBytes": 67108864,
        "BloomFilterColumns": ["user_id"],
        "BloomFilterFalsePositiveProbability": 0.01,
        "Compression": "SNAPPY",
        "DictionaryKeyThreshold": 0.5,
        "EnablePadding": True,
        "FormatVersion": "V0_11",
        "PaddingTolerance": 0.1,
        "RowIndexStride": 10000,
        "StripeSizeBytes": 67108864,
    }


def test_openx_can_fold_case_and_dots() -> None:
    found = conversion(input_format=InputFormat.openx(case_insensitive=True, convert_dots=True))
    assert found["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"] == {
        "CaseInsensitive": True,
        "ConvertDotsInJsonKeysToUnderscores": True,
    }


def test_hive_reads_the_transforms_timestamps() -> None:
    found = conversion(input_format=InputFormat.hive())
    assert found["InputFormatConfiguration"]["Deserializer"] == {
        "HiveJsonSerDe": {"TimestampFormats": ["yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"]}
    }


def test_hive_with_a_column_of_another_name_is_refused() -> None:
    """aws-facts 7.2: only OpenX has ColumnToJsonKeyMappings."""
    table = TableReference("clicks", "events", {"page_url": "pageURL"})
    message = refusal(
        prefix=S3Prefix("raw/"), table=table, output=OutputFormat.parquet(), input_format=InputFormat.hive()
    )
    assert "cannot read the column 'page_url'" in message


def test_an_input_format_without_conversion_is_refused() -> None:
    assert refusal(prefix=S3Prefix("raw/"), input_format=InputFormat.openx()).startswith("input_format='given'")
