"""Stacks and templates for the tests of the constructs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    ConfigurationError,
    DeliveryStream,
    DynamicPartitioning,
    OutputFormat,
    PartitionKey,
    RecordKey,
    S3Prefix,
    TableReference,
    Transform,
)
from support.checkout import CHECKOUT

CONTEXT = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]
REASON = "Visitors are not signed in."
PUBLIC = ApiAuth.public(reason=REASON)
STREAM = "AWS::KinesisFirehose::DeliveryStream"


class Synthesized:
    """A template, and questions about it."""

    def __init__(self, stack: cdk.Stack) -> None:
        self.template: dict[str, Any] = assertions.Template.from_stack(stack).to_json()

    def of_type(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type by logical id."""
        return {id_: one for id_, one in self.template["Resources"].items() if one["Type"] == type_}

    def only(self, type_: str, part: str = "") -> dict[str, Any]:
        """Properties of the only resource of a type whose logical id holds ``part``."""
        (found,) = [one for id_, one in self.of_type(type_).items() if part in id_]
        return found.get("Properties", {})

    def statements(self, part: str) -> dict[str, dict[str, Any]]:
        """Policy statements of the policies whose logical id holds ``part``, by Sid or else by action."""
        policies = [one for id_, one in self.of_type("AWS::IAM::Policy").items() if part in id_]
        statements = [one for policy in policies for one in policy["Properties"]["PolicyDocument"]["Statement"]]
        return {one.get("Sid") or str(one["Action"]): one for one in statements}


def flat(value: Any) -> str:
    """Write an intrinsic as text: references as ``<LogicalId.Attribute>``, a part of a text as ``<text / 2>``."""
    if isinstance(value, str):
        return value
    ((intrinsic, inner),) = value.items()
    if intrinsic == "Fn::Join":
        return inner[0].join(flat(part) for part in inner[1])
    if intrinsic == "Fn::Select":
        mark, text = inner[1]["Fn::Split"]
        return f"<{flat(text)} {mark} {inner[0]}>"
    return f"<{'.'.join(inner) if isinstance(inner, list) else inner}>"


def new_stack(name: str = "Test") -> cdk.Stack:
    """Return a stack in an app of its own."""
    return cdk.Stack(cdk.App(context=CONTEXT), name)


def stream_in(stack: cdk.Stack, **options: Any) -> DeliveryStream:
    """Make a delivery stream into an existing bucket."""
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "lake")
    return DeliveryStream(stack, "Stream", **{"bucket": bucket, "prefix": S3Prefix("raw/"), **options})


def pipeline_in(stack: cdk.Stack, **options: Any) -> ClickstreamPipeline:
    """Make a pipeline, for signed requests unless told otherwise."""
    return ClickstreamPipeline(stack, "Pipeline", **{"auth": ApiAuth.iam(), **options})


def pipeline(**options: Any) -> Synthesized:
    """Return the template of a stack with one pipeline."""
    stack = new_stack()
    pipeline_in(stack, **options)
    return Synthesized(stack)


def destination_of(found: Synthesized, part: str = "PipelineStream") -> dict[str, Any]:
    """Return the S3 destination of the only delivery stream whose logical id holds ``part``."""
    properties: dict[str, Any] = found.only(STREAM, part)["ExtendedS3DestinationConfiguration"]
    return properties


def destination(**options: Any) -> dict[str, Any]:
    """Return the S3 destination of a delivery stream with these options."""
    stack = new_stack()
    stream_in(stack, **options)
    return destination_of(Synthesized(stack), "")


def refusal(make: Callable[[], object]) -> str:
    """Return the message with which a call is refused."""
    with pytest.raises(ConfigurationError) as caught:
        make()
    return str(caught.value)


def stream_refusal(**options: Any) -> str:
    """Return the message with which a delivery stream is refused."""
    return refusal(lambda: stream_in(new_stack(), **options))


def pipeline_refusal(**options: Any) -> str:
    """Return the message with which a pipeline is refused."""
    return refusal(lambda: pipeline_in(new_stack(), **options))


def conversion(**options: Any) -> dict[str, Any]:
    """Return the format conversion of a delivery stream, to Parquet unless told otherwise."""
    given = {"table": TableReference("clicks", "events"), "output": OutputFormat.parquet(), **options}
    converted: dict[str, Any] = destination(**given)["DataFormatConversionConfiguration"]
    return converted


def partitioned_by(keys: dict[str, RecordKey], **more: Any) -> dict[str, Any]:
    """Return options of a pipeline whose transform, partitioning and prefix name the same keys."""
    partitions = {name: PartitionKey.from_lambda(name) for name in keys}
    return {
        "auth": None,
        "transform": Transform.click(partition_keys=keys),
        "partitioning": DynamicPartitioning.from_lambda(list(keys)),
        "prefix": S3Prefix.hive("events", {**partitions, "event_date": "yyyy-MM-dd"}),
    } | more


def table_parameters(found: Synthesized) -> dict[str, Any]:
    """Return the parameters of the only table, by which Athena projects its partitions."""
    parameters: dict[str, Any] = found.only("AWS::Glue::Table")["TableInput"]["Parameters"]
    return parameters


def prefix_refusal(text: str) -> str:
    """Return the message with which a prefix is refused."""
    return refusal(lambda: S3Prefix(text))
