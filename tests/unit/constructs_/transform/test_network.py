from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from cdk_clickstream import ApiAuth, ClickstreamPipeline, FunctionNetwork
from support.stacks import CONTEXT, Synthesized, flat, new_stack, refusal

ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)


def _vpc(stack: cdk.Stack) -> ec2.Vpc:
    return ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=1)


def _two(stack: cdk.Stack, network: FunctionNetwork) -> Synthesized:
    for name in ("Web", "App"):
        ClickstreamPipeline(stack, name, auth=ApiAuth.iam(), network=network)
    return Synthesized(stack)


def test_pipelines_of_a_stack_share_the_endpoint_of_their_vpc() -> None:
    """A second one with private DNS clashes with the first (cfn-lint E3064)."""
    stack = new_stack()
    found = _two(stack, FunctionNetwork(_vpc(stack), ISOLATED))
    ((id_, endpoint),) = found.of_type("AWS::EC2::VPCEndpoint").items()
    # Where that of a pipeline alone is: it moves for nobody.
    assert id_.startswith("WebTransformFirehoseEndpoint")
    (statement,) = endpoint["Properties"]["PolicyDocument"]["Statement"]
    callers = [flat(one)[1:].split("Transform")[0] for one in statement["Principal"]["AWS"]]
    assert (sorted(callers), statement["Action"]) == (["App", "Web"], "firehose:PutRecordBatch")
    rules = found.of_type("AWS::EC2::SecurityGroupIngress").values()
    assert len({flat(one["Properties"]["SourceSecurityGroupId"]) for one in rules}) == 2


def test_an_endpoint_of_another_stack_is_refused_with_the_way_out() -> None:
    app = cdk.App(context=CONTEXT)
    network = FunctionNetwork(_vpc(cdk.Stack(app, "Base")), ISOLATED)
    ClickstreamPipeline(cdk.Stack(app, "Web"), "Clicks", auth=ApiAuth.iam(), network=network)
    message = refusal(lambda: ClickstreamPipeline(cdk.Stack(app, "App"), "Clicks", auth=ApiAuth.iam(), network=network))
    assert "network.firehose_endpoint=True: the VPC has the endpoint Web/Clicks/Transform/FirehoseEndpoint" in message
    assert "firehose_endpoint=False" in message


def test_an_endpoint_that_the_owner_of_the_vpc_made_is_refused_with_the_way_out() -> None:
    stack = new_stack()
    vpc = _vpc(stack)
    vpc.add_interface_endpoint("Firehose", service=ec2.InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE)
    assert "has the endpoint Test/Vpc/Firehose" in refusal(lambda: _two(stack, FunctionNetwork(vpc, ISOLATED)))
    stack = new_stack()
    vpc = _vpc(stack)
    vpc.add_interface_endpoint("Firehose", service=ec2.InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE)
    found = _two(stack, FunctionNetwork(vpc, ISOLATED, firehose_endpoint=False))
    assert len(found.of_type("AWS::EC2::VPCEndpoint")) == 1


@pytest.mark.parametrize("service", ["KINESIS_STREAMS", "S3"])
def test_another_endpoint_of_the_vpc_is_no_hindrance(service: str) -> None:
    stack = new_stack()
    vpc = _vpc(stack)
    vpc.add_interface_endpoint("Other", service=getattr(ec2.InterfaceVpcEndpointAwsService, service))
    assert len(_two(stack, FunctionNetwork(vpc, ISOLATED)).of_type("AWS::EC2::VPCEndpoint")) == 2


def test_vpcs_that_the_cdk_has_not_looked_up_yet_are_told_apart() -> None:
    """Until it has, it gives all of them one id: a refusal would keep it from looking."""
    app = cdk.App(context=CONTEXT)
    for name in ("Web", "App"):
        stack = cdk.Stack(app, name, env=cdk.Environment(account="111122223333", region="eu-west-1"))
        vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_name=name)
        ClickstreamPipeline(stack, "Clicks", auth=ApiAuth.iam(), network=FunctionNetwork(vpc))


def test_the_endpoint_of_several_pipelines_stays_when_the_first_one_goes() -> None:
    """docs/one-way-doors.md: by its logical id, or a second endpoint would clash with the first for a moment."""
    stack = new_stack()
    (kept,) = _two(stack, FunctionNetwork(_vpc(stack), ISOLATED)).of_type("AWS::EC2::VPCEndpoint")
    stack = new_stack()
    app = ClickstreamPipeline(stack, "App", auth=ApiAuth.iam(), network=FunctionNetwork(_vpc(stack), ISOLATED))
    resource = app.transform.node.find_child("FirehoseEndpoint").node.default_child
    assert isinstance(resource, ec2.CfnVPCEndpoint)
    resource.override_logical_id(kept)
    assert [*Synthesized(stack).of_type("AWS::EC2::VPCEndpoint")] == [kept]
