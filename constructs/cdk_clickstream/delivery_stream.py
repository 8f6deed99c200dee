"""The delivery stream: Firehose to S3."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream.backup import SourceBackup
from cdk_clickstream.buffering import BufferingHints
from cdk_clickstream.delivery_log import DeliveryLog
from cdk_clickstream.delivery_role import DeliveryRole
from cdk_clickstream.encryption import Encryption
from cdk_clickstream.errors import refuse
from cdk_clickstream.event_table import TableReference
from cdk_clickstream.lambda_processor import LambdaProcessor
from cdk_clickstream.object_naming import ObjectNaming
from cdk_clickstream.output_format import Compression, OutputFormat
from cdk_clickstream.permissions import Permissions
from cdk_clickstream.prefix import S3Prefix

_DELIVERY_LOG = "DestinationDelivery"
_BACKUP_LOG = "BackupDelivery"


class DeliveryStream(Construct):
    """A Firehose stream (direct PUT) that delivers to S3 under checked prefixes, with its own minimal role.

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
    output:
        Format and compression. Default: ``OutputFormat.raw()``.
    table:
        The table whose columns the conversion uses; needed by Parquet and ORC, refused with others.
    processor:
        The function that transforms the records. Default: none.
    buffering:
        When an object is written. Default: 128 MiB or 300 s with conversion, otherwise 5 MiB or 300 s.
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
    log_retention:
        How long errors are kept in the log. Default: three months.
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
        output: OutputFormat | None = None,
        table: TableReference | None = None,
        processor: LambdaProcessor | None = None,
        buffering: BufferingHints | None = None,
        encryption: Encryption | None = None,
        file_extension: str | None = None,
        time_zone: str | None = None,
        backup: SourceBackup | None = None,
        permissions: Permissions | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = bucket
        self.prefix = prefix
        self.error_prefix = error_prefix or default_error_prefix()
        self._output = output or OutputFormat.raw()
        self._table = table
        self._processor = processor
        self._buffering = buffering or BufferingHints()
        self._naming = ObjectNaming(file_extension, time_zone)
        self._backup = backup
        self._check()
        self.key = self._build_key(encryption or Encryption.aws_managed(), removal_policy)
        self.log = DeliveryLog(
            self,
            "ErrorLog",
            stream_names=(_DELIVERY_LOG, _BACKUP_LOG) if backup else (_DELIVERY_LOG,),
            retention=log_retention,
            removal_policy=removal_policy,
        )
        self.role = self._build_role(permissions or Permissions())
        self.resource = self._build_stream()

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
        _, interval = self._buffering.resolve("buffering", conversion=self._output.converts)
        return interval + (self._processor.longest_wait if self._processor else 0)

    @property
    def longest_backup_wait(self) -> int | None:
        """Seconds that a record waits at most for its backup; ``None`` without one."""
        return self._backup.longest_wait if self._backup else None

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put records, with the rights on a customer managed key that a caller needs."""
        return self.grant(grantee, "firehose:PutRecord", "firehose:PutRecordBatch")

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let a principal call actions of this stream, and use the stream's key if it has one (aws-facts 1.5)."""
        grant = iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=[self.arn])
        if self.key is None:
            return grant
        return grant.combine(
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resource_arns=[self.key.key_arn],
            )
        )

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
        if self._output.converts and self._table is None:
            refuse("table", None, "Parquet and ORC take their columns from a Glue table", "pass table=")
        if self._table is not None and not self._output.converts:
            refuse(
                "table", "given", "only format conversion uses it", "drop it, or use OutputFormat.parquet() or .orc()"
            )
        if self._backup is None:
            return
        if self._processor is None and not self._output.converts:
            refuse(
                "backup",
                "given",
                "Firehose backs up only what a transform or a conversion changes",
                "drop it: the delivered objects are the records as received",
            )
        for option, other in (("prefix", self.prefix), ("error_prefix", self.error_prefix)):
            if self._backup.prefix.overlaps(other):
                refuse(
                    "backup.prefix",
                    self._backup.prefix.text,
                    f"overlaps {option} {other.text!r}, so that backups would be read as its objects",
                    "give each its own folder",
                )

    def _build_key(self, encryption: Encryption, removal_policy: cdk.RemovalPolicy) -> kms.IKey | None:
        if not encryption.customer_managed:
            return None
        return encryption.key or kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal_policy)

    def _build_role(self, permissions: Permissions) -> DeliveryRole:
        role = DeliveryRole(self, "Role", permissions=permissions)
        prefixes = [self.prefix, self.error_prefix, *([self._backup.prefix] if self._backup else [])]
        role.allow_delivery(self.bucket, [prefix.folder for prefix in prefixes], self._object_key)
        role.allow_log(self.log.group, self.log.streams.values())
        if self._processor is not None:
            role.allow_invoke(self._processor.function)
        if self._table is not None:
            role.allow_table(self._table)
        return role

    @property
    def _object_key(self) -> kms.IKey | None:
        # A bucket that brings its key encrypts by default with it, so the role needs that one.
        return self.key or self.bucket.encryption_key

    def _build_stream(self) -> firehose.CfnDeliveryStream:
        stream = firehose.CfnDeliveryStream(
            self,
            "Resource",
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=self._stream_encryption(),
            extended_s3_destination_configuration=self._destination(),
        )
        # Firehose tries the role when it is created, so the role's policy comes first (aws-facts 9.3). The table comes
        # first by the references to its names (aws-facts 7.1).
        stream.node.add_dependency(self.role.node.find_child("DefaultPolicy"))
        return stream

    def _stream_encryption(self) -> firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty:
        if self.key is None:
            return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            )
        return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
            key_type="CUSTOMER_MANAGED_CMK", key_arn=self.key.key_arn
        )

    def _destination(self) -> firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty:
        size, interval = self._buffering.resolve("buffering", conversion=self._output.converts)
        return firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
            bucket_arn=self.bucket.bucket_arn,
            role_arn=self.role.role_arn,
            prefix=self.prefix.text,
            error_output_prefix=self.error_prefix.text,
            file_extension=self._naming.file_extension,
            custom_time_zone=self._naming.time_zone,
            buffering_hints=_hints(size, interval),
            compression_format=self._output.compression.value,
            encryption_configuration=self._object_encryption(),
            cloud_watch_logging_options=self.log.options(_DELIVERY_LOG),
            processing_configuration=self._processing(),
            data_format_conversion_configuration=self._conversion(),
            s3_backup_mode="Enabled" if self._backup else "Disabled",
            s3_backup_configuration=self._backup_destination(),
        )

    def _object_encryption(self) -> firehose.CfnDeliveryStream.EncryptionConfigurationProperty:
        key = self._object_key
        if key is None:
            # Not unencrypted: the bucket's own default encryption applies.
            return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(no_encryption_config="NoEncryption")
        return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(
            kms_encryption_config=firehose.CfnDeliveryStream.KMSEncryptionConfigProperty(awskms_key_arn=key.key_arn)
        )

    def _processing(self) -> firehose.CfnDeliveryStream.ProcessingConfigurationProperty | None:
        if self._processor is None:
            return None
        return firehose.CfnDeliveryStream.ProcessingConfigurationProperty(
            enabled=True, processors=[self._processor.render(self.role.role_arn)]
        )

    def _conversion(self) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty | None:
        if self._table is None or self._output.serializer is None:
            return None
        return firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty(
            enabled=True,
            input_format_configuration=firehose.CfnDeliveryStream.InputFormatConfigurationProperty(
                deserializer=firehose.CfnDeliveryStream.DeserializerProperty(
                    open_x_json_ser_de=firehose.CfnDeliveryStream.OpenXJsonSerDeProperty(
                        # The default folds the case of every key, those inside free objects too (aws-facts 7.4).
                        case_insensitive=False,
                        column_to_json_key_mappings=dict(self._table.json_key_mappings) or None,
                    )
                )
            ),
            output_format_configuration=firehose.CfnDeliveryStream.OutputFormatConfigurationProperty(
                serializer=self._output.serializer
            ),
            schema_configuration=firehose.CfnDeliveryStream.SchemaConfigurationProperty(
                role_arn=self.role.role_arn,
                database_name=self._table.database_name,
                table_name=self._table.table_name,
                version_id="LATEST",
            ),
        )

    def _backup_destination(self) -> firehose.CfnDeliveryStream.S3DestinationConfigurationProperty | None:
        if self._backup is None:
            return None
        size, interval = self._backup.resolve_buffering()
        return firehose.CfnDeliveryStream.S3DestinationConfigurationProperty(
            bucket_arn=self.bucket.bucket_arn,
            role_arn=self.role.role_arn,
            prefix=self._backup.prefix.text,
            # Nothing fails on the way to the backup, yet a prefix with expressions demands one (aws-facts 5, rule 5).
            error_output_prefix=self.error_prefix.text,
            buffering_hints=_hints(size, interval),
            compression_format=Compression.GZIP.value,
            encryption_configuration=self._object_encryption(),
            cloud_watch_logging_options=self.log.options(_BACKUP_LOG),
        )


def default_error_prefix() -> S3Prefix:
    """One folder per kind of failure, one below it per day."""
    return S3Prefix("errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/")


def _hints(size: int, interval: int) -> firehose.CfnDeliveryStream.BufferingHintsProperty:
    return firehose.CfnDeliveryStream.BufferingHintsProperty(size_in_m_bs=size, interval_in_seconds=interval)
