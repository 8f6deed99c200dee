"""Acknowledgements of cdk-nag and cfn-lint findings: at one construct, with the reason beside it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one cdk-nag finding at one construct."""
    if not hasattr(cdk, "Validations"):  # before aws-cdk-lib 2.257, for which there is no cdk-nag that reads them
        return
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(construct: IConstruct, arn: str, reason: str) -> None:
    """Acknowledge that the policies of a construct name one resource with a wildcard."""
    resource = _as_written_by_nag(cdk.Stack.of(construct).resolve(arn))
    acknowledge(construct, f"AwsSolutions-IAM5[Resource::{resource}]", reason)


def acknowledge_objects(construct: IConstruct, bucket: s3.IBucket, pattern: str, reason: str) -> None:
    """Acknowledge that the policies of a construct name objects of a bucket by a pattern."""
    acknowledge_wildcard(construct, bucket.arn_for_objects(pattern), reason)
    stack, owner = cdk.Stack.of(construct), cdk.Stack.of(bucket)
    exported = owner is not stack and isinstance(bucket.node.default_child, s3.CfnBucket)
    if exported and owner.environment == stack.environment and owner.nested_stack_parent is None:
        # By the time cdk-nag looks, the reference is an import of this export, which the CDK would make by itself.
        acknowledge_wildcard(construct, f"{owner.export_value(bucket.bucket_arn)}/{pattern}", reason)


def acknowledge_grant(grantee: iam.IGrantable, bucket: s3.IBucket, pattern: str, reason: str) -> None:
    """Acknowledge the objects that a grant put into the policy of a role, user or group of this app."""
    if isinstance(grantee, iam.Role | iam.User | iam.Group):
        acknowledge_objects(grantee, bucket, pattern, reason)


def ignore_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Have cfn-lint ignore one rule at one resource; the reason stands beside it in the template."""
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}, "reason": reason})


def _as_written_by_nag(resolved: Any) -> str:
    """Write an ARN as cdk-nag does in its ids: ``<LogicalId.Attribute>`` for a reference."""
    if isinstance(resolved, str):
        return resolved
    ((intrinsic, value),) = resolved.items()
    if intrinsic == "Fn::ImportValue":
        return str(value)
    if intrinsic == "Fn::Join":
        delimiter, parts = value
        return str(delimiter).join(_as_written_by_nag(part) for part in parts)
    return f"<{'.'.join(value) if isinstance(value, list) else value}>"
