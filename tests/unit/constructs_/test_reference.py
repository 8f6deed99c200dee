"""``app.py`` as users run it: in a process of its own, with and without the CDK's command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_clickstream.reference import ReferenceStack
from support.checkout import CHECKOUT

SETTINGS = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))


def synthesize(
    checkout: Path, out: Path, context: dict[str, object], app: tuple[str, ...] = ("app.py",)
) -> dict[str, bytes]:
    """Run the app, and return every file of the assembly by its path."""
    sources = os.pathsep.join(str(checkout / part) for part in ("constructs", "lambda/transform"))
    environment = {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context), "PYTHONPATH": sources}
    command = [sys.executable, *app]
    subprocess.run(command, cwd=checkout, env=os.environ | environment, check=True, capture_output=True)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def copy_of(checkout: Path, target: Path) -> Path:
    """Copy what the app needs."""
    for part in ("constructs/cdk_clickstream", "lambda/transform/clickstream_transform"):
        shutil.copytree(checkout / part, target / part)
    shutil.copy(checkout / "app.py", target)
    return target


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that nobody edits while the tests run."""
    return copy_of(CHECKOUT, tmp_path_factory.mktemp("here") / "checkout")


@pytest.fixture(scope="module")
def assembly(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return synthesize(checkout, tmp_path_factory.mktemp("here") / "out", SETTINGS["context"])


def test_another_folder_and_another_process_make_the_same_template_and_asset(
    assembly: dict[str, bytes], checkout: Path, tmp_path: Path
) -> None:
    again = synthesize(copy_of(checkout, tmp_path / "elsewhere"), tmp_path / "out", SETTINGS["context"])
    assert again["Clickstream.template.json"] == assembly["Clickstream.template.json"]
    assert {name for name in again if name.startswith("asset.")} == {
        name for name in assembly if name.startswith("asset.")
    }


def test_the_command_line_tool_makes_the_same_template(
    assembly: dict[str, bytes], checkout: Path, tmp_path: Path
) -> None:
    """The tool adds a context key for each metadata that cdk.json leaves on, and the stacks to bundle."""
    assert [SETTINGS[name] for name in ("versionReporting", "pathMetadata", "assetMetadata")] == [False] * 3
    by_tool = {**SETTINGS["context"], "aws:cdk:bundling-stacks": ["**"]}
    again = synthesize(checkout, tmp_path / "out", by_tool)
    assert again["Clickstream.template.json"] == assembly["Clickstream.template.json"]


def test_the_package_carries_the_same_stack(assembly: dict[str, bytes], checkout: Path, tmp_path: Path) -> None:
    module = ("-m", "cdk_clickstream.reference")
    again = synthesize(checkout, tmp_path / "out", SETTINGS["context"], module)
    assert again["Clickstream.template.json"] == assembly["Clickstream.template.json"]


def test_the_outputs_are_what_people_look_for(assembly: dict[str, bytes]) -> None:
    template = json.loads(assembly["Clickstream.template.json"])
    assert set(template["Outputs"]) == {
        "EndpointUrl",
        "DeliveryStreamName",
        "RejectStreamName",
        "BucketName",
        "DatabaseName",
        "TableName",
    }


def test_no_path_of_the_machine_is_in_the_template(assembly: dict[str, bytes]) -> None:
    assert str(checkout).encode() not in assembly["Clickstream.template.json"]
    assert b"aws:cdk:path" not in assembly["Clickstream.template.json"]
    assert b"aws:asset:path" not in assembly["Clickstream.template.json"]


@pytest.mark.parametrize(
    ("context", "roles", "logs"),
    [
        ({}, 0, 0),
        ({"account-logging-role": "false", "access-log": "false"}, 0, 0),
        ({"account-logging-role": "true"}, 1, 1),
        ({"account-logging-role": True}, 1, 1),
        ({"access-log": "true"}, 0, 1),
    ],
)
def test_access_log_and_the_account_s_logging_role_are_made_only_when_asked_for(
    context: dict[str, object], roles: int, logs: int
) -> None:
    template = assertions.Template.from_stack(ReferenceStack(cdk.App(context=context), "Clickstream"))
    template.resource_count_is("AWS::ApiGateway::Account", roles)
    (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
    assert ("AccessLogSetting" in stage["Properties"]) == bool(logs)
