"""DescribeDeliveryStream: the service's defaults are filled in (facts/firehose.md#streams)."""

from __future__ import annotations

from typing import Any

from clickstream_local.firehose.api.describe import describe
from support.local_firehose import SOURCE_ARN, LocalFirehose, enabled, processor


def extended(local: LocalFirehose, **s3: Any) -> dict[str, Any]:
    found: dict[str, Any] = describe(local.stream(**s3), 1.5)["Destinations"][0]["ExtendedS3DestinationDescription"]
    return found


def test_a_plain_stream_shows_the_defaults(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: 5 MiB / 300 s, UNCOMPRESSED, NoEncryption, logging disabled, S3BackupMode Disabled,
    SSE DISABLED.
    """
    description = describe(local.stream(), 1.5)
    (destination,) = description["Destinations"]
    assert description["DeliveryStreamEncryptionConfiguration"] == {"Status": "DISABLED"}
    assert (description["VersionId"], description["DeliveryStreamType"]) == ("1", "DirectPut")
    assert destination["DestinationId"] == "destinationId-000000000001"
    assert destination["S3DestinationDescription"] == {
        "RoleARN": "arn:aws:iam::123456789012:role/delivery",
        "BucketARN": "arn:aws:s3:::lake",
        "Prefix": "data/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
    }
    assert destination["ExtendedS3DestinationDescription"] == destination["S3DestinationDescription"] | {
        "ProcessingConfiguration": {"Enabled": False, "Processors": []},
        "S3BackupMode": "Disabled",
    }


def test_a_converting_stream_buffers_128_mebibytes_by_default(local: LocalFirehose) -> None:
    """facts/firehose.md#conversion; Enabled is true when it is left out (facts/firehose.md#function-failures)."""
    shown = extended(local, DataFormatConversionConfiguration={"SchemaConfiguration": {}})
    assert shown["BufferingHints"]["SizeInMBs"] == 128
    assert shown["DataFormatConversionConfiguration"]["Enabled"] is True


def test_the_lambda_processors_parameters_have_their_defaults(local: LocalFirehose) -> None:
    """facts/firehose.md#function-failures: echoed with defaults filled in; 3 retries, 1 MB, 60 s
    (facts/firehose.md#function-calls).
    """
    shown = extended(local, ProcessingConfiguration=enabled(processor("Lambda", LambdaArn="arn:f")))
    (described,) = shown["ProcessingConfiguration"]["Processors"]
    defaults = {"NumberOfRetries": 3, "BufferSizeInMBs": 1, "BufferIntervalInSeconds": 60}
    assert described == processor("Lambda", **defaults, LambdaArn="arn:f")


def test_the_backup_is_described_as_an_s3_destination(local: LocalFirehose) -> None:
    backup = {"BucketARN": "arn:aws:s3:::raw", "RoleARN": "arn:r", "CompressionFormat": "GZIP"}
    shown = extended(local, S3BackupMode="Enabled", S3BackupConfiguration=backup)
    assert shown["S3BackupDescription"]["BucketARN"] == "arn:aws:s3:::raw"
    assert shown["S3BackupDescription"]["CompressionFormat"] == "GZIP"


def test_server_side_encryption_is_shown_as_enabled(local: LocalFirehose) -> None:
    wanted = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": "arn:aws:kms:eu-west-1:1:key/k"}
    stream = local.stream(properties={"DeliveryStreamEncryptionConfigurationInput": wanted})
    assert describe(stream, 0)["DeliveryStreamEncryptionConfiguration"] == wanted | {"Status": "ENABLED"}


def test_boto3_parses_the_description(local: LocalFirehose) -> None:
    local.stream()
    described = local.with_boto3(lambda firehose: firehose.describe_delivery_stream(DeliveryStreamName="clicks"))
    assert described["DeliveryStreamDescription"]["CreateTimestamp"].timestamp() == local.now


def test_a_kinesis_source_is_described_in_place_of_encryption(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: the SSE block is left out; ``DeliveryStartTimestamp`` is there."""
    local.kinesis_source()
    described = describe(local.streams[0], 1.5)
    source = described["Source"]["KinesisStreamSourceDescription"]
    assert (source["KinesisStreamARN"], source["DeliveryStartTimestamp"]) == (SOURCE_ARN, 1.5)
    assert "DeliveryStreamEncryptionConfiguration" not in described
