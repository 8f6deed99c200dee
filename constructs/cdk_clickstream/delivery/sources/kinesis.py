"""A Kinesis stream as source."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_clickstream._findings import acknowledge
from cdk_clickstream._identity import check_place, note_hidden_key
from cdk_clickstream._validation import amount, check_range
from cdk_clickstream.delivery.delivery_role import DeliveryRole
from cdk_clickstream.delivery.destination import S3Destination
from cdk_clickstream.delivery.put_target import Target, key_of_stream
from cdk_clickstream.delivery.sources.base import EventSource, SourceKind


class KinesisSource(EventSource):
    """Firehose reads a Kinesis stream, from the moment on that it is ready."""

    kind = SourceKind.KINESIS

    def __init__(self, stream: kinesis.IStream | None, shards: int | None, retention: cdk.Duration | None) -> None:
        if shards is not None:
            check_range("source.shards", shards, 1, 10_000, "shards", "choose a number in this range")
        if retention is not None:
            hours = amount("source.retention", retention, "hours")
            check_range("source.retention", hours, 24, 8760, "hours", "keep records for 1 to 365 days")
        self._given = stream
        self._shards = shards
        self._retention = retention

    def bind(
        self, scope: Construct, role: DeliveryRole, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> dict[str, Any]:
        """Make the Kinesis stream if none was given, and let the role read it and decrypt what it holds."""
        if self._given is not None:
            reason = "Firehose and the endpoint look it up there"
            check_place("source.stream", self._given, self._given.stream_arn, scope, reason)
        self.stream = self._given or self._build_stream(scope, key, removal_policy)
        role.allow(
            "Source",
            ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
            [self.stream.stream_arn],
        )
        if (stream_key := key_of_stream(self.stream)) is not None:
            role.allow(
                "SourceKey",
                ("kms:Decrypt",),
                [stream_key.key_arn],
                {
                    "StringEquals": {
                        "kms:ViaService": f"kinesis.{cdk.Stack.of(scope).region}.amazonaws.com",
                        "kms:EncryptionContext:aws:kinesis:arn": self.stream.stream_arn,
                    }
                },
            )
        else:
            remedy = "import it by Stream.from_stream_attributes(encryption_key=...)"
            note_hidden_key(self.stream, "source.stream", "the delivery role", remedy)
        return {
            "delivery_stream_type": "KinesisStreamAsSource",
            "kinesis_stream_source_configuration": (
                firehose.CfnDeliveryStream.KinesisStreamSourceConfigurationProperty(
                    kinesis_stream_arn=self.stream.stream_arn, role_arn=role.role_arn
                )
            ),
        }

    def target(self, stream: firehose.CfnDeliveryStream, key: kms.IKey | None) -> Target:
        """Return the Kinesis stream: Firehose refuses puts into this delivery stream."""
        return Target.kinesis(self.stream)

    def connect(
        self, scope: Construct, stream: firehose.CfnDeliveryStream, target: Target, data: S3Destination
    ) -> None:
        """Nothing to make: Firehose itself reads."""
        acknowledge(
            stream,
            "AwsSolutions-KDF1",
            "With a Kinesis source Firehose takes no encryption of its own: the Kinesis stream is encrypted.",
        )

    def _build_stream(
        self, scope: Construct, key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
    ) -> kinesis.Stream:
        stream = kinesis.Stream(
            scope,
            "Source",
            stream_mode=kinesis.StreamMode.PROVISIONED if self._shards else kinesis.StreamMode.ON_DEMAND,
            shard_count=self._shards,
            retention_period=self._retention,
            encryption=kinesis.StreamEncryption.KMS if key else kinesis.StreamEncryption.MANAGED,
            encryption_key=key,
            removal_policy=removal_policy,
        )
        if key is not None:
            acknowledge(
                stream,
                "AwsSolutions-KDS3",
                "A customer managed key was asked for, with its price per call; by default AWS manages the key.",
            )
        return stream
