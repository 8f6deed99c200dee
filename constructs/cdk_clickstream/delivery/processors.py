"""CloudFormation of Firehose's processors, whose parameters are all strings."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_kinesisfirehose as firehose


def processor(kind: str, parameters: Mapping[str, str]) -> firehose.CfnDeliveryStream.ProcessorProperty:
    """Return one processor."""
    return firehose.CfnDeliveryStream.ProcessorProperty(
        type=kind,
        parameters=[
            firehose.CfnDeliveryStream.ProcessorParameterProperty(parameter_name=name, parameter_value=value)
            for name, value in parameters.items()
        ]
        or None,
    )
