"""The checks of `make integ`, on the local runtime and the very template that would be deployed."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint
from rich.console import Console

from cdk_clickstream import AccessLog
from integ.checks import CHECKS
from integ.core_stack import access_log
from integ.outcome import Outcome, Verdict
from integ.run import check_locally, deployed_locally
from integ.runner import run_checks
from integ.settings import LoggingRole
from support.checkout import CHECKOUT
from support.integ_app import integ_app
from support.stacks import Synthesized

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
def assembly() -> Path:
    return integ_app().assembly


@pytest.fixture(scope="module")
def core() -> str:
    return integ_app().core.stack_name


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
    found = [
        (one.rule.id, str(one.path[1]))
        for stack in (integ_app().core, integ_app().edges)
        for one in lint(
            json.dumps(Synthesized(stack).template), config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"])
        )
    ]
    # The CDK writes a dependency beside the reference that makes it: for its own function, and for one in a VPC.
    provider = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F"
    assert sorted(found) == [("W3005", provider), ("W3005", provider), ("W3005", "Prober79F45419")]


def test_one_endpoint_makes_the_logging_role_where_that_is_asked_for() -> None:
    assert len(Synthesized(integ_app().core).of_type("AWS::ApiGateway::Account")) == 1
    assert len(Synthesized(integ_app().edges).of_type("AWS::ApiGateway::Account")) == 0


def test_endpoints_have_no_access_log_where_nobody_may_make_the_role() -> None:
    assert access_log(LoggingRole.NONE, may_make=True) is False
    assert access_log(LoggingRole.THERE, may_make=True) == AccessLog(account_role=False)


def test_nothing_but_the_logging_role_is_left_when_the_stacks_are_deleted() -> None:
    for stack in (integ_app().core, integ_app().edges):
        template = Synthesized(stack)
        kept = {one["Type"] for one in template.template["Resources"].values() if one.get("DeletionPolicy") == "Retain"}
        assert kept == ({"AWS::ApiGateway::Account", "AWS::IAM::Role"} if stack is integ_app().core else set())
        assert len(template.of_type("Custom::S3AutoDeleteObjects")) == len(template.of_type("AWS::S3::Bucket"))


def test_every_endpoint_wants_a_key_or_a_signature() -> None:
    for stack in (integ_app().core, integ_app().edges):
        for id_, method in Synthesized(stack).of_type("AWS::ApiGateway::Method").items():
            if (properties := method["Properties"])["HttpMethod"] == "POST":
                assert properties["ApiKeyRequired"] or properties["AuthorizationType"] == "AWS_IAM", id_


def test_pytest_collects_nothing_of_the_runs_on_an_account() -> None:
    files = [path.name for path in (CHECKOUT / "integ").rglob("*.py")]
    assert files
    assert [name for name in files if name.startswith(("test_", "conftest")) or name.endswith("_test.py")] == []
