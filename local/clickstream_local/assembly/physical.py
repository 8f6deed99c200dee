"""Physical names, ids and attributes: what ``Ref`` and ``Fn::GetAtt`` give for each resource type."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from clickstream_local.assembly.errors import AssemblyError

# The property that holds a resource's own name, where a template gives one.
_NAME_PROPERTY: Mapping[str, str] = {
    "AWS::ApiGateway::Model": "Name",
    "AWS::ApiGateway::Stage": "StageName",
    "AWS::Glue::Database": "DatabaseInput.Name",
    "AWS::Glue::Table": "TableInput.Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::LogStream": "LogStreamName",
    "AWS::Logs::SubscriptionFilter": "FilterName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
# Longest name the service takes. S3: 63, Firehose: 64 (facts/firehose.md#put-records), Lambda: 64.
_LONGEST: Mapping[str, int] = {
    "AWS::Kinesis::Stream": 128,
    "AWS::KinesisFirehose::DeliveryStream": 64,
    "AWS::Lambda::Function": 64,
    "AWS::S3::Bucket": 63,
}
# `Ref` of these is the ARN.
REFERRED_TO_BY_ARN = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::SNS::Topic"})
_LOWER_CASE = frozenset({"AWS::S3::Bucket", "AWS::Glue::Database", "AWS::Glue::Table"})
# `Ref` of these is an opaque id, not a name.
_OPAQUE = frozenset(
    {
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::UsagePlan",
        "AWS::KMS::Key",
    }
)


def physical_name(stack: str, logical_id: str, resource_type: str, properties: Mapping[str, Any]) -> str:
    """What ``Ref`` gives: the resource's own name, or one made of the stack and the logical id."""
    if resource_type in _OPAQUE:
        return opaque_id(stack, logical_id)
    given: Any = properties
    for member in _NAME_PROPERTY.get(resource_type, "").split("."):
        given = given.get(member) if isinstance(given, Mapping) else None
    if isinstance(given, str) and given:
        return given
    if resource_type == "AWS::Logs::LogGroup":
        return f"{stack}-{logical_id}"
    name = f"{stack}-{logical_id}"
    if resource_type in _LOWER_CASE:
        name = name.lower()
    longest = _LONGEST.get(resource_type, 255)
    if len(name) > longest:
        name = f"{name[: longest - 9]}-{_digest(name)[:8]}"
    return name


def opaque_id(stack: str, logical_id: str) -> str:
    """Ten characters, as API Gateway's ids are, and always the same for the same resource."""
    return _digest(f"{stack}/{logical_id}")[:10]


def attribute(resource_type: str, name: str, wanted: str, *, partition: str, region: str, account: str) -> Any:
    """What ``Fn::GetAtt`` gives for the resource ``name``."""
    if wanted in ("Arn", "TopicArn"):
        make = _ARNS.get(resource_type)
        if make is not None:
            return make(name, partition, region, account)
        service = resource_type.split("::")[1].lower()
        return f"arn:{partition}:{service}:{region}:{account}:{name}"
    if resource_type == "AWS::ApiGateway::RestApi" and wanted == "RootResourceId":
        return opaque_id(name, "root")
    if resource_type == "AWS::S3::Bucket" and wanted in ("DomainName", "RegionalDomainName"):
        middle = f"{region}." if wanted == "RegionalDomainName" else ""
        return f"{name}.s3.{middle}amazonaws.com"
    known = resource_type in _ARNS or resource_type.startswith("AWS::ApiGateway::")
    if known and not wanted.endswith(("Arn", "Id", "Name", "Endpoint", "Url")):
        raise AssemblyError(f"Fn::GetAtt {wanted!r} of a {resource_type} is not known to the local runtime")
    # A stand-in, for what refers to a resource that does not run.
    return f"{name}-{wanted}"


_ARNS: Mapping[str, Callable[[str, str, str, str], str]] = {
    "AWS::CloudWatch::Alarm": (
        lambda name, partition, region, account: f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "AWS::S3::Bucket": lambda name, partition, region, account: f"arn:{partition}:s3:::{name}",
    "AWS::Kinesis::Stream": (
        lambda name, partition, region, account: f"arn:{partition}:kinesis:{region}:{account}:stream/{name}"
    ),
    "AWS::KinesisFirehose::DeliveryStream": (
        lambda name, partition, region, account: f"arn:{partition}:firehose:{region}:{account}:deliverystream/{name}"
    ),
    "AWS::Lambda::Function": (
        lambda name, partition, region, account: f"arn:{partition}:lambda:{region}:{account}:function:{name}"
    ),
    "AWS::IAM::Role": lambda name, partition, region, account: f"arn:{partition}:iam::{account}:role/{name}",
    "AWS::KMS::Key": lambda name, partition, region, account: f"arn:{partition}:kms:{region}:{account}:key/{name}",
    "AWS::Logs::LogGroup": (
        lambda name, partition, region, account: f"arn:{partition}:logs:{region}:{account}:log-group:{name}:*"
    ),
}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
