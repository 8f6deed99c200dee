from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from support.moto_server import moto_server

LOG = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}
SHORTER = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}


def plan(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, ["plan", *map(str, arguments)])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return template(tmp_path / "old.json", LOG)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return template(tmp_path / "new.json", SHORTER)


def template(file: Path, log: dict[str, Any]) -> Path:
    file.write_text(json.dumps({"Resources": {"Log": log}}))
    return file


def test_nothing_harmful_exits_with_0(old: Path) -> None:
    done = plan(old, old)
    assert (done.exit_code, done.output) == (0, "Nothing changes.\n")


def test_harm_is_told_with_its_reason_and_the_way_out_and_exits_with_1(old: Path, new: Path) -> None:
    done = plan(old, new)
    assert done.exit_code == 1
    assert done.output == (
        "Data is lost\n"
        "  • Log (log group) keeps log events for 7 days, 30 before: older ones are deleted\n"
        "    why: CloudWatch Logs deletes log events beyond the retention\n"
        "    → export them first\n"
        "\n"
        "Read this before you deploy: 1 data-loss.\n"
    )


def test_programs_get_one_document(old: Path, new: Path) -> None:
    done = plan(old, new, "--json")
    document = json.loads(done.output)
    assert (done.exit_code, document["harmful"], document["counts"]["data-loss"]) == (1, True, 1)
    assert document["findings"][0]["logical_id"] == "Log"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["OLD"], "1 given: give OLD and NEW, or --stack NAME and NEW"),
        (["OLD", "OLD", "--stack", "Shop"], "2 given: --stack NAME takes the place of OLD: give NEW alone"),
        (["OLD", "OLD", "--region", "eu-west-1"], "--region, --profile and --endpoint-url are for --stack"),
        (["OLD", "absent.json"], "no cloud assembly at absent.json"),
        (["OLD", "OLD", "--parameter", "x"], "'x' has no '='; write NAME=VALUE"),
    ],
)
def test_what_cannot_be_compared_exits_with_2(old: Path, arguments: list[str], message: str) -> None:
    done = plan(*(str(old) if one == "OLD" else one for one in arguments))
    assert (done.exit_code, message in " ".join(done.output.split())) == (2, True), done.output


def test_a_parameter_is_given_a_value(tmp_path: Path, old: Path) -> None:
    new = tmp_path / "parameter.yaml"
    new.write_text(
        "Parameters: {Days: {Type: Number}}\n"
        "Resources: {Log: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}}\n"
    )
    assert plan(old, new).exit_code == 1
    assert plan(old, new, "--parameter", "Days=30").exit_code == 0


def test_new_code_alone_does_not_stop_a_deployment_where_it_is_accepted(tmp_path: Path, old: Path) -> None:
    def code(name: str, days: int) -> Path:
        function = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "b", "S3Key": name}}}
        log = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}}
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"Resources": {"Rows": function, "Log": log}}))
        return file

    old, new, lossy = code("old", 30), code("new", 30), code("lossy", 7)
    asked = plan(old, new)
    assert (asked.exit_code, "New code, which plan does not run\n" in asked.output) == (1, True)
    accepted = plan(old, new, "--accept-code")
    assert accepted.exit_code == 0
    assert accepted.output.endswith("Nothing harmful, the code is accepted: 1 code.\n")
    (finding,) = json.loads(plan(old, new, "--accept-code", "--json").output)["findings"]
    assert (finding["severity"], finding["harmful"]) == ("code", False)
    # Whatever else is harmful goes on being so.
    assert plan(old, lossy, "--accept-code").exit_code == 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "LOCAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    with moto_server() as url:
        yield url


def test_the_deployed_stack_takes_the_place_of_old(server: str, old: Path, new: Path) -> None:
    client = boto3.client("cloudformation", region_name="eu-west-1", endpoint_url=server)
    client.create_stack(StackName="Deployed", TemplateBody=old.read_text())
    where = ("--stack", "Deployed", "--region", "eu-west-1", "--endpoint-url", server)
    assert plan(*where, old).exit_code == 0
    assert "keeps log events for 7 days, 30 before" in plan(*where, new).output
    gone = plan("--stack", "Nowhere", "--region", "eu-west-1", "--endpoint-url", server, new)
    assert (gone.exit_code, "stack 'Nowhere' cannot be read" in gone.output) == (2, True)
