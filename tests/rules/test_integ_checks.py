"""Every check of `make integ`, on the local runtime and the very template that would be deployed."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from integ.checks import CHECKS
from integ.outcome import Outcome, Verdict
from integ.run import check_locally, deployed_locally
from integ.runner import run_checks
from support.integ.app import integ_app

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


@pytest.fixture(scope="module")
def assembly() -> Path:
    return integ_app().assembly


@pytest.fixture(scope="module")
def core() -> str:
    return integ_app().core.stack_name


@pytest.fixture(scope="module")
def outcomes(assembly: Path, core: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return check_locally(assembly, core, tmp_path_factory.mktemp("run"), Console(file=io.StringIO()))


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
            '/errors/rejected/*"': '/errors/refused/*"',
            '"CloudWatchLoggingOptions"': '"LoggingOptions"',
            '"CLICKSTREAM_CONTEXT_TOKENS"': '"OTHER_TOKENS"',
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


@pytest.mark.parametrize("id_", sorted(HERE))
def test_a_check_that_the_runtime_can_answer_holds(outcomes: dict[str, Outcome], id_: str) -> None:
    assert outcomes[id_].verdict is Verdict.HOLDS, outcomes[id_].evidence


def test_each_other_check_says_what_is_missing_here(outcomes: dict[str, Outcome]) -> None:
    others = {id_: outcome for id_, outcome in outcomes.items() if id_ not in HERE}
    assert {id_ for id_, one in others.items() if one.verdict is not Verdict.NOT_COVERED or one.broke} == set()
    assert all("not run" in one.evidence or "China region" in one.evidence for one in others.values())


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
