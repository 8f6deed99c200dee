"""`clickstream errors` on a data directory and on a stack."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.testing import LocalPipeline
from support.deployed_stack import REGION, STACK
from support.deployed_stack import aws as aws
from support.small_template import UPPER, small_template

RAISING = UPPER.replace("import base64", "import base64, json").replace(
    "def upper(record):", "def upper(record):\n        json.loads(base64.b64decode(record['data']))"
)
"""The function raises for what is no JSON; its message then quotes the payload."""


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def documents(result: Result) -> list[dict[str, object]]:
    assert result.exit_code in (0, 3), result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records of three events that no function could read, and one that it refused."""
    folder = tmp_path_factory.mktemp("errors")
    with LocalPipeline(small_template(folder, RAISING), data_dir=folder / "data") as pipeline:
        pipeline.put('{"poison": 1}\n')
        pipeline.flush()
        pipeline.put("[1, 2\n[3, 4\n", "secret\n")
        pipeline.flush()
    return folder / "data"


def test_failures_are_grouped_and_counted_in_events(data_dir: Path) -> None:
    shown = clickstream("errors", "--data-dir", data_dir, "--by", "code", "--by", "hour").output
    (called,) = [line for line in shown.splitlines() if "Lambda.FunctionError" in line and "Z" in line]
    assert " 3 " in called
    assert "Lambda.ProcessingFailedStatus" in shown


def test_the_exception_of_the_function_stands_beside_its_failure(data_dir: Path) -> None:
    shown = clickstream("errors", "--data-dir", data_dir).output
    assert "JSONDecodeError at " in shown
    found = documents(clickstream("errors", "--data-dir", data_dir, "--json"))
    (exception,) = [one for one in found if one["kind"] == "function-exception"]
    assert (exception["type"], exception["pipeline"], exception["count"]) == ("JSONDecodeError", "clicks", 1)
    assert str(exception["file"]).endswith("decoder.py")


def test_delivery_errors_that_firehose_logged_are_shown(data_dir: Path) -> None:
    found = documents(clickstream("errors", "--data-dir", data_dir, "--json"))
    codes = {one["code"] for one in found if one["kind"] == "delivery-error"}
    assert codes == {"Lambda.FunctionError", "Lambda.ProcessingFailedStatus"}


def test_a_range_of_time_leaves_the_others_out(data_dir: Path) -> None:
    assert "nothing failed" in clickstream("errors", "--data-dir", data_dir, "--until", "2020-01-01").output
    assert documents(clickstream("errors", "--data-dir", data_dir, "--since", "1h", "--json")) != []
    refused = clickstream("errors", "--data-dir", data_dir, "--since", "soon")
    assert (refused.exit_code, "write an age such as 30m" in refused.output) == (2, True)


def test_the_exit_code_tells_of_failures_when_it_is_asked_to(data_dir: Path) -> None:
    assert clickstream("errors", "--data-dir", data_dir).exit_code == 0
    assert clickstream("errors", "--data-dir", data_dir, "--exit-code").exit_code == 3
    assert clickstream("errors", "--data-dir", data_dir, "--until", "2020-01-01", "--exit-code").exit_code == 0
    assert clickstream("errors", "--data-dir", data_dir / "nowhere").exit_code == 1


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_delivery_that_was_denied_has_failed_though_it_leaves_no_object(
    data_dir: Path, tmp_path: Path, form: list[str]
) -> None:
    """S3 is where Firehose would put error objects, too."""
    shutil.copytree(data_dir, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "s3/lake/errors")
    done = clickstream("errors", "--data-dir", tmp_path, "--exit-code", *form)
    assert (done.exit_code, "nothing failed" in done.output, "Lambda.FunctionError" in done.output) == (3, False, True)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_object_that_is_not_read_is_told_by_the_exit_code(data_dir: Path, tmp_path: Path, form: list[str]) -> None:
    shutil.copytree(data_dir, tmp_path, dirs_exist_ok=True)
    (tmp_path / "s3/lake/errors/other").write_text("no JSON")
    done = clickstream("errors", "--data-dir", tmp_path, "--exit-code", *form)
    assert (done.exit_code, "errors/other" in done.output, "Lambda.FunctionError" in done.output) == (1, True, True)
    before = clickstream("errors", "--data-dir", tmp_path, "--until", "2020-01-01", *form)
    assert (before.exit_code, "nothing failed" in before.output) == (1, False)


@pytest.fixture(scope="module")
def shop(aws: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The stack's bucket as the local runtime fills it, and its logs."""
    folder = tmp_path_factory.mktemp("shop")
    with LocalPipeline(small_template(folder, RAISING), data_dir=folder / "data", s3_endpoint=aws) as pipeline:
        pipeline.put('{"poison": 1}\n')
        pipeline.flush()
        pipeline.put("[1, 2\n")
        pipeline.flush()
        now = int(pipeline.now.timestamp() * 1000)
    logs = boto3.client("logs", region_name=REGION)
    entry = {"errorCode": "S3.AccessDenied", "message": "Access was denied."}
    trace = (
        "[ERROR] KeyError: 'secret'\nTraceback (most recent call last):\n  File \"/var/task/index.py\", line 9, in h\n"
    )
    for group, stream, message in (
        ("/delivery", "S3", json.dumps(entry)),
        ("/aws/lambda/upper", "1", trace),
        ("/aws/lambda/upper", "2", "got 1"),
    ):
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        event = {"timestamp": now, "message": message}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    return STACK


def test_a_stack_shows_failures_exceptions_and_delivery_errors(shop: str) -> None:
    found = documents(clickstream("errors", "--stack", shop, "--json"))
    assert sorted((str(one["kind"]), str(one.get("code", one.get("type")))) for one in found) == [
        ("delivery-error", "S3.AccessDenied"),
        ("function-exception", "KeyError"),
        ("processing-failed", "Lambda.FunctionError"),
        ("processing-failed", "Lambda.ProcessingFailedStatus"),
    ]
    assert {one["pipeline"] for one in found} == {"clicks"}
    shown = clickstream("errors", "--stack", shop).output
    assert "KeyError at index.py:9" in shown
    assert "S3.AccessDenied" in shown
    assert "secret" not in shown


def test_a_stream_and_a_bucket_may_be_named_by_hand(shop: str) -> None:
    by_stream = documents(clickstream("errors", "--stream", "clicks", "--region", REGION, "--json"))
    assert len(by_stream) == 4
    by_bucket = documents(clickstream("errors", "--bucket", "lake", "--json"))
    assert [one["kind"] for one in by_bucket] == ["processing-failed"] * 2


def test_a_stack_is_looked_at_for_the_last_day_unless_told(shop: str) -> None:
    document = {"rawData": "eA==", "errorCode": "Lambda.FunctionError", "errorMessage": "old", "arrivalTimestamp": 1}
    store = boto3.client("s3", region_name=REGION)
    store.put_object(Bucket="lake", Key="errors/processing-failed/object", Body=json.dumps(document).encode())
    assert "old" not in clickstream("errors", "--stack", shop, "--json").output
    assert "old" in clickstream("errors", "--stack", shop, "--since", "1970-01-01", "--json").output


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["--stack", "Nobody"], "ListStackResources", 1),
        (["--stack", STACK, "--stream", "nobody"], "there are", 2),
        (["--region", REGION], "need a --stack", 2),
    ],
)
def test_what_is_not_there_is_told_with_the_way_out(shop: str, options: list[str], said: str, code: int) -> None:
    done = clickstream("errors", *options)
    assert (done.exit_code, said in done.output) == (code, True), done.output
