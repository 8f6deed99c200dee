"""The pipeline in every region that cfn-lint knows: a long table, run by ``make test-matrix``.

Each region gets the variant with alarms and a key, and one of the others in turn; one region of each other partition
gets them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from cfnlint.api import ManualArgs, lint
from cfnlint.helpers import REGIONS

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    CustomDomain,
    DynamicPartitioning,
    Encryption,
    EndpointOptions,
    EndpointType,
    FunctionNetwork,
    Monitoring,
    OutputFormat,
    PartitionKey,
    Queries,
    S3Prefix,
    Source,
    Transform,
    WebAcl,
)
from support.stacks import CONTEXT, REASON, Synthesized

pytestmark = pytest.mark.matrix

ACCOUNT = "111122223333"
PARTITIONS = ("cn-north-1", "us-gov-west-1")
"""A region of each partition beside the usual one."""


def with_alarms(stack: cdk.Stack) -> None:
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.public(reason=REASON),
        encryption=Encryption.kms(),
        monitoring=Monitoring(),
    )


def with_queries(stack: cdk.Stack) -> None:
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam(), encryption=Encryption.kms(), queries=Queries())


def from_kinesis(stack: cdk.Stack) -> None:
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.api_key(), source=Source.kinesis(), output=OutputFormat.orc())


def partitioned(stack: cdk.Stack) -> None:
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.iam(),
        transform=Transform.none(),
        partitioning=DynamicPartitioning.jq({"tenant": ".tenant_id"}),
        prefix=S3Prefix.hive("usage", {"tenant": PartitionKey.jq("tenant"), "day": "yyyy-MM-dd"}),
    )


def with_endpoint_options(stack: cdk.Stack) -> None:
    certificate = acm.Certificate.from_certificate_arn(
        stack, "Certificate", stack.format_arn(service="acm", resource="certificate", resource_name="one")
    )
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.public(reason=REASON),
        endpoint=EndpointOptions(
            domain=CustomDomain("events.shop.example", certificate),
            web_acl=WebAcl(max_body=8192),
            tracing=True,
            detailed_metrics=True,
            execution_log="ERROR",
            minimum_compression=1024,
        ),
    )


def inside_a_vpc(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-11111111",
        vpc_cidr_block="10.0.0.0/16",
        availability_zones=["a", "b"],
        isolated_subnet_ids=["subnet-11111111", "subnet-22222222"],
    )
    gate = ec2.InterfaceVpcEndpoint(stack, "Api", vpc=vpc, service=ec2.InterfaceVpcEndpointAwsService.APIGATEWAY)
    ClickstreamPipeline(
        stack,
        "Pipeline",
        auth=ApiAuth.iam(),
        network=FunctionNetwork(vpc, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)),
        endpoint=EndpointOptions(endpoint_type=EndpointType.private(gate)),
    )


VARIANTS = (with_queries, from_kinesis, partitioned, with_endpoint_options, inside_a_vpc)
CASES = dict.fromkeys(
    [
        *((region, with_alarms) for region in sorted(REGIONS)),
        *((region, VARIANTS[place % len(VARIANTS)]) for place, region in enumerate(sorted(REGIONS))),
        *((region, variant) for region in PARTITIONS for variant in VARIANTS),
    ]
)


@pytest.mark.parametrize(("region", "variant"), CASES, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_the_template_is_clean_in_the_region(region: str, variant: Callable[[cdk.Stack], None]) -> None:
    app = cdk.App(context=CONTEXT)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account=ACCOUNT, region=region))
    variant(stack)
    text = json.dumps(Synthesized(stack).template)
    found = lint(text, config=ManualArgs(regions=[region], include_checks=["W", "E"]))
    assert [f"{one.rule.id} {one.message}" for one in found] == []
