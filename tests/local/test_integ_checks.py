"""The checks of `make integ`, on the local runtime and the very template that would be deployed."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
import pytest
from cfnlint.api import ManualArgs, lint
from rich.console import Console

from cdk_kit import CHECKOUT, CONTEXT, Synthesized
from integ.app import build
from integ.checks import CHECKS
from integ.outcome import Outcome, Verdict
from integ.run import check_locally, deployed_locally
from integ.runner import run_checks
from integ.settings import LoggingRole

pytestmark = pytest.mark.xdist_group("integ")

HERE = {
    "access-log-lines",
    "beacon",
    "boundary-is-the-servers",
    "columns-by-name",
    "context-line",
    "delivery-by-folders",
    "forged-context",
    "gateway-answers",
    "kinesis-source-key",
    "log-stream-right",
    "partition-keys",
    "producer",
    "records-template",
    "rejected-events",
    "too-large-batch",
    "too-large-record",
}
"""Checks that the local runtime can answer."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path_factory.mktemp("integ") / "cdk.out"))
    build(app)
    app.synth()
    return app


@pytest.fixture(scope="module")
def assembly(app: cdk.App) -> Path:
    return Path(app.outdir)


@pytest.fixture(scope="module")
def core(app: cdk.App) -> str:
    return next(child.stack_name for child in app.node.children if isinstance(child, cdk.Stack))


@pytest.fixture(scope="module")
def outcomes(assembly: Path, core: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return check_locally(assembly, core, tmp_path_factory.mktemp("run"), Console(file=io.StringIO()))


@pytest.mark.parametrize("id_", sorted(HERE))
def test_a_check_that_the_runtime_can_answer_holds(outcomes: dict[str, Outcome], id_: str) -> None:
    assert outcomes[id_].verdict is Verdict.HOLDS, outcomes[id_].evidence


def test_each_other_check_says_what_is_missing_here(outcomes: dict[str, Outcome]) -> None:
    others = {id_: outcome for id_, outcome in outcomes.items() if id_ not in HERE}
    assert {id_ for id_, one in others.items() if one.verdict is not Verdict.NOT_COVERED or one.broke} == set()
    assert all("not run" in one.evidence or "no China region" in one.evidence for one in others.values())


@dataclass(frozen=True)
class Broken:
    """A template with something wrong in it, and the checks that have to find out."""

    changes: dict[str, str]
    found_by: set[str]


BROKEN = {
    "the endpoint": Broken(
        {
            '$util.escapeJavaScript("$!context.identity.userAgent")': "$context.identity.userAgent",
            "less than or equal to 1024000": "of another length",
            "exceeds 4 MB limit": "is too large",
            '$input.json("$[$i]")': '$input.json("$[0]")',
            "gatewayresponse.header.Access-Control-Allow-Origin": "gatewayresponse.header.X-Other",
            '{"request_id": "$context.extendedRequestId", "time"': '{"request_id": "$context.requestId", "time"',
            ":kinesis:action/PutRecord": ":kinesis:action/DescribeStream",
        },
        {
            "context-line",
            "too-large-record",
            "too-large-batch",
            "records-template",
            "gateway-answers",
            "access-log-lines",
            "kinesis-source-key",
        },
    ),
    "the delivery": Broken(
        {
            '"$line$nl$input.body$nl$id$nl"': '"$input.body"',
            '"Name": "page_title"': '"Name": "title"',
            "kind=!{partitionKeyFromLambda:kind}": "sort=!{partitionKeyFromLambda:kind}",
            '"errors/!{firehose:error-output-type}/': '"errors/all/!{firehose:error-output-type}/',
            '"errors/rejected/dt=': '"errors/refused/dt=',
            '"CloudWatchLoggingOptions"': '"LoggingOptions"',
        },
        {
            "forged-context",
            "boundary-is-the-servers",
            "columns-by-name",
            "partition-keys",
            "delivery-by-folders",
            "rejected-events",
            "log-stream-right",
        },
    ),
    "the function": Broken(
        {"clickstream_transform.handler.handler": "clickstream_transform.handler.missing"}, {"beacon", "producer"}
    ),
}


@pytest.mark.parametrize("part", BROKEN)
def test_a_check_finds_out_when_something_is_wrong_with(assembly: Path, core: str, tmp_path: Path, part: str) -> None:
    broken = tmp_path / "cdk.out"
    shutil.copytree(assembly, broken)
    template = broken / f"{core}.template.json"
    text = template.read_text()
    for found, put in BROKEN[part].changes.items():
        # Mapping templates are texts in the template: their quotes are escaped there.
        (there, instead) = (found, put) if found in text else (json.dumps(found)[1:-1], json.dumps(put)[1:-1])
        assert there in text, found
        text = text.replace(there, instead)
    template.write_text(text)
    with deployed_locally(broken, core, tmp_path, patience=2) as on:
        outcomes = run_checks([CHECKS[id_] for id_ in BROKEN[part].found_by], on, lambda line: None)
    assert {id_: one.evidence for id_, one in outcomes.items() if one.verdict is not Verdict.DOES_NOT_HOLD} == {}


def test_every_check_that_holds_here_is_shown_to_be_able_to_fail() -> None:
    assert set.union(*(broken.found_by for broken in BROKEN.values())) == HERE


def test_cfn_lint_has_nothing_to_say_but_what_the_cdk_itself_causes() -> None:
    # With the logging role, which is a resource more than the template above has.
    app = cdk.App(context=CONTEXT | {"logging-role": LoggingRole.MAKE.value})
    found = [
        (one.rule.id, str(one.path[1]))
        for stack in build(app)
        for one in lint(
            json.dumps(Synthesized(stack).template), config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"])
        )
    ]
    # The CDK writes a dependency beside the reference that makes it: for its own function, and for one in a VPC.
    provider = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F"
    assert sorted(found) == [("W3005", provider), ("W3005", provider), ("W3005", "Prober79F45419")]


@pytest.mark.parametrize(("logging_role", "logged"), [("make", 2), ("none", 0)])
def test_endpoints_have_access_logs_only_where_they_may(logging_role: str, logged: int) -> None:
    core, _ = build(cdk.App(context=CONTEXT | {"logging-role": logging_role}))
    template = Synthesized(core)
    stages = template.of_type("AWS::ApiGateway::Stage").values()
    assert sum("AccessLogSetting" in stage["Properties"] for stage in stages) == logged
    assert len(template.of_type("AWS::ApiGateway::Account")) == (logging_role == "make")


def test_nothing_is_left_when_the_stacks_are_deleted(app: cdk.App) -> None:
    """But for the logging role, which is made only when that is asked for."""
    for stack in app.node.children:
        if isinstance(stack, cdk.Stack):
            template = Synthesized(stack)
            kept = {id_ for id_, one in template.template["Resources"].items() if one.get("DeletionPolicy") == "Retain"}
            assert kept == set()
            assert len(template.of_type("Custom::S3AutoDeleteObjects")) == len(template.of_type("AWS::S3::Bucket"))


def test_every_endpoint_wants_a_key_or_a_signature(app: cdk.App) -> None:
    for stack in app.node.children:
        if isinstance(stack, cdk.Stack):
            for id_, method in Synthesized(stack).of_type("AWS::ApiGateway::Method").items():
                properties = method["Properties"]
                if properties["HttpMethod"] == "POST":
                    assert properties["ApiKeyRequired"] or properties["AuthorizationType"] == "AWS_IAM", id_


def test_make_test_collects_nothing_of_the_runs_on_an_account() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/integ"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "no tests collected" in done.stdout
