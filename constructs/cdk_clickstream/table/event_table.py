"""The Glue database and table that describe the delivered objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._claims import claim_once, identity_of
from cdk_clickstream._findings import acknowledge_grant
from cdk_clickstream._identity import check_grantee, check_place, key_behind
from cdk_clickstream._validation import check_identifier, checked, refuse
from cdk_clickstream.formats.output_format import Compression, OutputFormat, TableFormat
from cdk_clickstream.partitions.prefix import S3Prefix
from cdk_clickstream.schema.event_schema import EventSchema
from cdk_clickstream.storage.removal import check_removal_policy
from cdk_clickstream.table.table_reference import TableReference, table_arns

if TYPE_CHECKING:
    from aws_cdk.aws_glue import IDatabase as IDatabase
else:
    # Older releases of the CDK have databases in a package of their own, aws-glue-alpha.
    IDatabase = getattr(glue, "IDatabase", cdk.IResource)


@checked
class EventTable(Construct):
    """A Glue database with one table: columns from the schema, partitions projected from the prefix.

    Athena works out the partitions from the prefix's pattern, so no crawler runs and no partition is ever added.
    AWS: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html

    Parameters
    ----------
    bucket, prefix:
        Location of the objects.
    schema:
        Schema of the columns. Append members at the end only: ORC is read by position.
    output:
        Format of the objects. Default: Parquet.
    table_name:
        Default: ``events``.
    database:
        An existing database. Default: a new one.
    database_name:
        Of the new one. Default: made from the construct's path, so that two pipelines do not share one.
    time_zone:
        Time zone of the stream's prefix. Default: ``UTC``.
    removal_policy:
        Of a new database: who deletes one deletes everybody's tables and views in it. The name stays taken, so a later
        stack takes the kept one by ``database=``. Default: kept, unless the deployment that made it fails.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        bucket: s3.IBucket,
        prefix: S3Prefix,
        schema: EventSchema,
        output: OutputFormat | None = None,
        table_name: str = "events",
        database: IDatabase | glue.CfnDatabase | None = None,
        database_name: str | None = None,
        time_zone: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        output = output or OutputFormat.parquet()
        check_identifier("table_name", table_name)
        if database_name is not None:
            check_identifier("database_name", database_name)
        if database is not None and not isinstance(database, glue.CfnDatabase):
            reason = "the table is made in the Data Catalog of the stack"
            check_place("database", database, database.database_arn, self, reason)
        _check_partitions(prefix, schema)
        _check_bloom_filters(output, schema)
        stack = cdk.Stack.of(self)
        self.bucket = bucket
        self.prefix = prefix
        self.schema = schema
        self.plain_name = table_name
        self.database = database or self._build_database(database_name, removal_policy)
        remedy = "choose another table_name="
        place = identity_of(self, self.database_name)
        claim_once(self, "table_name", table_name, kind="table", identity=(place, table_name), remedy=remedy)
        self.table = glue.CfnTable(
            self,
            "Table",
            catalog_id=stack.account,
            database_name=self.database_name,
            table_input=glue.CfnTable.TableInputProperty(
                name=table_name,
                description="One row per event",
                table_type="EXTERNAL_TABLE",
                parameters=_parameters(bucket, prefix, output, utc=time_zone in (None, "UTC")),
                partition_keys=[
                    glue.CfnTable.ColumnProperty(name=column.name, type=column.glue_type) for column in prefix.columns
                ],
                storage_descriptor=_storage(bucket, prefix, schema, output),
            ),
        )

    @property
    def database_name(self) -> str:
        """Name of the database (a token)."""
        return self.database.ref if isinstance(self.database, glue.CfnDatabase) else self.database.database_name

    @property
    def table_name(self) -> str:
        """Name of the table (a token)."""
        return self.table.ref

    def grant_read(
        self, grantee: iam.IGrantable, *, key: kms.IKey | None = None, former_keys: Sequence[kms.IKey] = ()
    ) -> iam.Grant:
        """Let a principal read the table's objects and its description, and nothing else in the bucket.

        Backups and failed records lie elsewhere in the bucket, with raw addresses and payloads.

        Parameters
        ----------
        grantee:
            Reader.
        key:
            KMS key of the objects. Default: the bucket's own.
        former_keys:
            KMS keys of older objects. Default: none.
        """
        check_grantee(grantee, self, "a table of the Data Catalog")
        stack = cdk.Stack.of(self)
        key = key or self.bucket.encryption_key
        keys = [key_behind("key", one) for one in (*([key] if key else []), *former_keys)]
        grant = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"],
            resource_arns=table_arns(stack, self.database_name, self.table_name),
        )
        pattern = f"{self.prefix.folder}*"
        acknowledge_grant(
            grantee,
            self.bucket,
            pattern,
            "Firehose chooses the names of the objects; only this table's folder is open.",
        )
        wanted: list[tuple[str, str, dict[str, dict[str, object]] | None]] = [
            ("s3:GetObject", self.bucket.arn_for_objects(pattern), None),
            ("s3:GetBucketLocation", self.bucket.bucket_arn, None),
            (
                "s3:ListBucket",
                self.bucket.bucket_arn,
                {"StringLike": {"s3:prefix": [f"{self.prefix.folder}*", self.prefix.folder.rstrip("/")]}},
            ),
        ]
        via: dict[str, dict[str, object]] = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
        wanted += [("kms:Decrypt", one.key_arn, via) for one in keys]
        for action, resource, conditions in wanted:
            grant = grant.combine(
                iam.Grant.add_to_principal(
                    grantee=grantee, actions=[action], resource_arns=[resource], conditions=conditions
                )
            )
        return grant

    def _build_database(self, name: str | None, removal_policy: cdk.RemovalPolicy) -> glue.CfnDatabase:
        if name is not None:
            remedy = "choose another name, or share the database by database="
            claim_once(self, "database_name", name, kind="database", identity=name, remedy=remedy)
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=cdk.Stack.of(self).account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=name
                or cdk.Names.unique_resource_name(
                    self, max_length=128, separator="_", allowed_special_characters="_"
                ).lower(),
                description="Events delivered by Firehose",
            ),
        )
        database.apply_removal_policy(removal_policy)
        return database

    @property
    def reference(self) -> TableReference:
        """The table for a delivery stream's format conversion."""
        return TableReference(self.database_name, self.table_name, self.schema.json_key_mappings)


def table_format_of(output: OutputFormat) -> TableFormat:
    """Return how a table reads the format; a format that no table reads is refused."""
    if output.table_format is None:
        refuse("output", "raw", "has no table", "use OutputFormat.parquet(), .orc() or .json(), or leave the table out")
    if output.compression is Compression.ZIP:
        refuse("output.compression", "ZIP", "cannot be read by Athena", "use GZIP, or OutputFormat.raw() without table")
    return output.table_format


def _check_partitions(prefix: S3Prefix, schema: EventSchema) -> None:
    names = {column.name for column in schema.columns}
    for column in prefix.columns:
        if column.name in names:
            refuse(
                "prefix",
                prefix.text,
                f"partition column {column.name!r} is also a column of the schema, and Athena refuses such a table",
                "give the partition another name",
            )


def _check_bloom_filters(output: OutputFormat, schema: EventSchema) -> None:
    names = {column.name for column in schema.columns}
    for name in output.bloom_filter_columns:
        if name not in names:
            refuse("orc.bloom_filter_columns", name, "is not a column of the schema", f"use some of {sorted(names)}")


def _parameters(bucket: s3.IBucket, prefix: S3Prefix, output: OutputFormat, *, utc: bool) -> dict[str, str]:
    parameters = {"EXTERNAL": "TRUE", "classification": table_format_of(output).classification}
    if prefix.columns:
        parameters["projection.enabled"] = "true"
        for column in prefix.columns:
            parameters.update(column.projection(utc=utc))
        parameters["storage.location.template"] = f"s3://{bucket.bucket_name}/{prefix.location_template}"
    return parameters


def _storage(
    bucket: s3.IBucket, prefix: S3Prefix, schema: EventSchema, output: OutputFormat
) -> glue.CfnTable.StorageDescriptorProperty:
    glue_format = table_format_of(output)
    serde_parameters = {"serialization.format": "1"}
    if not output.converts:
        # As in the conversion: exact names, else a member of a free object would change its case.
        serde_parameters["case.insensitive"] = "FALSE"
        serde_parameters.update({f"mapping.{name}": key for name, key in schema.json_key_mappings.items()})
    return glue.CfnTable.StorageDescriptorProperty(
        columns=[
            glue.CfnTable.ColumnProperty(name=column.name, type=column.type, comment=column.comment or None)
            for column in schema.columns
        ],
        location=f"s3://{bucket.bucket_name}/{prefix.folder}",
        input_format=glue_format.input_format,
        output_format=glue_format.output_format,
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library=glue_format.serde, parameters=serde_parameters
        ),
    )
