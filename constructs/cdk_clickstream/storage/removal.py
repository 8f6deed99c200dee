"""What happens to data when a stack goes, or lets go of a resource."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_clickstream._validation import refuse


def check_removal_policy(policy: cdk.RemovalPolicy) -> None:
    """Refuse a policy that buckets, keys, logs and streams do not have.

    CloudFormation takes ``Snapshot`` for volumes, clusters and databases only:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    if policy is cdk.RemovalPolicy.SNAPSHOT:
        refuse(
            "removal_policy",
            policy.name,
            "buckets, keys, logs and streams have no snapshots",
            "use RETAIN_ON_UPDATE_OR_DELETE, RETAIN or DESTROY",
        )


def warn_of_objects(bucket: s3.Bucket, policy: cdk.RemovalPolicy) -> None:
    """Say at synth that a bucket which goes with its stack has to be empty by then."""
    if policy is cdk.RemovalPolicy.DESTROY:
        mixin = "cdk.Mixins.of(stack).apply(s3.mixins.BucketAutoDeleteObjects())"
        # Before 2.241 there are no mixins, and what there is has to be said when the bucket is made.
        emptied = f", or have the CDK do so: {mixin}, and acknowledge this warning" if hasattr(cdk, "Mixins") else ""
        cdk.Annotations.of(bucket).add_warning_v2(
            "cdk-clickstream:bucket-not-emptied",
            "removal_policy=DESTROY deletes a bucket only when it is empty; with objects in it, old versions included, "
            f"the deletion of the stack stops there. Empty it first{emptied}",
        )
