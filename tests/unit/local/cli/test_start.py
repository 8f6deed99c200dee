from __future__ import annotations

import subprocess
import sys


def test_local_starts_without_what_only_other_commands_need() -> None:
    """It is to serve within half a second: the CDK, DuckDB, Arrow, boto3 and rich take longer than that."""
    code = "import sys, clickstream_local.cli as c; c.main.get_command(None, 'local'); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "clickstream_local.serve.runtime" in loaded
    assert not loaded & {"aws_cdk", "jsii", "duckdb", "pyarrow", "boto3", "rich", "clickstream_producer", "yaml"}
