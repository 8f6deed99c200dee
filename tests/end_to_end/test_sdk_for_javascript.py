"""The AWS SDK for JavaScript v3, as a service in Node.js uses it, against the local runtime."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import CHECKOUT
from support.requirements import absent
from support.running_pipeline import Pipeline

pytestmark = [pytest.mark.matrix, pytest.mark.xdist_group("pipeline")]
PACKAGES = CHECKOUT / "tools" / "aws-sdk-js" / "node_modules"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The client beside the packages that it imports; `make test-matrix` installs them."""
    if not (PACKAGES / "@aws-sdk" / "client-firehose").is_dir():
        absent("tools/aws-sdk-js is not installed", "`make test-matrix` does it")
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    return Path(shutil.copy(Path(__file__).with_name("sdk_client.mjs"), tmp_path))


def test_it_lists_describes_puts_and_gets_the_service_s_exceptions(pipeline: Pipeline, script: Path) -> None:
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(script), pipeline.runtime.url, pipeline.stream]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert pipeline.stream in said.pop("names")
    assert said == {
        "status": "ACTIVE",
        "created": True,
        "recordId": 224,
        "failed": 0,
        "error": "ResourceNotFoundException",
    }
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ["one", "three", "two"]
