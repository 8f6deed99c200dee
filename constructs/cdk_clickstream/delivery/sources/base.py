"""The interface of sources."""

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
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.put_target import Target


class SourceKind(Enum):
    """Kinds of sources; the rows of docs/combinations.md."""

    DIRECT_PUT = "direct put"
    KINESIS = "Kinesis stream"
    LOG_MESSAGES = "CloudWatch Logs, messages"
    LOG_DOCUMENTS = "CloudWatch Logs, documents"
    EVENTBRIDGE = "EventBridge rule"
    IOT = "IoT topic rule"


class EventSource(ABC):
    """A source of a delivery stream. Made by :class:`~cdk_clickstream.Source`."""

    kind: SourceKind

    @property
    def is_kinesis(self) -> bool:
        """Whether Firehose reads a Kinesis stream: the delivery stream then takes no puts and has no key."""
        return self.kind is SourceKind.KINESIS

    @property
    def takes_producers(self) -> bool:
        """Whether producers may put records, into the delivery stream or the Kinesis stream.

        Source: facts/sources.md#kinds, #cloudwatch-logs.
        """
        return self.kind is not SourceKind.LOG_MESSAGES

    def first_processors(self) -> Sequence[firehose.CfnDeliveryStream.ProcessorProperty]:
        """Return what Firehose does to the records before anything else."""
        return ()

    def bind(
        self, scope: Construct, role: DeliveryRole, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> dict[str, Any]:
        """Make what must exist before the stream, add rights to its role, and return its properties.

        The key is the customer managed one of what is buffered, if there is one.
        """
        return {
            "delivery_stream_type": "DirectPut",
            "delivery_stream_encryption_configuration_input": (
                firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
                    key_type="CUSTOMER_MANAGED_CMK" if key else "AWS_OWNED_CMK", key_arn=key.key_arn if key else None
                )
            ),
        }

    def target(self, stream: firehose.CfnDeliveryStream, key: kms.IKey | None) -> Target:
        """Return where producers put records."""
        return Target.firehose(stream.ref, stream.attr_arn, key)

    @abstractmethod
    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Make what sends records to the delivery stream; ``data`` is where the stream delivers them."""


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
