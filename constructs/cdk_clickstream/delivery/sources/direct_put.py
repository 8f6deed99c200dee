"""Producers, the endpoint among them, as source."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_clickstream._validation import check_range
from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.put_target import Target
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind


class DirectPutSource(EventSource):
    """Producers put records, the endpoint among them."""

    kind = SourceKind.DIRECT_PUT

    def __init__(self, throughput_hint: int | None) -> None:
        if throughput_hint is not None:
            check_range("source.throughput_hint", throughput_hint, 1, 100, "MB per second", "choose 1 to 100")
        self._throughput_hint = throughput_hint

    def bind(
        self, scope: Construct, role: DeliveryRole, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> dict[str, Any]:
        """Return the properties of the stream, the hint among them."""
        properties = super().bind(scope, role, key, removal_policy)
        if self._throughput_hint is not None:
            properties["direct_put_source_configuration"] = (
                firehose.CfnDeliveryStream.DirectPutSourceConfigurationProperty(
                    throughput_hint_in_m_bs=self._throughput_hint
                )
            )
        return properties

    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Nothing to make: producers call."""
