"""Acknowledgements of cdk-nag and cfn-lint findings: at one construct, with the reason beside it."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one cdk-nag finding at one construct."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def ignore_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Have cfn-lint ignore one rule at one resource; the reason stands beside it in the template."""
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}, "reason": reason})
