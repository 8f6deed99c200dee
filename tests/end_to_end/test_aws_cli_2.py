"""Version 2 of the AWS command line, which takes blobs as base64, against the local runtime.

The one on PyPI, version 1, is in test_clients.py.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.requirements import absent
from support.running_pipeline import Pipeline, event

pytestmark = [pytest.mark.matrix, pytest.mark.xdist_group("pipeline")]
PLACES = (Path("/usr/bin/aws"), Path("/usr/local/bin/aws"))


@pytest.fixture(scope="module")
def aws_2() -> Path:
    """The program; version 1 is also called ``aws``, so the paths are those that version 2 is installed to."""
    found = next(filter(_is_version_2, PLACES), None)
    if found is None:
        absent("aws-cli version 2 is not installed", "on Debian, apt-get install awscli")
    return found


def _is_version_2(place: Path) -> bool:
    if not place.exists():
        return False
    said = subprocess.run([str(place), "--version"], capture_output=True, text=True, check=False).stdout
    return said.startswith("aws-cli/2.")


def aws(program: Path, pipeline: Pipeline, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(program), "firehose", *arguments, "--endpoint-url", pipeline.runtime.url, "--region", "us-east-1"]
    settings = {
        "AWS_ACCESS_KEY_ID": "LOCAL",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_PAGER": "",
    }
    # An interpreter's own variables, such as those of a virtual environment, are not for a program of the system.
    others = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [*command, "--output", "json"], env=others | settings, capture_output=True, text=True, check=False, timeout=60
    )


def answer(program: Path, pipeline: Pipeline, *arguments: str) -> Any:
    done = aws(program, pipeline, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_lists_describes_and_puts(pipeline: Pipeline, aws_2: Path, tmp_path: Path) -> None:
    assert pipeline.stream in answer(aws_2, pipeline, "list-delivery-streams")["DeliveryStreamNames"]
    named = ("--delivery-stream-name", pipeline.stream)
    described = answer(aws_2, pipeline, "describe-delivery-stream", *named)["DeliveryStreamDescription"]
    assert described["DeliveryStreamStatus"] == "ACTIVE"
    records = tmp_path / "records.json"
    data = [base64.b64encode(event(event_id=name)).decode() for name in "ab"]
    records.write_text(json.dumps([{"Data": text} for text in data]))
    put = answer(aws_2, pipeline, "put-record-batch", *named, "--records", f"file://{records}")
    assert put["FailedPutCount"] == 0
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ["a", "b"]


def test_it_shows_the_service_s_exceptions(pipeline: Pipeline, aws_2: Path) -> None:
    """facts/firehose.md#put-records: an unknown stream is a ResourceNotFoundException."""
    done = aws(aws_2, pipeline, "describe-delivery-stream", "--delivery-stream-name", "nobody")
    assert done.returncode != 0
    assert "(ResourceNotFoundException)" in done.stderr
    assert "Firehose nobody under account" in done.stderr
