"""Processors of a delivery stream, the Lambda function among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_clickstream._identity import check_place
from cdk_clickstream._validation import amount, check_range, checked, is_token, refuse
from cdk_clickstream.delivery.delivery_role import DeliveryRole

# The service does not check retries at creation; values up to 300 were seen accepted
# (facts/firehose.md#function-calls).
_MOST_RETRIES = 300
_LONGEST_CALL = cdk.Duration.minutes(5)
_UNSET_TIMEOUT = cdk.Duration.seconds(3)


@checked
@dataclass(frozen=True)
class LambdaProcessor:
    """A Lambda function that Firehose calls with batches of records.

    AWS: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html

    Parameters
    ----------
    function:
        The function; a version or an alias is called as such.
    buffer_size:
        Batch size, 0.2..3 MiB. The reply is limited to 6 MB with its base64: at 1 MiB it may grow 4.5 times, at
        3 MiB 1.5 times (facts/firehose.md#function-calls). Default: 1 MiB.
    buffer_interval:
        Longest wait for a batch, 0..900 s; the destination's buffer starts after it. Default: 60 s.
    retries:
        Calls after the first one that fails as a whole, 0..300. Default: 3.
    packs_events:
        Whether a record holds several events before or after the function, as with the bundled transform. Options that
        work on each *record* are then refused: de-aggregation, delimiters and partitioning by jq.
        Default: ``False``.
    partition_keys:
        Names of the keys that the function gives each record, which the partitioning must then declare.
        Default: unknown, and not checked.
    """

    function: lambda_.IFunction
    buffer_size: cdk.Size = field(default_factory=lambda: cdk.Size.mebibytes(1))
    buffer_interval: cdk.Duration = field(default_factory=lambda: cdk.Duration.seconds(60))
    retries: int = 3
    packs_events: bool = False
    partition_keys: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.buffer_size.is_unresolved():
            refuse(
                "transform.buffer_size",
                "known at deployment",
                "Firehose takes it as a text, which is written at synth",
                "give the size itself, such as cdk.Size.mebibytes(1)",
            )
        check_range(
            "transform.buffer_size",
            self._mebibytes,
            0.2,
            3,
            "MiB",
            "choose a size in this range: Lambda takes 6 MB per call, base64 included",
        )
        check_range(
            "transform.buffer_interval",
            self.longest_wait,
            0,
            900,
            "seconds",
            "choose an interval in this range",
        )
        check_range("transform.retries", self.retries, 0, _MOST_RETRIES, "retries", "choose a number in this range")

    @property
    def longest_wait(self) -> int:
        """Seconds that a record waits at most for its batch to fill."""
        return amount("transform.buffer_interval", self.buffer_interval, "seconds")

    @property
    def timeout(self) -> cdk.Duration:
        """Limit of one call: the function's own timeout, at most the five minutes of Firehose.

        Source: facts/firehose.md#function-calls.
        """
        function = self.function
        if isinstance(function, lambda_.Alias | lambda_.Version):
            function = function.lambda_
        if not isinstance(function, lambda_.Function):
            return _LONGEST_CALL
        own = function.timeout or _UNSET_TIMEOUT
        return _LONGEST_CALL if own.is_unresolved() or own.to_seconds() > _LONGEST_CALL.to_seconds() else own

    @property
    def _is_qualified(self) -> bool:
        """Whether a version or an alias is called: other classes of the CDK, or more parts in the ARN."""
        arn = self.function.function_arn
        return hasattr(self.function, "version") or (not is_token(arn) and arn.count(":") > 6)

    @property
    def _mebibytes(self) -> float:
        return self.buffer_size.to_kibibytes(rounding=cdk.SizeRoundingBehavior.NONE) / 1024

    def check_place(self, scope: Construct) -> None:
        """Refuse a function of another region or account than the stream."""
        reason = "Firehose calls functions of its own account and region"
        check_place("transform", self.function, self.function.function_arn, scope, reason)

    def bind(self, role: DeliveryRole) -> firehose.CfnDeliveryStream.ProcessorProperty:
        """Let the role call the function, and return the processor."""
        arn = self.function.function_arn
        # A function may be called by its plain ARN or as its newest version: sources disagree (docs/unverified.md).
        arns = [arn] if self._is_qualified else [arn, f"{arn}:$LATEST"]
        role.allow("Transform", ("lambda:GetFunctionConfiguration", "lambda:InvokeFunction"), arns)
        parameters = {
            "LambdaArn": arn,
            "RoleArn": role.role_arn,
            "NumberOfRetries": cdk.Tokenization.stringify_number(self.retries),
            "BufferSizeInMBs": f"{self._mebibytes:g}",
            "BufferIntervalInSeconds": cdk.Tokenization.stringify_number(self.longest_wait),
        }
        return render_processor("Lambda", parameters)


def render_processor(kind: str, parameters: Mapping[str, str]) -> firehose.CfnDeliveryStream.ProcessorProperty:
    """Return a processor's CloudFormation; its parameters are all strings."""
    return firehose.CfnDeliveryStream.ProcessorProperty(
        type=kind,
        parameters=[
            firehose.CfnDeliveryStream.ProcessorParameterProperty(parameter_name=name, parameter_value=value)
            for name, value in parameters.items()
        ]
        or None,
    )
