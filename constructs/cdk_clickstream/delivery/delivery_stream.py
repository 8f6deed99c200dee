"""The delivery stream: Firehose to S3."""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._context_token import context_token_of
from cdk_clickstream._identity import check_grantee, check_place, is_same_principal, log_group_name_of
from cdk_clickstream._validation import checked, is_token, refuse
from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.delivery.bucket_layout import Written, claim_folders
from cdk_clickstream.delivery.buffering import BufferingHints
from cdk_clickstream.delivery.delivery_role import DeliveryRole, depend_on_policy
from cdk_clickstream.delivery.delivery_stream_base import IDeliveryStream, ImportedDeliveryStream
from cdk_clickstream.delivery.destination import FormatConversion, S3Destination
from cdk_clickstream.delivery.error_log import DeliveryLog
from cdk_clickstream.delivery.folders import Folders
from cdk_clickstream.delivery.object_naming import ObjectNaming
from cdk_clickstream.delivery.partitioning import DynamicPartitioning, check_partitioning
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.delivery.processors import LambdaProcessor, render_processor
from cdk_clickstream.delivery.sources.base import EventSource
from cdk_clickstream.delivery.sources.cloudwatch_logs import LogSource
from cdk_clickstream.delivery.sources.source import Source
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.formats.output_format import OutputFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.storage.encryption import Encryption
from cdk_clickstream.storage.removal import check_removal_policy
from cdk_clickstream.table.table_reference import TableReference

_DELIVERY_LOG = "DestinationDelivery"
_BACKUP_LOG = "BackupDelivery"


@checked
class DeliveryStream(IDeliveryStream):
    """A Firehose stream that delivers to S3 under checked prefixes, with its own minimal role.

    Built on ``CfnDeliveryStream``: ``delivery_stream.resource`` is the escape hatch to everything that has no option
    here.
    AWS: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html

    Parameters
    ----------
    bucket:
        Destination of the objects.
    prefix:
        Of the data objects.
    error_prefix:
        Of the records that the transform or the conversion failed on.
        Default: ``errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/``.
    source:
        Source of the records. Default: ``Source.direct_put()``.
    output:
        Format and compression. Default: ``OutputFormat.raw()``.
    table:
        The table whose columns the conversion uses; needed by Parquet and ORC, refused with others.
    input_format:
        Deserializer of the conversion. Default: ``InputFormat.openx()``.
    processor:
        The function that transforms the records. Default: none.
    partitioning:
        Objects grouped by values of the records, which the prefix then names. A one-way door: on or off from the
        stream's creation on. Default: none.
    append_newline:
        Let Firehose put a newline between records that end with none. Default: ``False``.
    buffering:
        Hints when an object is written. Default: 128 MiB or 300 s with conversion or partitioning, otherwise 5 MiB or
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
        Scope of the role's permissions. Default: ``Permissions()``.
    log_group:
        An existing log group for the stream's errors, whose retention is left alone. Default: a new one.
    log_retention:
        Retention of the new log group. Default: three months.
    removal_policy:
        Of the log group and of a key made here. Default: kept, unless the deployment that made them fails.
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
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        self.bucket = bucket
        self.prefix = prefix
        self.error_prefix = error_prefix or Folders().errors
        self.source = source or Source.direct_put()
        self.processor = processor
        self.partitioning = partitioning
        self._append_newline = append_newline
        self._backup = backup
        output = output or OutputFormat.raw()
        buffering = buffering or BufferingHints()
        naming = ObjectNaming(file_extension, time_zone)
        prefix.check_as_data_prefix("prefix")
        self.error_prefix.check_as_error_prefix("error_prefix")
        conversion = FormatConversion.of(output, table, input_format)
        self.converts = conversion is not None
        check_partitioning(partitioning, prefix, processor, append_newline=append_newline)
        encryption = (encryption or Encryption.aws_managed()).with_key(
            lambda: kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal_policy)
        )
        self._encryption = encryption
        self._destination = S3Destination(
            bucket=bucket,
            prefix=prefix,
            error_prefix=self.error_prefix,
            buffering=buffering.resolve(
                "buffering", conversion=conversion is not None, partitioning=partitioning is not None
            ),
            compression=output.compression,
            key=encryption.object_key_in(bucket),
        )
        if encryption.key is not None and (encryption.buffers or encryption.logs):
            reason = "Firehose and CloudWatch Logs use keys of their own region"
            check_place("encryption.key", encryption.key, encryption.key.key_arn, self, reason, account=False)
        if backup is not None:
            backup.check(self._destination, transforms_records=processor is not None or conversion is not None)
            backups = Written("backup.prefix", backup.effective_prefix)
            claim_folders(self, backup.effective_bucket(self._destination), [backups])
        claim_folders(self, bucket, [Written("prefix", prefix, rows=True), Written("error_prefix", self.error_prefix)])
        self.log = DeliveryLog(
            self,
            "ErrorLog",
            stream_names=(_DELIVERY_LOG, _BACKUP_LOG) if backup else (_DELIVERY_LOG,),
            group=log_group,
            retention=log_retention,
            key=None if log_group else encryption.log_key_in(self),
            removal_policy=removal_policy,
        )
        if processor is not None:
            processor.check_place(self)
        if log_group is not None:
            reason = "Firehose writes to log groups of its own account and region"
            check_place("log_group", log_group, log_group.log_group_arn, self, reason)
        if isinstance(self.source, LogSource):
            written = {"log_group": self.log.group.log_group_name}
            if processor is not None:
                written["transform"] = log_group_name_of(processor.function)
            self.source.check_recursion(self, written)
        self.role = DeliveryRole(self, "Role", permissions=permissions or Permissions())
        self.resource = self._build_stream(conversion, naming, encryption, removal_policy)
        self.name, self.arn = self.resource.ref, self.resource.attr_arn
        self.key = None if self.source.is_kinesis else encryption.buffer_key
        self.target = self.source.target(self.resource, self.key)
        calls_own = processor is not None and cdk.Resource.is_owned_resource(processor.function)
        self.context_token = context_token_of(processor.function if processor and calls_own else self)
        self.source.connect(self, self.resource, self.target, self._destination)

    @staticmethod
    def from_delivery_stream_name(scope: Construct, id: str, delivery_stream_name: str) -> IDeliveryStream:  # noqa: A002
        """Import a stream by its name.

        Parameters
        ----------
        scope, id:
            The construct above it, and its id there.
        delivery_stream_name:
            Name of a stream of this account and region.
        """
        return ImportedDeliveryStream(scope, id, name=delivery_stream_name, arn=None, key=None)

    @staticmethod
    def from_delivery_stream_arn(scope: Construct, id: str, delivery_stream_arn: str) -> IDeliveryStream:  # noqa: A002
        """Import a stream by its ARN.

        Parameters
        ----------
        scope, id:
            The construct above it, and its id there.
        delivery_stream_arn:
            ARN of the stream, whose region and account are those of the endpoint that puts into it.
        """
        return ImportedDeliveryStream(scope, id, name=None, arn=delivery_stream_arn, key=None)

    @staticmethod
    def from_delivery_stream_attributes(
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        delivery_stream_name: str | None = None,
        delivery_stream_arn: str | None = None,
        key: kms.IKey | None = None,
    ) -> IDeliveryStream:
        """Import a stream with what is known of it.

        Parameters
        ----------
        scope, id:
            As of any construct.
        delivery_stream_name, delivery_stream_arn:
            One of the two, or both.
        key:
            The customer managed key of what the stream buffers, on which producers then get their rights.
            Default: none.
        """
        return ImportedDeliveryStream(scope, id, name=delivery_stream_name, arn=delivery_stream_arn, key=key)

    @property
    def longest_wait(self) -> int | None:
        """Seconds that a record waits at most in a healthy stream: both buffers, one after the other.

        ``None`` where only deployment knows.
        """
        waits = [self._destination.buffering[1], self.processor.longest_wait if self.processor else 0]
        return None if any(map(is_token, waits)) else sum(waits)

    @property
    def longest_backup_wait(self) -> int | None:
        """Seconds that a record waits at most for its backup; ``None`` where only deployment knows."""
        wait = self._backup.longest_wait if self._backup else None
        return None if is_token(wait) else wait

    @property
    def has_backup(self) -> bool:
        """Whether there is a source backup."""
        return self._backup is not None

    @property
    def places(self) -> list[tuple[str, s3.IBucket, str, kms.IKey | None]]:
        """Where the stream writes: ``data``, ``errors`` or ``backup``, with its bucket, its folder and its key."""
        data, backup = self._destination, self._backup
        places = [
            ("data", data.bucket, data.prefix.folder, data.key),
            ("errors", data.bucket, data.error_prefix.folder, data.key),
        ]
        if backup is not None:
            bucket = backup.effective_bucket(data)
            key = backup.key or (data.key if bucket is data.bucket else self._encryption.object_key_in(bucket))
            places.append(("backup", bucket, backup.effective_prefix.folder, key))
        return places

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put records into :attr:`target`, with the rights on a customer managed key it needs.

        With a Kinesis source that is the Kinesis stream: Firehose then refuses puts of its own.
        """
        if not self.source.takes_producers:
            refuse(
                "source",
                self.source.kind.value,
                "is the only one that may put records into a stream with decompression",
                "give producers a pipeline of their own, or leave extract_messages off",
            )
        return super().grant_put_records(self.outside(grantee))

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let a principal call actions of this stream, and use the stream's key if it has one.

        Source: facts/firehose.md#stream-encryption.
        """
        return super().grant(self.outside(grantee), *actions)

    def outside(self, grantee: iam.IGrantable) -> iam.IGrantable:
        """Return whom to grant what depends on this stream: for the function that it calls, a policy of its own.

        The stream depends on the function, and the function on its role with all that lies below it.
        """
        check_grantee(grantee, self, "a delivery stream")
        if self.processor is None or not is_same_principal(grantee, self.processor.function):
            return grantee
        made = self.node.try_find_child("FunctionGrants")
        if made is not None:
            return cast(iam.Policy, made)
        policy = iam.Policy(self, "FunctionGrants")
        cast(iam.IRole, self.processor.function.grant_principal).attach_inline_policy(policy)
        return policy

    def _build_stream(
        self,
        conversion: FormatConversion | None,
        naming: ObjectNaming,
        encryption: Encryption,
        removal_policy: cdk.RemovalPolicy,
    ) -> firehose.CfnDeliveryStream:
        data, backup = self._destination, self._backup
        # Each part adds its statements to the role when it is bound.
        data.grant_write(
            self.role, [data.prefix.folder, data.error_prefix.folder, *(backup.shared_folders if backup else [])]
        )
        backup_destination = (
            backup.bind(self.role, self.log.options(_BACKUP_LOG), data=data, encryption=encryption) if backup else None
        )
        self.log.bind(self.role)
        destination = firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
            **data.bind(self.role, self.log.options(_DELIVERY_LOG)),
            # An update keeps the value of a member that is left out (facts/firehose.md#updates,
            # facts/cloudformation.md#delivery-stream): each option that is off says so.
            file_extension=naming.file_extension or "",
            custom_time_zone=naming.time_zone or "UTC",
            processing_configuration=self._processing(),
            # But for this one, which no update switches on or off (facts/firehose.md#dynamic-partitioning).
            dynamic_partitioning_configuration=self.partitioning.render() if self.partitioning else None,
            data_format_conversion_configuration=(
                conversion.bind(self.role)
                if conversion
                else firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty(enabled=False)
            ),
            s3_backup_mode="Enabled" if backup else "Disabled",
            s3_backup_configuration=backup_destination,
        )
        stream = firehose.CfnDeliveryStream(
            self,
            "Resource",
            extended_s3_destination_configuration=destination,
            **self.source.bind(self, self.role, encryption.buffer_key, removal_policy),
        )
        # The references to the table's names already put the table first (facts/firehose.md#conversion).
        depend_on_policy(stream, self.role)
        return stream

    def _processing(self) -> firehose.CfnDeliveryStream.ProcessingConfigurationProperty:
        # In the order in which Firehose works (facts/firehose.md#processing-order).
        partitioning = self.partitioning
        processors = list(self.source.first_processors())
        if partitioning is not None and partitioning.de_aggregation is not None:
            processors.append(partitioning.de_aggregation.render())
        if self.processor is not None:
            processors.append(self.processor.bind(self.role))
        if partitioning is not None:
            processors += partitioning.render_extraction()
        if self._append_newline:
            processors.append(render_processor("AppendDelimiterToRecord", {}))
        return firehose.CfnDeliveryStream.ProcessingConfigurationProperty(
            enabled=bool(processors), processors=processors
        )
