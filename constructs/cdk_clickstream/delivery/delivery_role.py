"""The role by which Firehose delivers, cut to what one stream needs."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._findings import acknowledge_objects
from cdk_clickstream._validation import is_token
from cdk_clickstream.delivery.permissions import Permissions
from cdk_clickstream.table.table_reference import TableReference

_BUCKET_ACTIONS = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
_OBJECT_ACTIONS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_NAMES_ARE_FIREHOSES = (
    "Firehose chooses the names of the objects it writes; the role reaches the folders of this stream only."
)


class DeliveryRole(iam.Role):
    """A role for one delivery stream (aws-facts 9.1): each ``allow_*`` adds what one part of the stream needs."""

    def __init__(self, scope: Construct, id: str, *, permissions: Permissions) -> None:  # noqa: A002
        stack = cdk.Stack.of(scope)
        super().__init__(
            scope,
            id,
            assumed_by=iam.ServicePrincipal("firehose.amazonaws.com"),
            external_ids=[stack.account] if permissions.external_id else None,
            description="Lets Firehose deliver one stream",
        )
        self._permissions = permissions
        self._stack = stack

    def allow_delivery(
        self, bucket: s3.IBucket, folders: Iterable[str], key: kms.IKey | None, *, sid: str = ""
    ) -> None:
        """Let the stream write objects under the folders of a bucket; ``sid`` tells a second bucket's statements."""
        folders = _outermost(folders) if self._permissions.object_prefixes else [""]
        self._allow(f"{sid}Bucket", _BUCKET_ACTIONS, [bucket.bucket_arn])
        objects = [bucket.arn_for_objects(f"{folder}*") for folder in folders]
        # Who writes into another account's bucket must hand the objects over to it (aws-facts 9.1).
        foreign = _differ(bucket.env.account, self._stack.account)
        self._allow(f"{sid}Objects", (*_OBJECT_ACTIONS, "s3:PutObjectAcl") if foreign else _OBJECT_ACTIONS, objects)
        for folder in folders:
            acknowledge_objects(self, bucket, f"{folder}*", _NAMES_ARE_FIREHOSES)
        if key is not None:
            self._allow(
                f"{sid}ObjectKey",
                ("kms:Decrypt", "kms:GenerateDataKey"),
                [key.key_arn],
                {
                    "StringEquals": {"kms:ViaService": f"s3.{self._stack.region}.amazonaws.com"},
                    # With S3 Bucket Keys the context is the bucket itself (aws-facts 9.1).
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, *objects]},
                },
            )

    def allow_source(self, stream: kinesis.IStream) -> None:
        """Let the stream read a Kinesis stream, and decrypt what that holds."""
        actions = ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards")
        self._allow("Source", actions, [stream.stream_arn])
        if stream.encryption_key is not None:
            self._allow(
                "SourceKey",
                ("kms:Decrypt",),
                [stream.encryption_key.key_arn],
                {
                    "StringEquals": {
                        "kms:ViaService": f"kinesis.{self._stack.region}.amazonaws.com",
                        "kms:EncryptionContext:aws:kinesis:arn": stream.stream_arn,
                    }
                },
            )

    def allow_invoke(self, function: lambda_.IFunction) -> None:
        """Let the stream call its processor."""
        actions = ("lambda:GetFunctionConfiguration", "lambda:InvokeFunction")
        self._allow("Transform", actions, [function.function_arn])

    def allow_table(self, table: TableReference) -> None:
        """Let the stream read the table's columns: that takes the catalog, the database and the table."""
        resources = [("catalog", None), ("database", table.database_name)]
        arns = [
            self._stack.format_arn(
                service="glue",
                account=table.catalog_id,
                region=table.region,
                resource=resource,
                resource_name=name,
            )
            for resource, name in [*resources, ("table", f"{table.database_name}/{table.table_name}")]
        ]
        self._allow("Table", ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"), arns)

    def allow_log(self, group: logs.ILogGroup, streams: Iterable[logs.ILogStream]) -> None:
        """Let the stream log its errors."""
        arns = [
            self._stack.format_arn(
                service="logs",
                resource="log-group",
                resource_name=f"{group.log_group_name}:log-stream:{stream.log_stream_name}",
                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
            )
            for stream in streams
        ]
        self._allow(
            "ErrorLog", ("logs:PutLogEvents",), arns if self._permissions.log_streams else [group.log_group_arn]
        )

    def _allow(
        self,
        sid: str,
        actions: Iterable[str],
        resources: list[str],
        conditions: dict[str, dict[str, object]] | None = None,
    ) -> None:
        self.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=list(actions), resources=resources, conditions=conditions)
        )


def _differ(one: str, other: str) -> bool:
    return not is_token(one) and not is_token(other) and one != other


def _outermost(folders: Iterable[str]) -> list[str]:
    """Drop folders that lie inside another one."""
    kept: list[str] = []
    for folder in sorted(set(folders)):
        if not kept or not folder.startswith(kept[-1]):
            kept.append(folder)
    return kept
