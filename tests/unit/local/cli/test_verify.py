"""`clickstream verify` on a stack, and without a source backup; with one, see tests/end_to_end/test_verify.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
from click.testing import CliRunner, Result

from clickstream_local.cli import main
from clickstream_local.testing import LocalPipeline
from support.deployed_stack import REGION, STACK, template
from support.deployed_stack import aws as aws
from support.small_template import small_template


def clickstream(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def last(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    return found


def without_backup(folder: Path) -> Path:
    path = small_template(folder)
    path.write_text(path.read_text().replace("S3BackupMode: Enabled", "S3BackupMode: Disabled"))
    return path


def test_without_a_backup_the_running_runtime_says_what_came_in(tmp_path: Path) -> None:
    with LocalPipeline(without_backup(tmp_path), data_dir=tmp_path / "data") as pipeline:
        pipeline.put("poison\n", "good\n", "good\n")
        pipeline.flush()
        pipeline.put("waits\n")
        done = clickstream("verify", "--data-dir", pipeline.data_dir, "--url", pipeline.url, "--json")
        assert (done.exit_code, last(done)["came"]) == (0, 4)
        records = last(done)["records"]
        assert (records["delivered"], records["failed"], records["buffered"]) == (2, 1, 1)
    done = clickstream("verify", "--data-dir", tmp_path / "data", "--url", pipeline.url)
    assert (done.exit_code, "give its address with --url" in done.output) == (3, True)


def test_a_stack_is_verified_by_its_objects(aws: str, tmp_path: Path) -> None:
    with LocalPipeline(small_template(tmp_path), data_dir=tmp_path / "data", s3_endpoint=aws) as pipeline:
        pipeline.put("poison\n", '{"event_name": "a"}\n', '{"event_name": "b"}\n')
        pipeline.flush()
    done = clickstream("verify", "--stack", STACK, "--json")
    assert done.exit_code == 0, done.output
    total = last(done)
    assert (total["came"], total["rows"], total["failed"], total["missing"]) == (3, 2, 1, 0)
    store = boto3.client("s3", region_name=REGION)
    for found in store.list_objects_v2(Bucket="lake", Prefix="data/")["Contents"]:
        store.delete_object(Bucket="lake", Key=found["Key"])
    # They came a moment ago.
    assert last(clickstream("verify", "--stack", STACK, "--json"))["waiting"] == 2


def test_metrics_are_an_estimate_and_no_difference(aws: str) -> None:
    body = template("", stream="plain")
    del body["Resources"]["Rejects"]
    destination = body["Resources"]["Clicks"]["Properties"]["ExtendedS3DestinationConfiguration"]
    del destination["S3BackupMode"], destination["S3BackupConfiguration"], destination["ProcessingConfiguration"]
    boto3.client("cloudformation", region_name=REGION).create_stack(StackName="Plain", TemplateBody=json.dumps(body))
    done = clickstream("verify", "--stack", "Plain")
    assert (done.exit_code, "An estimate" in done.output) == (0, True), done.output
