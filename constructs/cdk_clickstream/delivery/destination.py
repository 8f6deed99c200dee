"""CloudFormation of what the data and the backup have in common on their way to S3."""

from __future__ import annotations

from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_clickstream.delivery.backup import SourceBackup
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.table.table_reference import TableReference


def buffering_hints(resolved: tuple[int, int]) -> firehose.CfnDeliveryStream.BufferingHintsProperty:
    """Return the hints of (MiB, seconds)."""
    size, interval = resolved
    return firehose.CfnDeliveryStream.BufferingHintsProperty(size_in_m_bs=size, interval_in_seconds=interval)


def object_encryption(key: kms.IKey | None) -> firehose.CfnDeliveryStream.EncryptionConfigurationProperty:
    """Return the encryption of objects by a key."""
    if key is None:
        # Not unencrypted: the bucket's own default encryption applies.
        return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(no_encryption_config="NoEncryption")
    return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(
        kms_encryption_config=firehose.CfnDeliveryStream.KMSEncryptionConfigProperty(awskms_key_arn=key.key_arn)
    )


def backup_destination(
    backup: SourceBackup,
    *,
    bucket: s3.IBucket,
    key: kms.IKey | None,
    role_arn: str,
    error_prefix: S3Prefix,
    logging: firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty,
) -> firehose.CfnDeliveryStream.S3DestinationConfigurationProperty:
    """Return where the backups go: a destination of its own (aws-facts 8.1)."""
    return firehose.CfnDeliveryStream.S3DestinationConfigurationProperty(
        bucket_arn=bucket.bucket_arn,
        role_arn=role_arn,
        prefix=backup.prefix.text,
        # Nothing fails on the way to the backup, yet a prefix with expressions demands one (aws-facts 5, rule 5).
        error_output_prefix=error_prefix.text,
        buffering_hints=buffering_hints(backup.resolve_buffering()),
        compression_format=backup.compression.value,
        encryption_configuration=object_encryption(key),
        cloud_watch_logging_options=logging,
    )


def conversion(
    table: TableReference,
    input_format: InputFormat,
    serializer: firehose.CfnDeliveryStream.SerializerProperty,
    role_arn: str,
) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
    """Return the conversion of JSON by a table's columns."""
    return firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty(
        enabled=True,
        input_format_configuration=firehose.CfnDeliveryStream.InputFormatConfigurationProperty(
            deserializer=input_format.render(table.json_key_mappings)
        ),
        output_format_configuration=firehose.CfnDeliveryStream.OutputFormatConfigurationProperty(serializer=serializer),
        schema_configuration=firehose.CfnDeliveryStream.SchemaConfigurationProperty(
            role_arn=role_arn,
            catalog_id=table.catalog_id,
            region=table.region,
            database_name=table.database_name,
            table_name=table.table_name,
            version_id=table.version_id,
        ),
    )
