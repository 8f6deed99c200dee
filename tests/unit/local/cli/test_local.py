"""`clickstream local`: what it refuses, and what it loads before it serves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.cli.local import parse_disagreements
from clickstream_local.firehose.config.disagreements import Disagreements
from support.local_process import local
from support.small_template import small_template


def test_strict_names_what_does_not_run_and_refuses_to_start(tmp_path: Path) -> None:
    template = tmp_path / "shop.json"
    template.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}))
    arguments = ["local", "--assembly", str(template), "--port", "0", "--data-dir", str(tmp_path / "data"), "--strict"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "not run locally: Queue (AWS::SQS::Queue)" in result.output
    assert "--strict: what is named above does not run" in result.output
    assert "ready" not in result.output


def test_local_starts_without_what_only_other_commands_need() -> None:
    """It is to serve within half a second: the CDK, DuckDB, Arrow, boto3 and rich take longer than that."""
    code = "import sys, clickstream_local.cli as c; c.main.get_command(None, 'local'); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "clickstream_local.serve.runtime" in loaded
    assert not loaded & {"aws_cdk", "jsii", "duckdb", "pyarrow", "boto3", "rich", "clickstream_producer", "yaml"}


def test_faults_on_purpose_keep_puts_out_of_the_stream(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data", "--fault", "throttle=1") as running:
        running.post()
        assert running.stream()["records_received"] == 0


def test_a_disagreement_can_be_settled_the_other_way(tmp_path: Path) -> None:
    """facts/firehose.md#disagreements: error objects name the function as lambdaARN in captures, as lambdaArn in the
    documentation.
    """
    options = ("--disagreement", "error_arn_member=lambdaArn")
    with local(small_template(tmp_path), tmp_path / "data", *options) as running:
        running.post(b"poison")
        running.call("POST", "/_local/flush")
        (failed,) = (path for path in (tmp_path / "data/s3/lake/errors").rglob("*") if path.is_file())
        assert "lambdaArn" in json.loads(failed.read_text())


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--fault", "throttle", "'throttle' has no '='; write KIND=SHARE"),
        ("--fault", "slow=1", "'slow' must be throttle or partial"),
        ("--fault", "partial=many", "'many' is not a number between 0 and 1"),
        ("--fault", "partial=2", "partial is 2: it must be a share between 0 and 1"),
        (
            "--disagreement",
            "date_after_random_string",
            "'date_after_random_string' has no '='; write NAME=VALUE",
        ),
        (
            "--disagreement",
            "spelling=x",
            "'spelling' must be one of active_partitions, date_after_random_string, ",
        ),
        (
            "--disagreement",
            "date_after_random_string=no",
            "date_after_random_string is 'no': it must be true or false",
        ),
        ("--disagreement", "default_error_prefix_day=D", "default_error_prefix_day is 'D': it must be dd or DDD"),
        ("--disagreement", "active_partitions=many", "active_partitions is 'many': it must be a whole number"),
        ("--disagreement", "active_partitions=9999", "active_partitions is 9999: it must be between 1 and 5000"),
    ],
)
def test_a_value_that_is_not_valid_is_refused(option: str, value: str, message: str) -> None:
    result = CliRunner().invoke(main, ["local", option, value])
    assert (result.exit_code, message in " ".join(result.output.split())) == (2, True)


def test_switches_of_every_kind_are_read() -> None:
    given = ("date_after_random_string=false", "default_error_prefix_day=DDD", "active_partitions=2500")
    expected = Disagreements(date_after_random_string=False, default_error_prefix_day="DDD", active_partitions=2500)
    assert parse_disagreements(given) == expected
