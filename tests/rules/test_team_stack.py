"""In a team's own stack: what exists already, other stacks and accounts, tags, aspects, boundaries, partitions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from cdk_clickstream import (
    ApiAuth,
    ClickstreamPipeline,
    ConfigurationError,
    Encryption,
    EventBucket,
    FunctionNetwork,
    Queries,
    Transform,
)
from support.stacks import CONTEXT, STREAM, Synthesized, flat, new_stack, pipeline_in


@pytest.fixture(scope="module")
def two_stacks() -> tuple[cdk.Stack, cdk.Stack]:
    """Bucket and key in one stack, the pipeline in another."""
    app = cdk.App(context=CONTEXT)
    lake, shop = cdk.Stack(app, "Lake"), cdk.Stack(app, "Shop")
    key = kms.Key(lake, "Key", enable_key_rotation=True)
    bucket = EventBucket(lake, "Bucket", key=key, expirations={})
    pipeline_in(shop, bucket=bucket, encryption=Encryption.kms(key))
    return lake, shop


def test_the_pipelines_stack_depends_on_the_lakes_and_not_the_other_way(
    two_stacks: tuple[cdk.Stack, cdk.Stack],
) -> None:
    """facts/peers.md#construct-libraries: cross-stack cycles by key policies."""
    lake, shop = two_stacks
    text = json.dumps(Synthesized(lake).template)
    assert "Fn::ImportValue" not in text
    assert "Fn::ImportValue" in json.dumps(Synthesized(shop).template)
    assert shop.dependencies == [lake]


def test_the_wildcards_into_another_stacks_bucket_are_acknowledged(two_stacks: tuple[cdk.Stack, cdk.Stack]) -> None:
    _, shop = two_stacks
    Synthesized(shop)
    report = AwsSolutionsChecks(shop).validate_scope(shop)
    assert [one.rule_name for one in report.violations] == []


def test_a_key_of_another_stack_encrypts_buffers_and_objects(two_stacks: tuple[cdk.Stack, cdk.Stack]) -> None:
    found = Synthesized(two_stacks[1]).only(STREAM, "PipelineStream")
    key = found["DeliveryStreamEncryptionConfigurationInput"]["KeyARN"]
    objects = found["ExtendedS3DestinationConfiguration"]["EncryptionConfiguration"]
    assert "Fn::ImportValue" in key
    assert objects["KMSEncryptionConfig"]["AWSKMSKeyARN"] == key


def test_tags_reach_everything_that_can_be_tagged() -> None:
    stack = new_stack()
    pipeline_in(stack, queries=Queries())
    cdk.Tags.of(stack).add("owner", "shop")
    resources = Synthesized(stack).template["Resources"].values()
    for type_ in (
        STREAM,
        "AWS::S3::Bucket",
        "AWS::Lambda::Function",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::ApiGateway::RestApi",
        "AWS::Athena::WorkGroup",
    ):
        for one in (each for each in resources if each["Type"] == type_):
            assert {"Key": "owner", "Value": "shop"} in one["Properties"]["Tags"], type_


def test_a_permissions_boundary_reaches_every_role() -> None:
    stack = new_stack()
    pipeline_in(stack)
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "team-boundary")
    iam.PermissionsBoundary.of(stack).apply(boundary)
    roles = Synthesized(stack).of_type("AWS::IAM::Role").values()
    assert len(roles) == 4
    for one in roles:
        assert flat(one["Properties"]["PermissionsBoundary"]).endswith(":policy/team-boundary")


@jsii.implements(cdk.IAspect)
class _Hints:
    """A team's aspect: every stream says how much it expects."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, firehose.CfnDeliveryStream):
            node.add_property_override("DirectPutSourceConfiguration.ThroughputHintInMBs", 7)


def test_aspects_see_every_resource() -> None:
    stack = new_stack()
    pipeline_in(stack)
    cdk.Aspects.of(stack).add(_Hints())
    for one in Synthesized(stack).of_type(STREAM).values():
        assert one["Properties"]["DirectPutSourceConfiguration"] == {"ThroughputHintInMBs": 7}


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_no_arn_names_the_partition_of_other_regions(region: str) -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Test", env=cdk.Environment(account="111122223333", region=region))
    pipeline_in(stack, encryption=Encryption.kms(), queries=Queries())
    assert '"arn:aws:' not in json.dumps(Synthesized(stack).template)


def test_a_bucket_of_another_account_is_written_by_its_name() -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    bucket = s3.Bucket.from_bucket_attributes(stack, "Lake", bucket_name="lake", account="444455556666")
    pipeline_in(stack, bucket=bucket, encryption=Encryption.aws_managed())
    found = Synthesized(stack)
    objects = found.statements("PipelineStreamRole")["Objects"]
    assert "s3:PutObjectAcl" in objects["Action"]
    destination = found.only(STREAM, "PipelineStream")["ExtendedS3DestinationConfiguration"]
    assert flat(destination["BucketARN"]) == "arn:<AWS::Partition>:s3:::lake"


@pytest.fixture(scope="module")
def in_vpc() -> Synthesized:
    """A pipeline whose function stands in a VPC."""
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=2)
    pipeline_in(stack, network=FunctionNetwork(vpc, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)))
    return Synthesized(stack)


def test_a_function_in_a_vpc_brings_the_endpoint_that_it_needs(in_vpc: Synthesized) -> None:
    """It puts rejected events and overflow by Firehose's API."""
    endpoint = in_vpc.only("AWS::EC2::VPCEndpoint")
    assert flat(endpoint["ServiceName"]) == "com.amazonaws.<AWS::Region>.kinesis-firehose"
    assert endpoint["PrivateDnsEnabled"] is True
    (statement,) = endpoint["PolicyDocument"]["Statement"]
    assert statement["Action"] == "firehose:PutRecordBatch"
    (role,) = [id_ for id_ in in_vpc.of_type("AWS::IAM::Role") if "TransformRole" in id_]
    assert statement["Principal"] == {"AWS": {"Fn::GetAtt": [role, "Arn"]}}


def test_the_function_speaks_to_the_endpoint_only(in_vpc: Synthesized) -> None:
    (own,) = [id_ for id_ in in_vpc.of_type("AWS::EC2::SecurityGroup") if "Function" in id_]
    (function,) = in_vpc.of_type("AWS::Lambda::Function").values()
    assert function["Properties"]["VpcConfig"]["SecurityGroupIds"] == [{"Fn::GetAtt": [own, "GroupId"]}]
    (rule,) = in_vpc.of_type("AWS::EC2::SecurityGroupEgress").values()
    assert rule["Properties"]["GroupId"] == {"Fn::GetAtt": [own, "GroupId"]}
    assert (rule["Properties"]["FromPort"], rule["Properties"]["ToPort"]) == (443, 443)


def test_the_functions_role_may_make_network_interfaces(in_vpc: Synthesized) -> None:
    statement = in_vpc.statements("TransformRole")["Network"]
    assert statement["Resource"] == "*"
    assert "ec2:CreateNetworkInterface" in statement["Action"]


def test_a_vpc_that_reaches_firehose_already_gets_no_second_endpoint() -> None:
    stack = new_stack()
    pipeline_in(stack, network=FunctionNetwork(ec2.Vpc(stack, "Vpc"), firehose_endpoint=False))
    found = Synthesized(stack)
    assert not found.of_type("AWS::EC2::VPCEndpoint")
    (rule,) = found.only("AWS::EC2::SecurityGroup", "Function")["SecurityGroupEgress"]
    assert (rule["CidrIp"], rule["FromPort"]) == ("0.0.0.0/0", 443)


@pytest.mark.parametrize("firehose_endpoint", [True, False])
def test_a_function_takes_the_security_groups_that_it_is_given(firehose_endpoint: bool) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0, max_azs=1)
    groups = tuple(ec2.SecurityGroup.from_security_group_id(stack, name, f"sg-{name}") for name in ("one", "two"))
    isolated = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    pipeline_in(stack, network=FunctionNetwork(vpc, isolated, firehose_endpoint, groups))
    found = Synthesized(stack)
    assert found.only("AWS::Lambda::Function", "Pipeline")["VpcConfig"]["SecurityGroupIds"] == ["sg-one", "sg-two"]
    assert not [id_ for id_ in found.of_type("AWS::EC2::SecurityGroup") if "FunctionGroup" in id_]
    let_in = [one["Properties"] for one in found.of_type("AWS::EC2::SecurityGroupIngress").values()]
    sources = {one["SourceSecurityGroupId"] for one in let_in}
    assert sources == ({"sg-one", "sg-two"} if firehose_endpoint else set())


def test_a_network_without_a_function_is_refused() -> None:
    stack = new_stack()
    with pytest.raises(ConfigurationError, match="network='given'"):
        pipeline_in(stack, network=FunctionNetwork(ec2.Vpc(stack, "Vpc")), transform=Transform.none())


class _Defaults:
    """Puts a team's values in the place of what a construct was given."""

    def __init__(self, construct: str, **values: Any) -> None:
        self._construct = construct
        self._values = values

    @property
    def construct_unique_id(self) -> str:
        return self._construct

    def inject(self, original_props: Mapping[str, Any], *, id: str, scope: Any) -> Any:  # noqa: A002 - the CDK's name
        return {**original_props, **self._values}


def injected(construct: str, **values: Any) -> Synthesized:
    injector = jsii.implements(cdk.IPropertyInjector)(_Defaults)(construct, **values)
    stack = cdk.Stack(cdk.App(context=CONTEXT, property_injectors=[injector]), "Test")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam())
    return Synthesized(stack)


def test_a_teams_defaults_reach_log_groups() -> None:
    found = injected(logs.LogGroup.PROPERTY_INJECTION_ID, retention=logs.RetentionDays.ONE_WEEK)
    groups = found.of_type("AWS::Logs::LogGroup").values()
    assert {one["Properties"]["RetentionInDays"] for one in groups} == {7}


def test_a_teams_defaults_reach_the_event_bucket_and_leave_its_own_settings() -> None:
    found = injected(s3.Bucket.PROPERTY_INJECTION_ID, transferAcceleration=True)
    bucket = found.of_type("AWS::S3::Bucket")["PipelineBucket5BC3F8EA"]["Properties"]
    assert bucket["AccelerateConfiguration"] == {"AccelerationStatus": "Enabled"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
