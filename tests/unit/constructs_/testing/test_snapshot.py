from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import ApiAuth, ClickstreamPipeline
from cdk_clickstream.testing import template_snapshot
from support.stacks import new_stack


def function_of(folder: Path, code: str) -> cdk.Stack:
    stack = new_stack()
    folder.mkdir()
    (folder / "index.py").write_text(code, encoding="utf-8")
    lambda_.Function(
        stack,
        "Function",
        code=lambda_.Code.from_asset(str(folder)),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    return stack


def test_a_snapshot_does_not_change_with_an_assets_content(tmp_path: Path) -> None:
    first = template_snapshot(function_of(tmp_path / "one", "a = 1"))
    second = template_snapshot(function_of(tmp_path / "two", "a = 2"))
    assert first == second
    assert "<asset hash>" in str(first)


def test_a_snapshot_leaves_the_bootstrap_rules_out() -> None:
    stack = new_stack()
    cdk.CfnOutput(stack, "Answer", value="42")
    assert template_snapshot(stack) == {"Outputs": {"Answer": {"Value": "42"}}}


def test_a_snapshot_does_not_change_with_the_deployments_hash() -> None:
    stack = new_stack()
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam())
    deployments = [id_ for id_ in template_snapshot(stack)["Resources"] if "Deployment" in id_ and "Stage" not in id_]
    assert deployments == ["PipelineIngestApiDeploymentA54A74B2<deployment hash>"]
