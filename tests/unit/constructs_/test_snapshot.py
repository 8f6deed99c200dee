from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_clickstream import ApiAuth, ClickstreamPipeline, Encryption, OutputFormat
from cdk_clickstream.testing import template_snapshot
from support.full_stacks import STACKS, full_stack
from support.stacks import CONTEXT, REASON, new_stack

AssertSnapshot = Callable[[cdk.Stack, str], None]


def test_the_default_pipeline_is_the_committed_one(assert_template_snapshot: AssertSnapshot) -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Clickstream")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.public(reason=REASON))
    assert_template_snapshot(stack, "default")


def test_the_pipeline_with_a_key_and_orc_is_the_committed_one(assert_template_snapshot: AssertSnapshot) -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Clickstream")
    ClickstreamPipeline(
        stack, "Pipeline", auth=ApiAuth.api_key(), encryption=Encryption.kms(), output=OutputFormat.orc()
    )
    assert_template_snapshot(stack, "key-and-orc")


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_with_every_statement_is_the_committed_one(name: str, assert_template_snapshot: AssertSnapshot) -> None:
    assert_template_snapshot(full_stack(name), name)


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


@pytest.fixture
def comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are compared, whatever this run is told to do with them."""
    monkeypatch.delenv("CLICKSTREAM_UPDATE_SNAPSHOTS", raising=False)


@pytest.mark.usefixtures("comparing")
def test_a_missing_snapshot_says_how_to_write_it(assert_template_snapshot: AssertSnapshot) -> None:
    with pytest.raises(pytest.fail.Exception, match="CLICKSTREAM_UPDATE_SNAPSHOTS=1"):
        assert_template_snapshot(new_stack(), "never-written")


@pytest.mark.usefixtures("comparing")
def test_a_changed_template_fails_with_the_difference(assert_template_snapshot: AssertSnapshot) -> None:
    stack = cdk.Stack(cdk.App(context=CONTEXT), "Clickstream")
    ClickstreamPipeline(stack, "Pipeline", auth=ApiAuth.iam())
    with pytest.raises(pytest.fail.Exception, match=r'\+ +"AuthorizationType": "AWS_IAM"'):
        assert_template_snapshot(stack, "default")
