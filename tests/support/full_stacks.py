"""Stacks that between them hold every IAM statement and every prefix that the library writes."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    ClickstreamPipeline,
    DeliveryStream,
    Encryption,
    EndpointOptions,
    EndpointType,
    FunctionNetwork,
    Monitoring,
    Permissions,
    Queries,
    S3Prefix,
    Source,
    SourceBackup,
    Transform,
)
from support.stacks import CONTEXT, PUBLIC


def _default(stack: cdk.Stack) -> None:
    ClickstreamPipeline(stack, "Pipeline", auth=PUBLIC)


def _everything(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=1)
    gate = vpc.add_interface_endpoint("Api", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
    pipeline = ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.api_key(),
        encryption=Encryption.kms(),
        network=FunctionNetwork(vpc, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)),
        endpoint=EndpointOptions(endpoint_type=EndpointType.private(gate)),
        backup=SourceBackup(bucket=s3.Bucket.from_bucket_name(stack, "Vault", "vault")),
        queries=Queries(),
        access_log=AccessLog(),
        monitoring=Monitoring(),
    )
    team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
    pipeline.grant_put_records(team)
    pipeline.api.grant_invoke(team)
    # Apart from the team, whose own rights on the key would hide what a reader gets.
    pipeline.grant_read_events(iam.Role(stack, "Analyst", assumed_by=iam.AccountRootPrincipal()))
    pipeline.grant_diagnose(iam.Role(stack, "OnCall", assumed_by=iam.AccountRootPrincipal()))
    pipeline.grant_operate(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))


def _from_kinesis(stack: cdk.Stack) -> None:
    ClickstreamPipeline(
        stack, "Pipeline", auth=ApiAuth.iam(), source=Source.kinesis(), encryption=Encryption.kms(logs=True)
    )


def _from_services(stack: cdk.Stack) -> None:
    """Streams that services put into, beside a pipeline whose parts have keys of their own and whose owner logs."""
    bucket = s3.Bucket.from_bucket_name(stack, "Lake", "lake")
    sources = {
        "Logs": Source.cloudwatch_logs(logs.LogGroup.from_log_group_name(stack, "ServiceLog", "/service")),
        "Orders": Source.eventbridge_rule(events.EventPattern(source=["shop"])),
        "Sensors": Source.iot_topic_rule("SELECT *, 'reading' AS event_name FROM 'sensors/#'"),
    }
    # IoT writes what fails into the bucket by itself, whose key is not the stream's.
    sensors = s3.Bucket(stack, "SensorLake", encryption_key=kms.Key(stack, "SensorLakeKey"))
    for name, source in sources.items():
        DeliveryStream(
            stack,
            name,
            bucket=sensors if name == "Sensors" else bucket,
            prefix=S3Prefix(f"{name.lower()}/"),
            error_prefix=S3Prefix(f"errors/{name.lower()}/!{{firehose:error-output-type}}/"),
            source=source,
            encryption=Encryption.kms(),
        )
    function = lambda_.Function.from_function_arn(stack, "Rows", "arn:aws:lambda:eu-west-1:111122223333:function:rows")
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.iam(),
        bucket=s3.Bucket.from_bucket_attributes(stack, "Foreign", bucket_name="foreign", account="444455556666"),
        transform=Transform.from_function(function),
        encryption=Encryption.objects_only(),
        access_log=AccessLog(account_role=True),
        permissions=Permissions(lake_formation=True),
    )


STACKS: dict[str, Callable[[cdk.Stack], None]] = {
    "default": _default,
    "everything": _everything,
    "kinesis-and-key": _from_kinesis,
    "services": _from_services,
}
"""Name in the table of permissions to what fills the stack."""


def full_stack(name: str) -> cdk.Stack:
    """Build one of :data:`STACKS`."""
    # In an account of its own, so that a bucket can be another one's.
    environment = cdk.Environment(account="111122223333") if name == "services" else None
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Clickstream", env=environment)
    STACKS[name](stack)
    return stack
