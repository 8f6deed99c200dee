"""``clickstream local --strict`` refuses a template of which something would not run."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from clickstream_local.cli import main


def test_strict_names_what_does_not_run_and_refuses_to_start(tmp_path: Path) -> None:
    template = tmp_path / "shop.json"
    template.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}))
    arguments = ["local", "--assembly", str(template), "--port", "0", "--data-dir", str(tmp_path / "data"), "--strict"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "not run locally: Queue (AWS::SQS::Queue)" in result.output
    assert "--strict: what is named above does not run" in result.output
    assert "ready" not in result.output
