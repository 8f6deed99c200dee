"""The delivery stream: Firehose to S3."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.delivery.bucket_layout import default_error_prefix
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.delivery.destination import backup_destination, buffering_hints, conversion, object_encryption
from cdk_clickstream.delivery.error_log import DeliveryLog
from cdk_clickstream.delivery.object_naming import ObjectNaming
from cdk_clickstream.delivery.partitioning import DynamicPartitioning, check_given_keys, check_unpartitioned
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.delivery.processors import LambdaProcessor
from cdk_clickstream.delivery.processors import processor as render_processor
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, after_policy
from cdk_clickstream.delivery.sources.source import Source
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.formats.output_format import OutputFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.encryption import Encryption
from cdk_clickstream.table.table_reference import TableReference

_DELIVERY_LOG = "DestinationDelivery"
_BACKUP_LOG = "BackupDelivery"


class DeliveryStream(Construct):
    """A Firehose stream that delivers to S3 under checked prefixes, with its own minimal role.

    Built on ``CfnDeliveryStream``: ``delivery_stream.resource`` is the escape hatch to everything that has no option
    here.

    Parameters
    ----------
    bucket:
        Where the objects go.
    prefix:
        Of the data objects.
    error_prefix:
        Of the records that the transform or the conversion failed on.
        Default: ``errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/``.
    source:
        Where the records come from. Default: ``Source.direct_put()``.
    output:
        Format and compression. Default: ``OutputFormat.raw()``.
    table:
        The table whose columns the conversion uses; needed by Parquet and ORC, refused with others.
    input_format:
        How the conversion reads JSON. Default: ``InputFormat.openx()``.
    processor:
        The function that transforms the records. Default: none.
    partitioning:
        Objects grouped by values of the records, which the prefix then names. A one-way door: on or off from the
        stream's creation on. Default: none.
    append_newline:
        Let Firehose put a newline between records that end with none. Default: ``False``.
    buffering:
        When an object is written. Default: 128 MiB or 300 s with conversion or partitioning, otherwise 5 MiB or
        300 s.
    encryption:
        Default: ``Encryption.aws_managed()``.
    file_extension:
        Ending of the objects' names in place of the format's own, such as ``.json.gz``; at most 128 characters.
        Default: that of the format or compression.
    time_zone:
        In which the prefixes and the objects' names give times, as an IANA name such as ``Europe/Vienna``.
        Default: ``UTC``.
    backup:
        Backup of the records as received. Needs a processor or conversion. Default: none.
    permissions:
        How tightly the role is cut. Default: as tightly as possible.
    log_group:
        An existing log group for the stream's errors, whose retention is left alone. Default: a new one.
    log_retention:
        How long errors are kept in the new log group. Default: three months.
    removal_policy:
        Of the log group and of a key made here. Default: kept.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        bucket: s3.IBucket,
        prefix: S3Prefix,
        error_prefix: S3Prefix | None = None,
        source: EventSource | None = None,
        output: OutputFormat | None = None,
        table: TableReference | None = None,
        input_format: InputFormat | None = None,
        processor: LambdaProcessor | None = None,
        partitioning: DynamicPartitioning | None = None,
        append_newline: bool = False,
        buffering: BufferingHints | None = None,
        encryption: Encryption | None = None,
        file_extension: str | None = None,
        time_zone: str | None = None,
        backup: SourceBackup | None = None,
        permissions: Permissions | None = None,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = bucket
        self.prefix = prefix
        self.error_prefix = error_prefix or default_error_prefix()
        self.source = source or Source.direct_put()
        self._output = output or OutputFormat.raw()
        self._table = table
        self._input_format = input_format
        self.partitioning = partitioning
        self._append_newline = append_newline
        self.processor = processor
        self._buffering = buffering or BufferingHints()
        self._naming = ObjectNaming(file_extension, time_zone)
        self._backup = backup
        self._check()
        self._encryption = (encryption or Encryption.aws_managed()).with_key(
            lambda: kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal_policy)
        )
        self.key = self._encryption.buffer_key
        self.log = DeliveryLog(
            self,
            "ErrorLog",
            stream_names=(_DELIVERY_LOG, _BACKUP_LOG) if backup else (_DELIVERY_LOG,),
            group=log_group,
            retention=log_retention,
            removal_policy=removal_policy,
        )
        self.role = self._build_role(permissions or Permissions())
        self.resource = self._build_stream(self.source.prepare(self, self.role, self.key, removal_policy))
        self.target = self.source.target(self.resource, self.key)
        self.source.connect(self, self.target)

    @property
    def name(self) -> str:
        """Name of the stream (a token: CloudFormation chooses it)."""
        return self.resource.ref

    @property
    def arn(self) -> str:
        """ARN of the stream (a token)."""
        return self.resource.attr_arn

    @property
    def longest_wait(self) -> int:
        """Seconds that a record waits at most in a healthy stream: both buffers, one after the other."""
        _, interval = self._resolved_buffering
        return interval + (self.processor.longest_wait if self.processor else 0)

    @property
    def longest_backup_wait(self) -> int | None:
        """Seconds that a record waits at most for its backup; ``None`` without one."""
        return self._backup.longest_wait if self._backup else None

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put records into :attr:`target`, with the rights on a customer managed key it needs.

        With a Kinesis source that is the Kinesis stream: Firehose then refuses puts of its own.
        """
        if self.source.takes_puts or self.source.is_kinesis:
            return self.target.grant_put_records(grantee)
        return refuse(
            "source",
            self.source.kind.value,
            "is the only one that may put records into a stream with decompression",
            "give producers a pipeline of their own, or leave extract_messages off",
        )

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let a principal call actions of this stream, and use the stream's key if it has one (aws-facts 1.5)."""
        names = [action.removeprefix("firehose:") for action in actions]
        return Target.firehose(self.name, self.arn, self._stream_key).grant(grantee, *names)

    def metric(self, name: str, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """One of the stream's metrics; Firehose gives one point a minute."""
        return cloudwatch.Metric(
            namespace="AWS/Firehose",
            metric_name=name,
            dimensions_map={"DeliveryStreamName": self.name},
            statistic=statistic,
        )

    def metric_incoming_records(self) -> cloudwatch.Metric:
        """Records put."""
        return self.metric("IncomingRecords")

    def metric_throttled_records(self) -> cloudwatch.Metric:
        """Records refused because of the quota."""
        return self.metric("ThrottledRecords")

    def metric_data_freshness(self) -> cloudwatch.Metric:
        """Age in seconds of the oldest record not yet delivered."""
        return self.metric("DeliveryToS3.DataFreshness", statistic="Maximum")

    def metric_delivery_success(self) -> cloudwatch.Metric:
        """Successful writes to S3 out of all, 0..1."""
        return self.metric("DeliveryToS3.Success", statistic="Average")

    def _check(self) -> None:
        self.prefix.check_as_data_prefix("prefix")
        self.error_prefix.check_as_error_prefix("error_prefix")
        self._check_table()
        self._check_partitioning()
        if self._backup is not None:
            self._check_backup(self._backup)

    def _check_table(self) -> None:
        if self._output.converts and self._table is None:
            refuse("table", None, "Parquet and ORC take their columns from a Glue table", "pass table=")
        for option, given in (("table", self._table), ("input_format", self._input_format)):
            if given is not None and not self._output.converts:
                refuse(
                    option,
                    "given",
                    "only format conversion uses it",
                    "drop it, or use OutputFormat.parquet() or .orc()",
                )

    def _check_partitioning(self) -> None:
        if self.processor is not None and self.processor.packs_events:
            for option, given in (
                ("partitioning.queries", self.partitioning and self.partitioning.queries),
                ("partitioning.de_aggregation", self.partitioning and self.partitioning.de_aggregation),
                ("append_newline", self._append_newline),
            ):
                if given:
                    refuse(
                        option,
                        "given",
                        "works on each record, and with this function a record holds several events",
                        "drop it, or put one event into each record and use a function of your own",
                    )
        if self.processor is not None and self.processor.partition_keys is not None:
            check_given_keys(self.processor.partition_keys, self.partitioning)
        if self.partitioning is None:
            check_unpartitioned("prefix", self.prefix)
        else:
            self.partitioning.check(self.prefix, has_function=self.processor is not None)

    def _check_backup(self, backup: SourceBackup) -> None:
        if self.processor is None and not self._output.converts:
            refuse(
                "backup",
                "given",
                "Firehose backs up only what a transform or a conversion changes",
                "drop it: the delivered objects are the records as received",
            )
        beside = backup.effective_bucket(self.bucket).bucket_name == self.bucket.bucket_name
        for option, other in (("prefix", self.prefix), ("error_prefix", self.error_prefix)):
            if beside and backup.prefix.overlaps(other):
                refuse(
                    "backup.prefix",
                    backup.prefix.text,
                    f"overlaps {option} {other.text!r}, so that backups would be read as its objects",
                    "give each its own folder, or the backup its own bucket",
                )

    @property
    def _resolved_buffering(self) -> tuple[int, int]:
        return self._buffering.resolve(
            "buffering", conversion=self._output.converts, partitioning=self.partitioning is not None
        )

    def _build_role(self, permissions: Permissions) -> DeliveryRole:
        role = DeliveryRole(self, "Role", permissions=permissions)
        backup = self._backup
        apart = backup is not None and (backup.bucket is not None or backup.key is not None)
        prefixes = [self.prefix, self.error_prefix, *([backup.prefix] if backup and not apart else [])]
        role.allow_delivery(self.bucket, [prefix.folder for prefix in prefixes], self._object_key)
        if backup is not None and apart:
            key = backup.effective_key(self._encryption.object_key, self.bucket)
            role.allow_delivery(backup.effective_bucket(self.bucket), [backup.prefix.folder], key, sid="Backup")
        role.allow_log(self.log.group, self.log.streams.values())
        if self.processor is not None:
            role.allow_invoke(self.processor.function)
        if self._table is not None:
            role.allow_table(self._table)
        return role

    @property
    def _object_key(self) -> kms.IKey | None:
        return self._encryption.object_key_in(self.bucket)

    @property
    def _stream_key(self) -> kms.IKey | None:
        return None if self.source.is_kinesis else self.key

    def _build_stream(self, source: dict[str, Any]) -> firehose.CfnDeliveryStream:
        properties = {
            "delivery_stream_type": "DirectPut",
            "delivery_stream_encryption_configuration_input": self._stream_encryption(),
            **source,
        }
        stream = firehose.CfnDeliveryStream(
            self, "Resource", extended_s3_destination_configuration=self._destination(), **properties
        )
        if self.source.is_kinesis:
            acknowledge(
                stream,
                "AwsSolutions-KDF1",
                "With a Kinesis source Firehose takes no encryption of its own: the Kinesis stream is encrypted.",
            )
        # The table comes first by the references to its names (aws-facts 7.1).
        after_policy(stream, self.role)
        return stream

    def _stream_encryption(
        self,
    ) -> firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty | None:
        if self.source.is_kinesis:
            return None  # the Kinesis stream encrypts (aws-facts 1.5)
        if self.key is None:
            return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            )
        return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
            key_type="CUSTOMER_MANAGED_CMK", key_arn=self.key.key_arn
        )

    def _destination(self) -> firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty:
        return firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
            bucket_arn=self.bucket.bucket_arn,
            role_arn=self.role.role_arn,
            prefix=self.prefix.text,
            error_output_prefix=self.error_prefix.text,
            file_extension=self._naming.file_extension,
            custom_time_zone=self._naming.time_zone,
            buffering_hints=buffering_hints(self._resolved_buffering),
            compression_format=self._output.compression.value,
            encryption_configuration=object_encryption(self._object_key),
            cloud_watch_logging_options=self.log.options(_DELIVERY_LOG),
            processing_configuration=self._processing(),
            dynamic_partitioning_configuration=self.partitioning.render() if self.partitioning else None,
            data_format_conversion_configuration=self._conversion(),
            s3_backup_mode="Enabled" if self._backup else "Disabled",
            s3_backup_configuration=self._backup_destination(),
        )

    def _processing(self) -> firehose.CfnDeliveryStream.ProcessingConfigurationProperty | None:
        # In the order in which Firehose works (aws-facts 2.3).
        partitioning = self.partitioning
        processors = list(self.source.first_processors())
        if partitioning is not None and partitioning.de_aggregation is not None:
            processors.append(partitioning.de_aggregation.render())
        if self.processor is not None:
            processors.append(self.processor.render(self.role.role_arn))
        if partitioning is not None:
            processors += partitioning.render_extraction()
        if self._append_newline:
            processors.append(render_processor("AppendDelimiterToRecord", {}))
        if not processors:
            return None
        return firehose.CfnDeliveryStream.ProcessingConfigurationProperty(enabled=True, processors=processors)

    def _conversion(self) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty | None:
        if self._table is None or self._output.serializer is None:
            return None
        return conversion(
            self._table, self._input_format or InputFormat.openx(), self._output.serializer, self.role.role_arn
        )

    def _backup_destination(self) -> firehose.CfnDeliveryStream.S3DestinationConfigurationProperty | None:
        if self._backup is None:
            return None
        return backup_destination(
            self._backup,
            bucket=self._backup.effective_bucket(self.bucket),
            key=self._backup.effective_key(self._encryption.object_key, self.bucket),
            role_arn=self.role.role_arn,
            error_prefix=self.error_prefix,
            logging=self.log.options(_BACKUP_LOG),
        )
