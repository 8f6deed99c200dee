"""Delivery to S3: where objects go, how they are written, and the format conversion on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lakeformation as lakeformation
from aws_cdk import aws_s3 as s3

from cdk_clickstream._findings import acknowledge, acknowledge_objects
from cdk_clickstream._identity import check_place, may_be_foreign, note_hidden_key
from cdk_clickstream._validation import refuse
from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.formats.input_format import InputFormat
from cdk_clickstream.formats.output_format import Compression, OutputFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.table.table_reference import TableReference, table_arns

_BUCKET_ACTIONS = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_OBJECT_ACTIONS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_OBJECT_NAMES = "Firehose chooses the names of the objects it writes; the role reaches the folders of this stream only."


@dataclass(frozen=True)
class S3Destination:
    """A destination in S3: that of a stream's data, or that of its source backup (facts/firehose.md#backup).

    The buffering is in MiB and seconds; without a key the default encryption of the bucket applies.
    """

    bucket: s3.IBucket
    prefix: S3Prefix
    error_prefix: S3Prefix
    buffering: tuple[int, int]
    compression: Compression
    key: kms.IKey | None

    def bind(
        self, role: DeliveryRole, logging: firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty
    ) -> dict[str, Any]:
        """Return the properties that a destination and a backup have in common."""
        size, interval = self.buffering
        return {
            "bucket_arn": self.bucket.bucket_arn,
            "role_arn": role.role_arn,
            "prefix": self.prefix.text,
            "error_output_prefix": self.error_prefix.text,
            "buffering_hints": firehose.CfnDeliveryStream.BufferingHintsProperty(
                size_in_m_bs=size, interval_in_seconds=interval
            ),
            "compression_format": self.compression.value,
            "encryption_configuration": self._encryption(),
            "cloud_watch_logging_options": logging,
        }

    def grant_write(self, role: DeliveryRole, folders: Iterable[str], *, sid: str = "") -> None:
        """Let the role write objects under the folders; ``sid`` tells the statements of a second bucket."""
        stack = cdk.Stack.of(role)
        folders = outermost(folders) if role.permissions.object_prefixes else [""]
        role.allow(f"{sid}Bucket", _BUCKET_ACTIONS, [self.bucket.bucket_arn])
        objects = [self.bucket.arn_for_objects(f"{folder}*") for folder in folders]
        # The owner of another account's bucket gets the objects only by their ACL (facts/iam.md#delivery-role).
        foreign = may_be_foreign(self.bucket, role)
        role.allow(f"{sid}Objects", (*_OBJECT_ACTIONS, "s3:PutObjectAcl") if foreign else _OBJECT_ACTIONS, objects)
        for folder in folders:
            acknowledge_objects(role, self.bucket, f"{folder}*", _OBJECT_NAMES)
        if self.key is None:
            note_hidden_key(
                self.bucket,
                "bucket",
                "the delivery role",
                "import it by Bucket.from_bucket_attributes(encryption_key=...)",
            )
        else:
            reason, region = "S3 encrypts by keys of the bucket's region", self.bucket.env.region
            check_place("encryption", self.key, self.key.key_arn, role, reason, region=region, account=False)
            role.allow(
                f"{sid}ObjectKey",
                ("kms:Decrypt", "kms:GenerateDataKey"),
                [self.key.key_arn],
                {
                    "StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
                    # With S3 Bucket Keys the context is the bucket itself (facts/iam.md#delivery-role).
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": [self.bucket.bucket_arn, *objects]},
                },
            )

    def _encryption(self) -> firehose.CfnDeliveryStream.EncryptionConfigurationProperty:
        if self.key is None:
            # Not unencrypted: the bucket's own default encryption applies.
            return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(no_encryption_config="NoEncryption")
        return firehose.CfnDeliveryStream.EncryptionConfigurationProperty(
            kms_encryption_config=firehose.CfnDeliveryStream.KMSEncryptionConfigProperty(
                awskms_key_arn=self.key.key_arn
            )
        )


@dataclass(frozen=True)
class FormatConversion:
    """Conversion of JSON records to Parquet or ORC, by the columns of a Glue table (facts/firehose.md#conversion)."""

    table: TableReference
    input_format: InputFormat
    serializer: firehose.CfnDeliveryStream.SerializerProperty

    @classmethod
    def of(
        cls, output: OutputFormat, table: TableReference | None, input_format: InputFormat | None
    ) -> FormatConversion | None:
        """Return the conversion that an output needs, or refuse what does not fit the output."""
        if output.serializer is None:
            for option, given in (("table", table), ("input_format", input_format)):
                if given is not None:
                    refuse(
                        option,
                        "given",
                        "only format conversion uses it",
                        "drop it, or use OutputFormat.parquet() or .orc()",
                    )
            return None
        if table is None:
            refuse("table", None, "Parquet and ORC take their columns from a Glue table", "pass table=")
        return cls(table, input_format or InputFormat.openx(), output.serializer)

    def bind(self, role: DeliveryRole) -> firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty:
        """Let the role read the table's columns, and return the conversion."""
        stack, table = cdk.Stack.of(role), self.table
        names = table.database_name, table.table_name
        role.allow(
            "Table",
            ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"),
            table_arns(stack, *names, catalog_id=table.catalog_id, region=table.region),
        )
        if role.permissions.lake_formation:
            self._describe(role)
        return firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty(
            enabled=True,
            input_format_configuration=firehose.CfnDeliveryStream.InputFormatConfigurationProperty(
                deserializer=self.input_format.render(table.json_key_mappings)
            ),
            output_format_configuration=firehose.CfnDeliveryStream.OutputFormatConfigurationProperty(
                serializer=self.serializer
            ),
            schema_configuration=firehose.CfnDeliveryStream.SchemaConfigurationProperty(
                role_arn=role.role_arn,
                # In so many words: an update keeps what is left out (facts/firehose.md#updates).
                catalog_id=table.catalog_id or stack.account,
                region=table.region or stack.region,
                database_name=table.database_name,
                table_name=table.table_name,
                version_id=table.version_id,
            ),
        )

    def _describe(self, role: DeliveryRole) -> None:
        """Let the role describe a table that Lake Formation governs (facts/iam.md#delivery-role)."""
        role.allow("LakeFormation", ("lakeformation:GetDataAccess",), ["*"])
        acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "The action knows no resource: Lake Formation has grants.")
        if self.table.catalog_id is not None:
            return  # the owner of the catalog grants
        resource = lakeformation.CfnPrincipalPermissions.TableResourceProperty(
            catalog_id=cdk.Stack.of(role).account, database_name=self.table.database_name, name=self.table.table_name
        )
        grant = lakeformation.CfnPrincipalPermissions(
            role,
            "TableGrant",
            principal=lakeformation.CfnPrincipalPermissions.DataLakePrincipalProperty(
                data_lake_principal_identifier=role.role_arn
            ),
            resource=lakeformation.CfnPrincipalPermissions.ResourceProperty(table=resource),
            permissions=["DESCRIBE"],
            permissions_with_grant_option=[],
        )
        role.prerequisites.append(grant)


def outermost(folders: Iterable[str]) -> list[str]:
    """Drop folders that lie inside another one."""
    outermost: list[str] = []
    for folder in sorted(set(folders)):
        if not outermost or not folder.startswith(outermost[-1]):
            outermost.append(folder)
    return outermost
