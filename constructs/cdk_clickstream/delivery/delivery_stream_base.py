"""The interface of delivery streams, and imported ones."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_clickstream._identity import check_grantee, key_behind, note_hidden_key
from cdk_clickstream._validation import checked, refuse
from cdk_clickstream.delivery.put_target import Target


@checked
class IDeliveryStream(Construct):
    """A delivery stream, made by :class:`DeliveryStream` or imported by its ``from_delivery_stream_*`` methods.

    Attributes
    ----------
    name, arn:
        Of the stream (tokens, where CloudFormation chooses the name).
    key:
        Customer managed key of what the stream buffers, which callers of PutRecord need; ``None`` for none.
    target:
        Where producers put records: the delivery stream, or the Kinesis stream that it reads.
    context_token:
        Token by which the function that reads the records believes a context line (known at deployment): that of the
        function's stack; that of the stream's where it calls none, or an imported one. ``None`` for an imported stream.
    """

    name: str
    arn: str
    key: kms.IKey | None
    target: Target
    context_token: str | None

    def grant_put_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal put records into :attr:`target`, with the rights on a customer managed key it needs.

        With a Kinesis source that is the Kinesis stream: Firehose then refuses puts of its own.
        """
        check_grantee(grantee, self, "a delivery stream")
        return self.target.grant_put_records(grantee)

    def outside(self, grantee: iam.IGrantable) -> iam.IGrantable:
        """Return whom to grant what depends on this stream; a stream that is imported depends on nobody."""
        return grantee

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Let a principal call actions of this stream, and use the stream's key if it has one.

        Source: facts/firehose.md#stream-encryption.
        """
        check_grantee(grantee, self, "a delivery stream")
        names = [action.removeprefix("firehose:") for action in actions]
        return Target.firehose(self.name, self.arn, self.key).grant(grantee, *names)

    def metric(self, name: str, *, statistic: str = "Sum") -> cloudwatch.Metric:
        """Return one of the stream's metrics; Firehose publishes one point a minute.

        AWS: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
        """
        return cloudwatch.Metric(
            namespace="AWS/Firehose",
            metric_name=name,
            dimensions_map={"DeliveryStreamName": self.name},
            statistic=statistic,
        )

    def metric_incoming_records(self) -> cloudwatch.Metric:
        """Records put."""
        return self.metric("IncomingRecords")

    def metric_throttled_records(self) -> cloudwatch.Metric:
        """Records refused because of the quota."""
        return self.metric("ThrottledRecords")

    def metric_data_freshness(self) -> cloudwatch.Metric:
        """Age in seconds of the oldest record not yet delivered."""
        return self.metric("DeliveryToS3.DataFreshness", statistic="Maximum")

    def metric_delivery_success(self) -> cloudwatch.Metric:
        """Successful writes to S3 out of all, 0..1."""
        return self.metric("DeliveryToS3.Success", statistic="Average")


class ImportedDeliveryStream(IDeliveryStream):
    """A delivery stream that exists, as far as its name or ARN tells."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's own name for it
        *,
        name: str | None,
        arn: str | None,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        if arn is not None:
            name = name or stack.split_arn(arn, cdk.ArnFormat.SLASH_RESOURCE_NAME).resource_name
        elif name is not None:
            arn = stack.format_arn(service="firehose", resource="deliverystream", resource_name=name)
        if name is None or arn is None:
            refuse("delivery_stream_name", None, "a stream is imported by its name or its ARN", "pass one of the two")
        self.name, self.arn, self.key = name, arn, key_behind("key", key) if key else None
        self.target = Target.firehose(name, arn, self.key)
        self.context_token = None
        if key is None:
            remedy = "import it by DeliveryStream.from_delivery_stream_attributes(key=...)"
            note_hidden_key(self, "delivery_stream", "who puts records", remedy)
