"""A delivery stream's configuration, read once from its CloudFormation properties, defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickstream_local.firehose.compression import COMPRESSIONS, Compression
from clickstream_local.firehose.conversion import Conversion
from clickstream_local.firehose.prefix import ObjectPrefixes, PrefixError
from clickstream_local.glue import GlueError
from clickstream_local.model import DeliveryStream, Table

MEBIBYTE = 1024 * 1024
VERSION_ID = "1"
"""The version of a stream that was never updated (facts 1.4)."""

DEFAULT_SIZE_MB = 5
DEFAULT_CONVERSION_SIZE_MB = 128
MIN_CONVERSION_SIZE_MB = 64
DEFAULT_INTERVAL_SECONDS = 300
_FILE_EXTENSION = re.compile(r"|\.[0-9a-z!\-_.*'()]{1,127}")
LAMBDA_DEFAULTS = {"NumberOfRetries": "3", "BufferSizeInMBs": "1", "BufferIntervalInSeconds": "60"}


class ConfigurationError(ValueError):
    """Properties that Firehose would refuse, or that the local runtime does not run; the message says which and why."""


@dataclass(frozen=True)
class LogTarget:
    """Where a destination's errors are logged."""

    group: str
    stream: str


@dataclass(frozen=True)
class Destination:
    """An S3 destination or backup: where to, how often, and in what form."""

    bucket_arn: str
    prefixes: ObjectPrefixes
    compression: Compression
    extension: str
    zone: ZoneInfo
    buffer_bytes: int
    interval: float
    log: LogTarget | None
    metadata: Mapping[str, str]

    @property
    def bucket(self) -> str:
        """The name in the bucket's ARN."""
        return self.bucket_arn.rpartition(":")[2]


@dataclass(frozen=True)
class LambdaProcessor:
    """The Lambda processor: ``retries`` come on top of the first attempt."""

    function_arn: str
    retries: int
    buffer_bytes: int
    interval: float


@dataclass(frozen=True)
class StreamConfig:
    """Everything that the pipeline of one stream needs to know."""

    name: str
    arn: str
    logical_id: str
    encrypted: bool
    destination: Destination
    backup: Destination | None
    processor: LambdaProcessor | None
    conversion: Conversion | None

    @classmethod
    def read(
        cls, stream: DeliveryStream, tables: Sequence[Table], *, region: str, account: str, interval: float | None
    ) -> StreamConfig:
        """Read the properties. ``interval`` replaces every buffering interval, in seconds.

        Raises :class:`ConfigurationError`.
        """
        properties = stream.properties
        s3 = s3_properties(properties)
        conversion = _conversion(s3.get("DataFormatConversionConfiguration"), tables, region=region, account=account)
        backup = s3.get("S3BackupConfiguration") if s3.get("S3BackupMode") == "Enabled" else None
        return cls(
            name=stream.name,
            arn=stream.arn,
            logical_id=stream.logical_id,
            encrypted="DeliveryStreamEncryptionConfigurationInput" in properties,
            destination=_destination(s3, interval, conversion),
            backup=_destination(backup, interval, None) if backup is not None else None,
            processor=_processor(s3.get("ProcessingConfiguration"), interval),
            conversion=conversion,
        )


def s3_properties(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The S3 destination of a stream, extended or plain. Raises :class:`ConfigurationError` when there is none."""
    for name in ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"):
        if name in properties:
            s3: Mapping[str, Any] = properties[name]
            return s3
    others = ", ".join(name for name in properties if name.endswith("DestinationConfiguration")) or "none"
    raise ConfigurationError(
        f"the destination is {others}: only ExtendedS3DestinationConfiguration and S3DestinationConfiguration run here"
    )


def is_true(value: object) -> bool:
    """A CloudFormation boolean, which may be text."""
    return str(value).lower() == "true"


def parameters(processor: Mapping[str, Any]) -> dict[str, str]:
    """A processor's parameters by name."""
    return {entry["ParameterName"]: str(entry["ParameterValue"]) for entry in processor.get("Parameters", [])}


def processors(s3: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The processors of a destination; none unless processing is enabled, which it is not by default (facts 3.3)."""
    configuration = s3.get("ProcessingConfiguration") or {}
    return list(configuration.get("Processors", [])) if is_true(configuration.get("Enabled", False)) else []


def _destination(s3: Mapping[str, Any], interval: float | None, conversion: Conversion | None) -> Destination:
    hints = s3.get("BufferingHints") or {}
    default_size = DEFAULT_SIZE_MB if conversion is None else DEFAULT_CONVERSION_SIZE_MB
    size = int(hints.get("SizeInMBs", default_size))
    _check_range("BufferingHints.SizeInMBs", size, 1, 128)
    hinted_interval = int(hints.get("IntervalInSeconds", DEFAULT_INTERVAL_SECONDS))
    _check_range("BufferingHints.IntervalInSeconds", hinted_interval, 0, 900)
    extension = s3.get("FileExtension") or ""
    if not _FILE_EXTENSION.fullmatch(extension):
        raise ConfigurationError(
            f"FileExtension is {extension!r}: it must be a dot and 1 to 127 of 0-9 a-z ! - _ . * ' ( )"
        )
    compression_format = s3.get("CompressionFormat", "UNCOMPRESSED")
    if compression_format not in COMPRESSIONS:
        raise ConfigurationError(
            f"CompressionFormat is {compression_format!r}; "
            f"it must be one of {', '.join(COMPRESSIONS)}, spelled exactly so"
        )
    if conversion is not None and compression_format != "UNCOMPRESSED":
        raise ConfigurationError(
            f"CompressionFormat is {compression_format!r} with DataFormatConversionConfiguration: "
            "leave it out and set the serializer's Compression"
        )
    if conversion is not None and size < MIN_CONVERSION_SIZE_MB:
        raise ConfigurationError(
            f"BufferingHints.SizeInMBs is {size} with DataFormatConversionConfiguration: "
            f"it must be at least {MIN_CONVERSION_SIZE_MB}"
        )
    compression = COMPRESSIONS[compression_format]
    default_extension = compression.extension if conversion is None else conversion.extension
    try:
        prefixes = ObjectPrefixes(s3.get("Prefix"), s3.get("ErrorOutputPrefix"))
        zone = ZoneInfo(s3.get("CustomTimeZone") or "UTC")
    except (PrefixError, ValueError, ZoneInfoNotFoundError) as error:
        raise ConfigurationError(str(error)) from error
    if prefixes.uses_partition_keys:
        raise ConfigurationError(f"Prefix {s3['Prefix']!r} has partition keys, which need dynamic partitioning")
    return Destination(
        bucket_arn=s3["BucketARN"],
        prefixes=prefixes,
        compression=compression,
        extension=extension or default_extension,
        zone=zone,
        buffer_bytes=size * MEBIBYTE,
        interval=hinted_interval if interval is None else interval,
        log=_log_target(s3.get("CloudWatchLoggingOptions") or {}),
        metadata=_encryption_metadata(s3.get("EncryptionConfiguration") or {}),
    )


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigurationError(f"{name} is {value:g}: it must be between {low:g} and {high:g}")


def _log_target(options: Mapping[str, Any]) -> LogTarget | None:
    if not is_true(options.get("Enabled", False)):
        return None
    return LogTarget(options["LogGroupName"], options["LogStreamName"])


def _encryption_metadata(configuration: Mapping[str, Any]) -> dict[str, str]:
    kms = configuration.get("KMSEncryptionConfig")
    if kms is None:
        return {}
    return {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kms["AWSKMSKeyARN"],
    }


def _processor(configuration: Mapping[str, Any] | None, interval: float | None) -> LambdaProcessor | None:
    found = [p for p in processors({"ProcessingConfiguration": configuration}) if p["Type"] == "Lambda"]
    if not found:
        return None
    if len(found) > 1:
        raise ConfigurationError("Cannot have more than 1 Lambda processor")
    values = LAMBDA_DEFAULTS | parameters(found[0])
    _check_range("the Lambda processor's BufferSizeInMBs", float(values["BufferSizeInMBs"]), 0.2, 3)
    _check_range("the Lambda processor's BufferIntervalInSeconds", float(values["BufferIntervalInSeconds"]), 0, 900)
    return LambdaProcessor(
        function_arn=values["LambdaArn"],
        retries=int(values["NumberOfRetries"]),
        buffer_bytes=int(float(values["BufferSizeInMBs"]) * MEBIBYTE),
        interval=float(values["BufferIntervalInSeconds"]) if interval is None else interval,
    )


def _conversion(
    configuration: Mapping[str, Any] | None, tables: Sequence[Table], *, region: str, account: str
) -> Conversion | None:
    # Left out, Enabled is true: the opposite of ProcessingConfiguration (facts 3.3).
    if configuration is None or not is_true(configuration.get("Enabled", True)):
        return None
    schema = configuration["SchemaConfiguration"]
    database, name = schema["DatabaseName"], schema["TableName"]
    for table in tables:
        if (table.database, table.name) == (database, name):
            try:
                return Conversion.read(configuration, table, region=region, account=account)
            except GlueError as error:
                raise ConfigurationError(str(error)) from error
    raise ConfigurationError(f"SchemaConfiguration names the Glue table {database}.{name}, which no stack here defines")
