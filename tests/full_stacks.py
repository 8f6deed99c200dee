"""Two stacks that between them hold every IAM statement and every prefix that the library writes."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    Encryption,
    EndpointOptions,
    FunctionNetwork,
    Monitoring,
    Queries,
    Reach,
    Source,
    SourceBackup,
)
from cdk_kit import CONTEXT


def _everything(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=1)
    gate = vpc.add_interface_endpoint("Api", service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
    pipeline = ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.api_key(),
        encryption=Encryption.kms(),
        network=FunctionNetwork(vpc, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)),
        endpoint=EndpointOptions(reach=Reach.private(gate)),
        backup=SourceBackup(bucket=s3.Bucket.from_bucket_name(stack, "Vault", "vault")),
        queries=Queries(),
        monitoring=Monitoring(),
    )
    team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
    pipeline.grant_put_records(team)
    pipeline.grant_read_events(team)
    pipeline.api.grant_invoke(team)


def _from_kinesis(stack: cdk.Stack) -> None:
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam(), source=Source.kinesis(), encryption=Encryption.kms())


STACKS: dict[str, Callable[[cdk.Stack], None]] = {"everything": _everything, "kinesis-and-key": _from_kinesis}
"""Name of the snapshot to what fills the stack."""


def full_stack(name: str) -> cdk.Stack:
    """Build one of :data:`STACKS`."""
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Clickstream")
    STACKS[name](stack)
    return stack
