"""Acknowledgements of cdk-nag and cfn-lint findings: at one construct, with the reason beside it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one cdk-nag finding at one construct."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(construct: IConstruct, arn: str, reason: str) -> None:
    """Acknowledge that the policies of a construct name one resource with a wildcard."""
    resource = _as_written_by_nag(cdk.Stack.of(construct).resolve(arn))
    acknowledge(construct, f"AwsSolutions-IAM5[Resource::{resource}]", reason)


def ignore_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Have cfn-lint ignore one rule at one resource; the reason stands beside it in the template."""
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}, "reason": reason})


def _as_written_by_nag(resolved: Any) -> str:
    """Write an ARN as cdk-nag does in its ids: ``<LogicalId.Attribute>`` for a reference."""
    if isinstance(resolved, str):
        return resolved
    ((intrinsic, value),) = resolved.items()
    if intrinsic == "Fn::Join":
        delimiter, parts = value
        return str(delimiter).join(_as_written_by_nag(part) for part in parts)
    return f"<{'.'.join(value) if isinstance(value, list) else value}>"
