"""A delivery stream's configuration, read once from its CloudFormation properties, defaults filled in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clickstream_local.common.model import DeliveryStream, Table
from clickstream_local.firehose.config.compression import COMPRESSIONS, Compression
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.config.format_conversion import FormatConversion
from clickstream_local.firehose.config.metadata_query import MetadataQuery
from clickstream_local.firehose.config.partitioning import Partitioning
from clickstream_local.firehose.config.prefix import FROM_LAMBDA, FROM_QUERY, ObjectPrefixes, PrefixError
from clickstream_local.firehose.config.processors import Processors
from clickstream_local.firehose.config.values import MEBIBYTE, ConfigurationError, check_range, is_true
from clickstream_local.s3.store import MAX_KEY_BYTES

RESOURCE_TYPE = "AWS::KinesisFirehose::DeliveryStream"
SOURCES = ("DirectPut", "KinesisStreamAsSource")
DEFAULT_SIZE_MB = 5
DEFAULT_LARGE_SIZE_MB = 128
MIN_LARGE_SIZE_MB = 64
"""With format conversion or dynamic partitioning (facts/firehose.md#buffering)."""

MIN_PARTITIONED_INTERVAL_SECONDS = 60
DEFAULT_INTERVAL_SECONDS = 300
_BUCKET_ARN = re.compile(r"(?:arn:[\w-]+:s3:::)?[A-Za-z0-9][\w.-]*")
_FILE_EXTENSION = re.compile(r"|\.[0-9a-z!\-_.*'()]{1,127}")


@dataclass(frozen=True)
class LogTarget:
    """The log stream for the errors of a destination."""

    group: str
    stream: str


@dataclass(frozen=True)
class Destination:
    """An S3 destination or source backup. ``interval`` is in seconds."""

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
class StreamConfig:
    """The configuration of one delivery stream."""

    name: str
    arn: str
    logical_id: str
    version: int
    kinesis_source_arn: str | None
    destination: Destination
    backup: Destination | None
    processors: Processors
    partitioning: Partitioning | None
    conversion: FormatConversion | None
    disagreements: Disagreements

    @classmethod
    def read(
        cls,
        stream: DeliveryStream,
        tables: Sequence[Table],
        *,
        region: str,
        account: str,
        interval: float | None,
        version: int = 1,
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
    ) -> StreamConfig:
        """Read the properties. ``interval`` replaces every buffering interval, in seconds.

        Raises :class:`ConfigurationError`.
        """
        properties = stream.properties
        s3 = s3_properties(properties)
        conversion = FormatConversion.read(s3, tables, region=region, account=account)
        backup = s3.get("S3BackupConfiguration") if s3.get("S3BackupMode") == "Enabled" else None
        processors = Processors.read(s3.get("ProcessingConfiguration"), interval)
        partitioned = partitions_dynamically(s3)
        destination = _destination(s3, interval, conversion, partitioned, disagreements)
        return cls(
            name=stream.name,
            arn=stream.arn,
            logical_id=stream.logical_id,
            version=version,
            kinesis_source_arn=_kinesis_source(properties),
            destination=destination,
            backup=None if backup is None else _destination(backup, interval, None, False, disagreements),
            processors=processors,
            partitioning=_partitioning(stream.name, destination, processors, partitioned),
            conversion=conversion,
            disagreements=disagreements,
        )


def unsupported_features(stream: DeliveryStream) -> list[str]:
    """A sentence for each feature that would be silently left out if the stream ran."""
    properties = stream.properties
    reasons = []
    source = properties.get("DeliveryStreamType", "DirectPut")
    if source not in SOURCES:
        reasons.append(f"DeliveryStreamType {source!r}: only {' and '.join(SOURCES)} run here")
    try:
        s3_properties(properties)
    except ConfigurationError as error:
        reasons.append(str(error))
    return reasons


def s3_properties(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The S3 destination of a stream, extended or plain. Raises :class:`ConfigurationError` for other destinations."""
    for name in ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"):
        if name in properties:
            s3: Mapping[str, Any] = properties[name]
            return s3
    others = ", ".join(name for name in properties if name.endswith("DestinationConfiguration")) or "none"
    raise ConfigurationError(
        f"the destination is {others}: only ExtendedS3DestinationConfiguration and S3DestinationConfiguration run here"
    )


def partitions_dynamically(s3: Mapping[str, Any]) -> bool:
    """Whether a destination has dynamic partitioning."""
    return is_true((s3.get("DynamicPartitioningConfiguration") or {}).get("Enabled", False))


def buffering_hints(s3: Mapping[str, Any], *, large: bool) -> tuple[int, int]:
    """Size (MiB) and interval (seconds) of a destination's buffer.

    ``large`` is with conversion or dynamic partitioning. Raises :class:`ConfigurationError`.
    """
    hints = s3.get("BufferingHints") or {}
    size = int(hints.get("SizeInMBs", DEFAULT_LARGE_SIZE_MB if large else DEFAULT_SIZE_MB))
    check_range("BufferingHints.SizeInMBs", size, 1, 128)
    interval = int(hints.get("IntervalInSeconds", DEFAULT_INTERVAL_SECONDS))
    check_range("BufferingHints.IntervalInSeconds", interval, 0, 900)
    return size, interval


def _kinesis_source(properties: Mapping[str, Any]) -> str | None:
    if properties.get("DeliveryStreamType", "DirectPut") != "KinesisStreamAsSource":
        return None
    arn = (properties.get("KinesisStreamSourceConfiguration") or {}).get("KinesisStreamARN")
    if arn is None:
        raise ConfigurationError(
            "DeliveryStreamType is KinesisStreamAsSource: KinesisStreamSourceConfiguration must have a KinesisStreamARN"
        )
    if "DeliveryStreamEncryptionConfigurationInput" in properties:
        raise ConfigurationError(
            "DeliveryStreamEncryptionConfigurationInput is not for DeliveryStreamType KinesisStreamAsSource: "
            "encrypt the Kinesis stream instead"
        )
    return str(arn)


def _partitioning(stream: str, destination: Destination, processors: Processors, enabled: bool) -> Partitioning | None:
    prefixes = destination.prefixes
    wanted = prefixes.partition_keys
    if not enabled:
        if wanted:
            raise ConfigurationError(f"Prefix {prefixes.text!r} has partition keys, which need dynamic partitioning")
        if processors.metadata_query is not None:
            raise ConfigurationError(
                "a MetadataExtraction processor needs DynamicPartitioningConfiguration with Enabled true"
            )
        return None
    if processors.metadata_query is None and processors.function is None:
        raise ConfigurationError(
            "DynamicPartitioningConfiguration is enabled: it needs a MetadataExtraction or a Lambda processor"
        )
    if not prefixes.has_error_prefix:
        raise ConfigurationError("DynamicPartitioningConfiguration is enabled: it needs an ErrorOutputPrefix")
    if not wanted:
        raise ConfigurationError(
            f"Prefix {prefixes.text!r} uses no partition key, and DynamicPartitioningConfiguration is enabled: "
            "every key that is declared has to be used"
        )
    needs = {FROM_QUERY: processors.metadata_query, FROM_LAMBDA: processors.function}
    for key in wanted:
        namespace = key.partition(":")[0]
        if needs[namespace] is None:
            processor = "MetadataExtraction" if namespace == FROM_QUERY else "Lambda"
            raise ConfigurationError(f"Prefix {prefixes.text!r} has !{{{key}}}, which needs a {processor} processor")
    query = None if processors.metadata_query is None else MetadataQuery(processors.metadata_query)
    # An object is called <stream>-<version>-<time>-<UUID><extension>.
    prefix_bytes = MAX_KEY_BYTES - len(f"{stream}-0000-yyyy-MM-dd-HH-mm-ss-{uuid.UUID(int=0)}{destination.extension}")
    return Partitioning(prefixes, query, destination.zone, prefix_bytes=prefix_bytes)


def _destination(
    s3: Mapping[str, Any],
    interval: float | None,
    conversion: FormatConversion | None,
    partitioned: bool,
    disagreements: Disagreements,
) -> Destination:
    large = partitioned or conversion is not None
    size, hinted_interval = buffering_hints(s3, large=large)
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
    if large and size < MIN_LARGE_SIZE_MB:
        cause = "DataFormatConversionConfiguration" if conversion is not None else "DynamicPartitioningConfiguration"
        raise ConfigurationError(
            f"BufferingHints.SizeInMBs is {size} with {cause}: it must be at least {MIN_LARGE_SIZE_MB}"
        )
    if partitioned and hinted_interval < MIN_PARTITIONED_INTERVAL_SECONDS:
        raise ConfigurationError(
            f"BufferingHints.IntervalInSeconds is {hinted_interval} with DynamicPartitioningConfiguration: "
            f"it must be at least {MIN_PARTITIONED_INTERVAL_SECONDS}"
        )
    compression = COMPRESSIONS[compression_format]
    if compression_format == "HADOOP_SNAPPY":
        compression = replace(compression, extension=disagreements.hadoop_snappy_extension)
    default_extension = compression.extension if conversion is None else conversion.writer.extension
    try:
        prefixes = ObjectPrefixes(s3.get("Prefix"), s3.get("ErrorOutputPrefix"), disagreements)
        zone = ZoneInfo(s3.get("CustomTimeZone") or "UTC")
    except (PrefixError, ValueError, ZoneInfoNotFoundError) as error:
        raise ConfigurationError(str(error)) from error
    if not _BUCKET_ARN.fullmatch(s3["BucketARN"]):
        raise ConfigurationError(f"BucketARN is {s3['BucketARN']!r}: it must be arn:<partition>:s3:::<bucket>")
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


def _log_target(options: Mapping[str, Any]) -> LogTarget | None:
    if not is_true(options.get("Enabled", False)):
        return None
    names = {name: str(options.get(name) or "") for name in ("LogGroupName", "LogStreamName")}
    for name, value in names.items():
        if not set(value.strip("/").split("/")).isdisjoint({"", ".", ".."}) or "\0" in value:
            raise ConfigurationError(
                f"CloudWatchLoggingOptions is enabled and its {name} is {value!r}: give the name of a log group and "
                "of a log stream"
            )
    return LogTarget(names["LogGroupName"], names["LogStreamName"])


def _encryption_metadata(configuration: Mapping[str, Any]) -> dict[str, str]:
    kms = configuration.get("KMSEncryptionConfig")
    if kms is None:
        return {}
    return {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kms["AWSKMSKeyARN"],
    }
