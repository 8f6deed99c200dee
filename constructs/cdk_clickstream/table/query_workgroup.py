"""An Athena workgroup with saved queries over the event table."""

from __future__ import annotations

from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._findings import acknowledge, acknowledge_grant
from cdk_clickstream._identity import check_grantee, key_behind
from cdk_clickstream._validation import amount, check_range, checked
from cdk_clickstream.storage.event_bucket import private
from cdk_clickstream.storage.removal import check_removal_policy, warn_of_objects
from cdk_clickstream.table.event_table import EventTable
from cdk_clickstream.table.saved_queries import saved_queries

_QUERY_ACTIONS = (
    "athena:BatchGetNamedQuery",
    "athena:GetNamedQuery",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)


@checked
@dataclass(frozen=True)
class Queries:
    """Options of the workgroup; nothing of it costs while nobody queries.

    AWS: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html

    Parameters
    ----------
    bytes_scanned_limit:
        Athena stops a query that reads more, at least 10 MB. Default: 100 GiB, some half a dollar.
    results_expire_after:
        Expiry of the results of queries, at least a day. Default: 30 days.
    """

    bytes_scanned_limit: cdk.Size = field(default_factory=lambda: cdk.Size.gibibytes(100))
    results_expire_after: cdk.Duration = field(default_factory=lambda: cdk.Duration.days(30))

    def __post_init__(self) -> None:
        check_range(
            "queries.bytes_scanned_limit",
            self.cutoff,
            10_000_000,
            2**53 - 1,  # the CDK counts in doubles, where larger integers are no longer told apart
            "bytes",
            "choose a limit in this range",
        )
        days = amount("queries.results_expire_after", self.results_expire_after, "days")
        check_range("queries.results_expire_after", days, 1, 3650, "days", "choose whole days")

    @property
    def cutoff(self) -> int:
        """Bytes after which Athena stops a query."""
        return amount("queries.bytes_scanned_limit", self.bytes_scanned_limit, "bytes")


@checked
class QueryWorkgroup(Construct):
    """A workgroup whose queries cannot write elsewhere or read without limit, its results bucket, and saved queries.

    Parameters
    ----------
    table:
        Table of the saved queries.
    options:
        Default: ``Queries()``.
    key:
        Encrypts the results. Default: S3-managed encryption.
    removal_policy:
        Of the results bucket. The workgroup itself always goes, with its history and what people saved in it: Athena
        would refuse to delete one that was used, and its name would stay taken. Default: it is kept, unless the
        deployment that made it fails.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        table: EventTable,
        options: Queries | None = None,
        key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        super().__init__(scope, id)
        check_removal_policy(removal_policy)
        options = options or Queries()
        self._key = key_behind("key", key) if key else None
        self.results = self._build_results(options, removal_policy)
        self.workgroup = self._build_workgroup(options)
        self.queries = {
            query.name: self._save(query.name, query.description, query.sql, table) for query in saved_queries(table)
        }

    @property
    def name(self) -> str:
        """Name of the workgroup (a token)."""
        return self.workgroup.ref

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal query in this workgroup and read the results; the tables are granted apart."""
        check_grantee(grantee, self, "a workgroup of Athena")
        stack = cdk.Stack.of(self)
        acknowledge_grant(
            grantee, self.results, "*", "Athena chooses the names of the results; the bucket holds nothing else."
        )
        arn = stack.format_arn(service="athena", resource="workgroup", resource_name=self.name)
        grants = [
            iam.Grant.add_to_principal(grantee=grantee, actions=list(_QUERY_ACTIONS), resource_arns=[arn]),
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                resource_arns=[self.results.bucket_arn],
            ),
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
                resource_arns=[self.results.arn_for_objects("*")],
            ),
        ]
        if self._key is not None:
            grants.append(
                iam.Grant.add_to_principal(
                    grantee=grantee,
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resource_arns=[self._key.key_arn],
                    conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
                )
            )
        for grant in grants[1:]:
            grants[0] = grants[0].combine(grant)
        return grants[0]

    def _build_results(self, options: Queries, removal_policy: cdk.RemovalPolicy) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Results",
            **private(self._key),
            removal_policy=removal_policy,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                    expiration=options.results_expire_after,
                )
            ],
        )
        warn_of_objects(bucket, removal_policy)
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "It holds copies that expire; who queried what is in the workgroup's history, and access to the events "
            "themselves is logged.",
        )
        return bucket

    def _build_workgroup(self, options: Queries) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            self,
            "Resource",
            # The name is the identity of a workgroup and has no default.
            name=cdk.Names.unique_resource_name(self, max_length=128, separator="-"),
            description="Queries over delivered events",
            # Or the workgroup could neither go nor come back once somebody has queried.
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=options.cutoff,
                # Or a client could choose another place, unencrypted, for its results.
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.results.bucket_name}/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS" if self._key else "SSE_S3",
                        kms_key=self._key.key_arn if self._key else None,
                    ),
                ),
            ),
        )

    def _save(self, name: str, description: str, sql: str, table: EventTable) -> athena.CfnNamedQuery:
        return athena.CfnNamedQuery(
            self,
            name,
            name=name,
            description=description,
            database=table.database_name,
            query_string=sql,
            work_group=self.name,
        )
