"""The bucket that a pipeline makes when it is given none."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream._validation import amount, checked
from cdk_clickstream.storage.removal import check_removal_policy, warn_of_objects

_ACCESS_LOG_PREFIX = "events/"
_ACCESS_LOG_DAYS = 90
_NONCURRENT_DAYS = 30
_ABORT_UPLOAD_DAYS = 7


@checked
class EventBucket(s3.Bucket):
    """A private, versioned, encrypted bucket that refuses plain HTTP and logs who accessed it.

    Its access log goes to a second bucket (:attr:`access_log_bucket`), since a bucket that logs into itself logs its
    own logging. Old versions go after 30 days, unfinished uploads after 7, access logs after 90.

    Parameters
    ----------
    expirations:
        Folder to days after which its objects are deleted, old versions one day later.
    tiered:
        Folder whose objects S3 moves between its access tiers. Default: none.
    key:
        KMS key. Default: S3-managed encryption.
    removal_policy:
        ``DESTROY`` deletes the bucket with the stack if it is empty, and warns of that. Default: it is kept, unless the
        deployment that made it fails.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        expirations: dict[str, cdk.Duration],
        tiered: str | None = None,
        key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        check_removal_policy(removal_policy)
        for folder, after in expirations.items():
            amount(f"expirations[{folder!r}]", after, "days")
        super().__init__(
            scope,
            id,
            **private(key),
            removal_policy=removal_policy,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(_ABORT_UPLOAD_DAYS),
                    noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
                ),
                *(
                    s3.LifecycleRule(
                        prefix=folder,
                        expiration=after,
                        # A deleted object lives on as an old version: personal data must go, not hide.
                        noncurrent_version_expiration=cdk.Duration.days(1),
                    )
                    for folder, after in expirations.items()
                ),
                *(
                    s3.LifecycleRule(
                        prefix=folder,
                        transitions=[
                            s3.Transition(
                                storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=cdk.Duration.days(0)
                            )
                        ],
                    )
                    for folder in ([tiered] if tiered else [])
                ),
            ],
        )
        warn_of_objects(self, removal_policy)
        self.access_log_bucket = self._build_access_log_bucket(removal_policy)

    def _build_access_log_bucket(self, removal_policy: cdk.RemovalPolicy) -> s3.Bucket:
        log_bucket = s3.Bucket(
            self,
            "AccessLog",
            **private(None),
            removal_policy=removal_policy,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(_ABORT_UPLOAD_DAYS),
                    expiration=cdk.Duration.days(_ACCESS_LOG_DAYS),
                )
            ],
        )
        acknowledge(
            log_bucket,
            "AwsSolutions-S1",
            "It holds the access log of the event bucket; logging access to a log would log itself without end.",
        )
        # By policy and not by ACL, whatever the app's feature flags say.
        log_bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AccessLogDelivery",
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[log_bucket.arn_for_objects(f"{_ACCESS_LOG_PREFIX}*")],
                conditions={
                    "ArnLike": {"aws:SourceArn": self.bucket_arn},
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                },
            )
        )
        resource = self.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=log_bucket.bucket_name, log_file_prefix=_ACCESS_LOG_PREFIX
        )
        return log_bucket


def private(key: kms.IKey | None) -> dict[str, Any]:
    """Return the options of a private bucket, encrypted by a key or else by S3, for requests over TLS only."""
    return {
        "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
        "bucket_key_enabled": True if key else None,
        "encryption": s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        "encryption_key": key,
        "enforce_ssl": True,
        "minimum_tls_version": 1.2,
        "object_ownership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    }
