"""The AWS SDK for Go, as a service in Go uses it, against the local runtime."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.requirements import absent
from support.running_pipeline import Pipeline

pytestmark = [pytest.mark.matrix, pytest.mark.xdist_group("pipeline")]
DEBIAN = Path("/usr/share/gocode")
"""Where Debian's packages of Go libraries put their sources."""
SDK = DEBIAN / "src" / "github.com" / "aws" / "aws-sdk-go" / "service" / "firehose"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, compiled against Debian's package of the SDK."""
    go = shutil.which("go")
    if go is None or not SDK.is_dir():
        absent(
            "Go or its AWS SDK is not installed",
            "on Debian, apt-get install golang-go golang-github-aws-aws-sdk-go-dev",
        )
    folder = tmp_path_factory.mktemp("go")
    source = Path(shutil.copy(Path(__file__).with_name("sdk_client.go"), folder))
    settings = {"GO111MODULE": "off", "GOPATH": str(DEBIAN), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    program = folder / "sdk_client"
    subprocess.run([go, "build", "-o", str(program), str(source)], env=os.environ | settings, check=True)
    return program


def test_it_lists_describes_puts_and_gets_the_service_s_exceptions(pipeline: Pipeline, client: Path) -> None:
    command = [str(client), pipeline.runtime.url, pipeline.stream]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.pop("sdk").startswith("1.")
    assert pipeline.stream in said.pop("names")
    assert said.pop("created") > 2020
    assert said == {"status": "ACTIVE", "recordId": 224, "failed": 0, "error": "ResourceNotFoundException"}
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ["one", "three", "two"]
