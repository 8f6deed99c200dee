"""What every source of a delivery stream answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.delivery.put_target import Target


class SourceKind(Enum):
    """Where records come from; the rows of the table of combinations."""

    DIRECT_PUT = "direct put"
    KINESIS = "Kinesis stream"
    LOG_MESSAGES = "CloudWatch Logs, messages"
    LOG_DOCUMENTS = "CloudWatch Logs, documents"
    EVENTBRIDGE = "EventBridge rule"
    IOT = "IoT topic rule"


class EventSource(ABC):
    """A source of a delivery stream. Made by :class:`~cdk_clickstream.Source`."""

    kind: SourceKind

    def first_processors(self) -> Sequence[firehose.CfnDeliveryStream.ProcessorProperty]:
        """Return what Firehose does to the records before anything else."""
        return ()

    @property
    def is_kinesis(self) -> bool:
        """Whether Firehose reads a Kinesis stream: it then takes no puts, and no encryption of its own."""
        return self.kind is SourceKind.KINESIS

    @property
    def takes_puts(self) -> bool:
        """Whether anyone may put records into the delivery stream (aws-facts 11, 11.1)."""
        return self.kind not in (SourceKind.KINESIS, SourceKind.LOG_MESSAGES)

    def prepare(
        self, scope: Construct, role: DeliveryRole, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> dict[str, Any]:
        """Make what must be there before the delivery stream; return properties of the stream."""
        return {}

    def target(self, stream: firehose.CfnDeliveryStream, key: kms.IKey | None) -> Target:
        """Return where producers put records."""
        return Target.firehose(stream.ref, stream.attr_arn, key)

    @abstractmethod
    def connect(self, scope: Construct, target: Target) -> None:
        """Make what sends records to the delivery stream."""


def sender_role(scope: Construct, service: str, target: Target, conditions: dict[str, Any] | None = None) -> iam.Role:
    """Return a role by which an AWS service puts records into one stream."""
    principal = iam.ServicePrincipal(service)
    role = iam.Role(
        scope,
        "Role",
        assumed_by=principal.with_conditions(conditions) if conditions else principal,
        description="Lets a service put records into one delivery stream",
    )
    target.grant_put_records(role)
    return role


def after_policy(resource: cdk.CfnResource, role: iam.Role) -> None:
    """Have a resource made after the role's policy: the service tries the role at once (aws-facts 9.3).

    A role that somebody else makes, by ``iam.Role.customize_roles``, has no policy here to wait for.
    """
    policy = role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        resource.node.add_dependency(policy)
