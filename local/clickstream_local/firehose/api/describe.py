"""DescribeDeliveryStream: the template's properties with the service's defaults filled in.

Source: facts/firehose.md#streams.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_local.common.model import DeliveryStream
from clickstream_local.firehose.config.format_conversion import converts
from clickstream_local.firehose.config.processors import LAMBDA_DEFAULTS, parameters
from clickstream_local.firehose.config.stream_config import buffering_hints, partitions_dynamically, s3_properties
from clickstream_local.firehose.config.values import is_true

DESTINATION_ID = "destinationId-000000000001"


def describe(
    stream: DeliveryStream, created: float, *, version: int = 1, updated: float | None = None
) -> dict[str, Any]:
    """The ``DeliveryStreamDescription``; ``created`` and ``updated`` are epoch seconds."""
    s3 = s3_properties(stream.properties)
    plain = _s3_description(s3, large=converts(s3) or partitions_dynamically(s3))
    source = stream.properties.get("DeliveryStreamType", "DirectPut")
    description = {
        "DeliveryStreamName": stream.name,
        "DeliveryStreamARN": stream.arn,
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": source,
        "VersionId": str(version),
        "CreateTimestamp": created,
        "Destinations": [
            {
                "DestinationId": DESTINATION_ID,
                "S3DestinationDescription": plain,
                "ExtendedS3DestinationDescription": plain | _extended(s3),
            }
        ],
        "HasMoreDestinations": False,
    }
    if updated is not None:
        description["LastUpdateTimestamp"] = updated
    if source == "KinesisStreamAsSource":
        kinesis = stream.properties["KinesisStreamSourceConfiguration"]
        return description | {
            "Source": {"KinesisStreamSourceDescription": {**kinesis, "DeliveryStartTimestamp": created}}
        }
    return description | {"DeliveryStreamEncryptionConfiguration": _encryption(stream.properties)}


def _encryption(properties: Mapping[str, Any]) -> dict[str, Any]:
    wanted = properties.get("DeliveryStreamEncryptionConfigurationInput")
    return {"Status": "DISABLED"} if wanted is None else {**wanted, "Status": "ENABLED"}


def _s3_description(s3: Mapping[str, Any], *, large: bool) -> dict[str, Any]:
    size, interval = buffering_hints(s3, large=large)
    logging = s3.get("CloudWatchLoggingOptions") or {}
    described = {
        "RoleARN": s3.get("RoleARN", ""),
        "BucketARN": s3["BucketARN"],
        "BufferingHints": {"SizeInMBs": size, "IntervalInSeconds": interval},
        "CompressionFormat": s3.get("CompressionFormat", "UNCOMPRESSED"),
        "EncryptionConfiguration": s3.get("EncryptionConfiguration", {"NoEncryptionConfig": "NoEncryption"}),
        "CloudWatchLoggingOptions": {**logging, "Enabled": is_true(logging.get("Enabled", False))},
    }
    return described | {name: s3[name] for name in ("Prefix", "ErrorOutputPrefix") if s3.get(name)}


def _extended(s3: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "ProcessingConfiguration": _processing(s3.get("ProcessingConfiguration")),
        "S3BackupMode": s3.get("S3BackupMode", "Disabled"),
    }
    if "S3BackupConfiguration" in s3:
        described["S3BackupDescription"] = _s3_description(s3["S3BackupConfiguration"], large=False)
    conversion = s3.get("DataFormatConversionConfiguration")
    if conversion is not None:
        described["DataFormatConversionConfiguration"] = {**conversion, "Enabled": converts(s3)}
    copied = ("DynamicPartitioningConfiguration", "FileExtension", "CustomTimeZone")
    return described | {name: s3[name] for name in copied if name in s3}


def _processing(configuration: Mapping[str, Any] | None) -> dict[str, Any]:
    if configuration is None:
        return {"Enabled": False, "Processors": []}
    return {
        "Enabled": is_true(configuration.get("Enabled", False)),
        "Processors": [_processor(processor) for processor in configuration.get("Processors", [])],
    }


def _processor(processor: Mapping[str, Any]) -> dict[str, Any]:
    given = parameters(processor)
    values = {**LAMBDA_DEFAULTS, **given} if processor["Type"] == "Lambda" else given
    return {
        "Type": processor["Type"],
        "Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in values.items()],
    }
