"""Everything that exists already lives in one stack, the pipeline in another: the second depends on the first only."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import (
    AccessLog,
    ApiAuth,
    ClickstreamPipeline,
    Encryption,
    EventBucket,
    FunctionNetwork,
    Monitoring,
    Source,
    SourceBackup,
    TableReference,
    Transform,
)
from support.stacks import CONTEXT, Synthesized

MADE_ELSEWHERE = {
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::Glue::Database",
    "AWS::EC2::VPC",
}


def _all_parts(platform: cdk.Stack, shop: cdk.Stack) -> None:
    """Bundled transform, from Kinesis, in a VPC: everything it takes comes from the platform's stack."""
    key, vault_key = kms.Key(platform, "Key"), kms.Key(platform, "VaultKey")
    vpc = ec2.Vpc(platform, "Vpc", nat_gateways=0, max_azs=2)
    group = ec2.SecurityGroup(platform, "Functions", vpc=vpc, allow_all_outbound=False)
    database = glue.Database(platform, "Lake", database_name="lake")
    log = {name: logs.LogGroup(platform, f"{name}Log") for name in ("Error", "Function", "Access")}
    ClickstreamPipeline(
        shop,
        "Pipeline",
        auth=ApiAuth.iam(),
        bucket=EventBucket(platform, "Bucket", key=key, expirations={}),
        encryption=Encryption.kms(key),
        backup=SourceBackup(bucket=EventBucket(platform, "Vault", key=vault_key, expirations={}), key=vault_key),
        source=Source.kinesis(
            kinesis.Stream(platform, "Clicks", encryption=kinesis.StreamEncryption.KMS, encryption_key=key)
        ),
        database=database,
        network=FunctionNetwork(
            vpc, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED), security_groups=(group,)
        ),
        log_group=log["Error"],
        function_log_group=log["Function"],
        access_log=AccessLog(group=log["Access"]),
        monitoring=Monitoring(topic=sns.Topic(platform, "OnCall")),
    )


def _own_function(platform: cdk.Stack, shop: cdk.Stack) -> None:
    """A function and a table of the platform's."""
    function = lambda_.Function(
        platform,
        "Rows",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    database = glue.CfnDatabase(
        platform,
        "Lake",
        catalog_id=platform.account,
        database_input=glue.CfnDatabase.DatabaseInputProperty(name="lake"),
    )
    table = glue.CfnTable(
        platform,
        "Table",
        catalog_id=platform.account,
        database_name=database.ref,
        table_input=glue.CfnTable.TableInputProperty(name="clicks"),
    )
    ClickstreamPipeline(
        shop,
        "Pipeline",
        auth=ApiAuth.iam(),
        bucket=EventBucket(platform, "Bucket", expirations={}),
        transform=Transform.from_function(function),
        table=TableReference(database.ref, table.ref),
        monitoring=Monitoring(topic=sns.Topic(platform, "OnCall")),
    )


@pytest.fixture(scope="module", params=[_all_parts, _own_function])
def stacks(request: pytest.FixtureRequest) -> tuple[cdk.Stack, cdk.Stack]:
    app = cdk.App(context=CONTEXT)
    platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
    request.param(platform, shop)
    return platform, shop


def test_the_platforms_stack_knows_nothing_of_the_pipeline(stacks: tuple[cdk.Stack, cdk.Stack]) -> None:
    """facts/peers.md#construct-libraries: cycles by key policies, security groups and log permissions."""
    platform, shop = stacks
    assert "Fn::ImportValue" not in json.dumps(Synthesized(platform).template)
    assert platform.dependencies == []
    assert shop.dependencies == [platform]


def test_nothing_is_made_in_the_place_of_what_was_given(stacks: tuple[cdk.Stack, cdk.Stack]) -> None:
    made = {one["Type"] for one in Synthesized(stacks[1]).template["Resources"].values()}
    given = {one["Type"] for one in Synthesized(stacks[0]).template["Resources"].values()}
    both = made & given & MADE_ELSEWHERE
    # The streams of the pipeline with a function of one's own are given no log group.
    assert both <= ({"AWS::Logs::LogGroup"} if "AWS::Kinesis::Stream" not in given else set())


def test_the_pipelines_stack_is_clean(stacks: tuple[cdk.Stack, cdk.Stack]) -> None:
    shop = stacks[1]
    text = json.dumps(Synthesized(shop).template)
    found = lint(text, config=ManualArgs(regions=["eu-central-1"], include_checks=["W", "E"]))
    assert [f"{one.rule.id} {one.message}" for one in found] == []
    report = AwsSolutionsChecks(shop).validate_scope(shop)
    assert [
        (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
    ] == []
