"""The templates under cfn-lint and cdk-nag, and the list of every exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint

from cdk_clickstream import AccessLog, ApiAuth, ClickstreamPipeline, Encryption, Monitoring, OutputFormat
from support.stacks import CONTEXT, REASON, Synthesized

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
BUCKET = "<PipelineBucket5BC3F8EA.Arn>"


@pytest.fixture(scope="module")
def app() -> cdk.App:
    """One stack for each way to build a pipeline."""
    app = cdk.App(context=CONTEXT)
    ClickstreamPipeline(cdk.Stack(app, "Defaults"), "Pipeline", auth=ApiAuth.public(reason=REASON))
    ClickstreamPipeline(
        cdk.Stack(app, "Key"),
        "Pipeline",
        auth=ApiAuth.api_key(),
        encryption=Encryption.kms(),
        output=OutputFormat.orc(),
        access_log=AccessLog(account_role=True),
        monitoring=Monitoring(),
    )
    existing = cdk.Stack(app, "Existing")
    ClickstreamPipeline(
        existing,
        "Pipeline",
        auth=ApiAuth.iam(),
        bucket=s3.Bucket.from_bucket_name(existing, "Lake", "lake"),
        output=OutputFormat.json(),
        backup=False,
        access_log=False,
    )
    return app


def stacks(app: cdk.App) -> list[cdk.Stack]:
    return [child for child in app.node.children if isinstance(child, cdk.Stack)]


def test_cfn_lint_has_nothing_to_say(app: cdk.App) -> None:
    """E3004, circular dependencies, among them: the CDK only warns of those."""
    for stack in stacks(app):
        text = json.dumps(Synthesized(stack).template)
        found = lint(text, config=ManualArgs(regions=["us-east-1", "eu-central-1"], include_checks=["W", "E"]))
        assert [f"{stack.node.id} {one.rule.id} {one.message}" for one in found] == []


def test_cfn_lint_finds_a_circular_dependency_where_there_is_one(reference: Synthesized) -> None:
    """The check above would be worth nothing if it could not fail."""
    template = json.loads(json.dumps(reference.template))
    function = template["Resources"]["PipelineTransformFunction091D1A09"]
    function["DependsOn"] = ["PipelineOverflow75B01CCE"]
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))
    assert "E3004" in {one.rule.id for one in found}


def test_cdk_nag_has_nothing_to_say(app: cdk.App) -> None:
    for stack in stacks(app):
        report = AwsSolutionsChecks(stack).validate_scope(stack)
        found = [
            (one.rule_name, [each.construct_path for each in one.violating_resources]) for one in report.violations
        ]
        assert found == []


def acknowledgements(scope: Any) -> Iterator[tuple[str, str, str]]:
    """Path, rule and reason of each acknowledged finding."""
    for construct in scope.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == ACKNOWLEDGED:
                for rule, reason in entry.data.items():
                    yield construct.node.path, rule.split("::", 1)[1], reason


def known(app: cdk.App) -> set[tuple[str, str]]:
    (defaults,) = [stack for stack in stacks(app) if stack.node.id == "Defaults"]
    return {(path, rule) for path, rule, _ in acknowledgements(defaults)}


def test_each_acknowledged_finding_is_known(app: cdk.App) -> None:
    pipeline = "Defaults/Pipeline"
    assert {one for one in known(app) if "/Ingest/" not in one[0]} == {
        (f"{pipeline}/Bucket/AccessLog", "AwsSolutions-S1"),
        (f"{pipeline}/RejectStream/Role", f"AwsSolutions-IAM5[Resource::{BUCKET}/errors/rejected/*]"),
        (f"{pipeline}/Stream/Role", f"AwsSolutions-IAM5[Resource::{BUCKET}/backup/*]"),
        (f"{pipeline}/Stream/Role", f"AwsSolutions-IAM5[Resource::{BUCKET}/errors/*]"),
        (f"{pipeline}/Stream/Role", f"AwsSolutions-IAM5[Resource::{BUCKET}/events/*]"),
        (f"{pipeline}/Transform/Function", "Serverless-LambdaDLQ"),
        (f"{pipeline}/Transform/Function", "Serverless-LambdaTracing"),
    }


def test_each_acknowledged_finding_of_the_endpoint_is_known(app: cdk.App) -> None:
    api = "Defaults/Pipeline/Ingest/Api"
    assert {one for one in known(app) if "/Ingest/" in one[0]} == {
        (f"{api}/DeploymentStage.prod", "AwsSolutions-APIG1"),
        (f"{api}/DeploymentStage.prod", "AwsSolutions-APIG3"),
        (f"{api}/DeploymentStage.prod", "AwsSolutions-APIG6"),
        (f"{api}/DeploymentStage.prod", "Serverless-APIGWAccessLogging"),
        (f"{api}/DeploymentStage.prod", "Serverless-APIGWXrayEnabled"),
        *(
            (f"{api}/Default/{method}", rule)
            for method in ("events/OPTIONS", "events/POST", "records/OPTIONS", "records/POST", "health/GET")
            for rule in ("AwsSolutions-APIG4", "AwsSolutions-COG4")
        ),
    }


def test_each_acknowledgement_has_a_reason(app: cdk.App) -> None:
    for path, rule, reason in acknowledgements(app):
        assert len(reason.split()) >= 8, f"{path} {rule}"


def test_the_reason_for_an_open_endpoint_is_the_one_given(app: cdk.App) -> None:
    reasons = [
        reason
        for path, _, reason in acknowledgements(app)
        if path == "Defaults/Pipeline/Ingest/Api/Default/events/POST"
    ]
    assert reasons == [f"Open on purpose: {REASON}"] * 2


def test_the_lint_exceptions_are_known_and_have_a_reason(app: cdk.App) -> None:
    for stack in stacks(app):
        metadata = {
            id_: one["Metadata"]["cfn-lint"]
            for id_, one in Synthesized(stack).template["Resources"].items()
            if "cfn-lint" in one.get("Metadata", {})
        }
        assert list(metadata) == ["PipelineTransformFunction091D1A09"]
        (only,) = metadata.values()
        assert only["config"] == {"ignore_checks": ["W3005"]}
        assert only["reason"]
