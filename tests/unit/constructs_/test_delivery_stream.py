from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    BufferingHints,
    ConfigurationError,
    DeliveryStream,
    Encryption,
    LambdaProcessor,
    OutputFormat,
    S3Prefix,
    SourceBackup,
    TableReference,
)
from support.stacks import Synthesized, new_stack

STREAM = "AWS::KinesisFirehose::DeliveryStream"
TABLE = TableReference("clicks", "events")


def stream_in(stack: cdk.Stack, **options: Any) -> DeliveryStream:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    return DeliveryStream(stack, "Stream", **{"bucket": bucket, "prefix": S3Prefix("raw/"), **options})


def destination(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    stream_in(stack, **options)
    found: dict[str, Any] = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]
    return found


def processor(stack: cdk.Stack, **options: Any) -> LambdaProcessor:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:mine:7"
    return LambdaProcessor(lambda_.Function.from_function_arn(stack, "Mine", arn), **options)


def test_a_stream_alone_delivers_raw_records() -> None:
    found = destination()
    assert found["Prefix"] == "raw/"
    assert found["CompressionFormat"] == "UNCOMPRESSED"
    assert found["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}
    assert found["S3BackupMode"] == "Disabled"
    assert "ProcessingConfiguration" not in found
    assert "DataFormatConversionConfiguration" not in found


def test_an_error_prefix_is_always_set(reference: Synthesized) -> None:
    """aws-facts 5, rule 6: without one, sources disagree where failures land."""
    for stream in reference.of_type(STREAM).values():
        found = stream["Properties"]["ExtendedS3DestinationConfiguration"]
        assert found["ErrorOutputPrefix"].startswith("errors/")
        assert "!{firehose:error-output-type}" in found["ErrorOutputPrefix"]


def test_the_pipelines_stream_converts_by_the_pipelines_table(reference: Synthesized) -> None:
    found = reference.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    conversion = found["DataFormatConversionConfiguration"]
    assert found["CompressionFormat"] == "UNCOMPRESSED"
    assert found["BufferingHints"] == {"SizeInMBs": 128, "IntervalInSeconds": 300}
    assert conversion["Enabled"] is True
    assert conversion["InputFormatConfiguration"] == {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": False}}}
    assert conversion["SchemaConfiguration"]["TableName"] == {"Ref": "PipelineCatalogTable45196DA4"}
    assert conversion["OutputFormatConfiguration"]["Serializer"]["ParquetSerDe"] == {
        "Compression": "SNAPPY",
        "BlockSizeBytes": 268435456,
        "PageSizeBytes": 1048576,
    }


def test_columns_with_another_name_are_mapped() -> None:
    table = TableReference("clicks", "events", {"page_url": "pageURL"})
    conversion = destination(output=OutputFormat.parquet(), table=table)["DataFormatConversionConfiguration"]
    assert conversion["InputFormatConfiguration"]["Deserializer"]["OpenXJsonSerDe"] == {
        "CaseInsensitive": False,
        "ColumnToJsonKeyMappings": {"page_url": "pageURL"},
    }


def test_orc_has_its_own_serializer() -> None:
    conversion = destination(output=OutputFormat.orc(), table=TABLE)["DataFormatConversionConfiguration"]
    assert conversion["OutputFormatConfiguration"]["Serializer"] == {
        "OrcSerDe": {"Compression": "SNAPPY", "StripeSizeBytes": 67108864, "RowIndexStride": 10000}
    }


def test_zero_retries_and_a_function_version_are_kept() -> None:
    """constructs.md 1.3, item 7: the CDK's own construct drops retries=0."""
    stack = new_stack()
    stream_in(
        stack,
        processor=processor(
            stack, retries=0, buffer_size=cdk.Size.kibibytes(256), buffer_interval=cdk.Duration.seconds(0)
        ),
    )
    found = Synthesized(stack).only(STREAM)["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]
    (one,) = found["Processors"]
    parameters = {each["ParameterName"]: each["ParameterValue"] for each in one["Parameters"]}
    assert found["Enabled"] is True
    assert parameters["NumberOfRetries"] == "0"
    assert parameters["BufferSizeInMBs"] == "0.25"
    assert parameters["BufferIntervalInSeconds"] == "0"
    assert parameters["LambdaArn"] == "arn:aws:lambda:eu-west-1:111122223333:function:mine:7"


def test_the_backup_is_compressed_and_lies_apart(reference: Synthesized) -> None:
    found = reference.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    backup = found["S3BackupConfiguration"]
    assert found["S3BackupMode"] == "Enabled"
    assert backup["Prefix"] == "backup/dt=!{timestamp:yyyy-MM-dd}/"
    assert backup["CompressionFormat"] == "GZIP"
    assert backup["BufferingHints"] == {"SizeInMBs": 5, "IntervalInSeconds": 300}


def test_errors_are_logged_into_streams_that_exist(reference: Synthesized) -> None:
    """aws-facts 8.2: through CloudFormation you must create group and stream yourself."""
    found = reference.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    streams = reference.of_type("AWS::Logs::LogStream")
    for options, name in (
        (found["CloudWatchLoggingOptions"], "DestinationDelivery"),
        (found["S3BackupConfiguration"]["CloudWatchLoggingOptions"], "BackupDelivery"),
    ):
        log_stream = streams[options["LogStreamName"]["Ref"]]["Properties"]
        assert options["Enabled"] is True
        assert log_stream["LogStreamName"] == name
        assert log_stream["LogGroupName"] == options["LogGroupName"]


def test_buffers_are_encrypted_by_default(reference: Synthesized) -> None:
    for stream in reference.of_type(STREAM).values():
        assert stream["Properties"]["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}


def test_a_customer_key_encrypts_buffers_objects_and_backups(with_key: Synthesized) -> None:
    key = {"Fn::GetAtt": ["PipelineKeyF48EE773", "Arn"]}
    found = with_key.only(STREAM, "PipelineStream")
    objects = {"KMSEncryptionConfig": {"AWSKMSKeyARN": key}}
    assert found["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key}
    assert found["ExtendedS3DestinationConfiguration"]["EncryptionConfiguration"] == objects
    backup = found["ExtendedS3DestinationConfiguration"]["S3BackupConfiguration"]
    assert backup["EncryptionConfiguration"] == objects


def test_a_stream_alone_makes_a_key_that_is_kept_and_rotated() -> None:
    stack = new_stack()
    stream_in(stack, encryption=Encryption.kms())
    (key,) = Synthesized(stack).of_type("AWS::KMS::Key").values()
    assert key["DeletionPolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True


def test_objects_can_end_otherwise_and_give_local_times() -> None:
    found = destination(file_extension=".json.gz", time_zone="America/New_York")
    assert found["FileExtension"] == ".json.gz"
    assert found["CustomTimeZone"] == "America/New_York"


def refusal(**options: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        stream_in(new_stack(), **options)
    return str(caught.value)


def test_conversion_without_a_table_is_refused() -> None:
    """aws-facts 7.1: needs a Glue schema."""
    assert refusal(output=OutputFormat.parquet()).startswith("table=None")


def test_a_table_without_conversion_is_refused() -> None:
    assert "only format conversion uses it" in refusal(output=OutputFormat.json(), table=TABLE)


def test_a_buffer_too_small_for_conversion_is_refused() -> None:
    """aws-facts 7.1: SizeInMBs >= 64."""
    hints = BufferingHints(size=cdk.Size.mebibytes(5))
    assert "buffering.size=5" in refusal(output=OutputFormat.parquet(), table=TABLE, buffering=hints)


def test_a_backup_of_what_nothing_changes_is_refused() -> None:
    """aws-facts 8.1: available with Lambda transform or conversion."""
    assert "backs up only what" in refusal(backup=SourceBackup())


@pytest.mark.parametrize("prefix", ["backup/", "backup/events/!{timestamp:yyyy}/"])
def test_a_backup_inside_the_datas_folder_is_refused(prefix: str) -> None:
    message = refusal(output=OutputFormat.parquet(), table=TABLE, prefix=S3Prefix(prefix), backup=SourceBackup())
    assert "overlaps prefix" in message


def test_a_backup_inside_the_errors_folder_is_refused() -> None:
    backup = SourceBackup(prefix=S3Prefix("errors/backup/"))
    assert "overlaps error_prefix" in refusal(output=OutputFormat.parquet(), table=TABLE, backup=backup)


def test_a_data_prefix_is_checked_as_one() -> None:
    assert "in an error prefix only" in refusal(prefix=S3Prefix("raw/!{firehose:error-output-type}/"))


def test_an_error_prefix_is_checked_as_one() -> None:
    assert "must hold" in refusal(error_prefix=S3Prefix("errors/!{timestamp:yyyy}/"))


@pytest.mark.parametrize("extension", ["json", ".JSON", ".", "." + "x" * 128, ""])
def test_an_extension_outside_the_pattern_is_refused(extension: str) -> None:
    """aws-facts 4.3: lower case only, must start with a dot, at most 128 characters."""
    assert "file_extension=" in refusal(file_extension=extension)


@pytest.mark.parametrize("zone", ["Vienna", "Etc/GMT+5", "", "x/" * 26])
def test_a_time_zone_outside_the_pattern_is_refused(zone: str) -> None:
    """aws-facts 4.3: UTC or a slash; digits and signs cannot match."""
    assert "time_zone=" in refusal(time_zone=zone)


def test_the_escape_hatch_reaches_what_has_no_option() -> None:
    stack = new_stack()
    stream_in(stack).resource.add_property_override("DirectPutSourceConfiguration.ThroughputHintInMBs", 5)
    assert Synthesized(stack).only(STREAM)["DirectPutSourceConfiguration"] == {"ThroughputHintInMBs": 5}


def test_the_metrics_are_those_of_this_stream() -> None:
    stack = new_stack()
    stream = stream_in(stack)
    names = {
        "IncomingRecords": stream.metric_incoming_records(),
        "ThrottledRecords": stream.metric_throttled_records(),
        "DeliveryToS3.DataFreshness": stream.metric_data_freshness(),
        "DeliveryToS3.Success": stream.metric_delivery_success(),
    }
    for name, metric in names.items():
        assert (metric.namespace, metric.metric_name) == ("AWS/Firehose", name)
        dimensions = stack.resolve(metric.dimensions)
        assert list(dimensions) == ["DeliveryStreamName"]
