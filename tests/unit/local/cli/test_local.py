"""`clickstream local`: what it refuses, and what it loads before it serves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from clickstream_local.cli import main
from clickstream_local.cli.local import parse_disagreements
from clickstream_local.firehose.config.disagreements import Disagreements


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


def test_switches_of_every_kind_are_read() -> None:
    given = ("date_after_random_string=false", "default_error_prefix_day=DDD", "active_partitions=2500")
    expected = Disagreements(date_after_random_string=False, default_error_prefix_day="DDD", active_partitions=2500)
    assert parse_disagreements(given) == expected
