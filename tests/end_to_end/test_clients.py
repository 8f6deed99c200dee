"""Clients that nobody here wrote: boto3 and the AWS command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.running_pipeline import Pipeline, event

pytestmark = pytest.mark.xdist_group("pipeline")


def aws(pipeline: Pipeline, *arguments: str) -> Any:
    command = [str(Path(sys.executable).parent / "aws"), "firehose", *arguments]
    command += ["--endpoint-url", pipeline.runtime.url, "--region", "us-east-1", "--output", "json"]
    keys = {"AWS_ACCESS_KEY_ID": "LOCAL", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(command, env=os.environ | keys, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_aws_cli_lists_describes_and_puts(pipeline: Pipeline, tmp_path: Path) -> None:
    assert pipeline.stream in aws(pipeline, "list-delivery-streams")["DeliveryStreamNames"]
    described = aws(pipeline, "describe-delivery-stream", "--delivery-stream-name", pipeline.stream)
    stream = described["DeliveryStreamDescription"]
    assert stream["DeliveryStreamStatus"] == "ACTIVE"
    assert stream["Destinations"][0]["ExtendedS3DestinationDescription"]["DataFormatConversionConfiguration"]["Enabled"]
    records = tmp_path / "records.json"
    # aws-cli reads blobs as base64 in version 2 and as text in version 1, which is the one on PyPI.
    records.write_text(json.dumps([{"Data": event(event_id=name).decode()} for name in "ab"]))
    put = aws(pipeline, "put-record-batch", "--delivery-stream-name", pipeline.stream, "--records", f"file://{records}")
    assert put["FailedPutCount"] == 0
    pipeline.flush()
    assert sorted(row["event_id"] for row in pipeline.rows()) == ["a", "b"]


def test_boto3_lists_describes_and_puts(pipeline: Pipeline) -> None:
    client = pipeline.firehose()
    assert pipeline.stream in client.list_delivery_streams()["DeliveryStreamNames"]
    description = client.describe_delivery_stream(DeliveryStreamName=pipeline.stream)["DeliveryStreamDescription"]
    assert description["DeliveryStreamType"] == "DirectPut"
    answer = client.put_record_batch(DeliveryStreamName=pipeline.stream, Records=[{"Data": event()}] * 3)
    assert answer["FailedPutCount"] == 0
    assert [len(entry["RecordId"]) for entry in answer["RequestResponses"]] == [224] * 3


def test_boto3_gets_the_service_s_exceptions(pipeline: Pipeline) -> None:
    """facts/firehose.md#put-records: an unknown stream is a ResourceNotFoundException."""
    client = pipeline.firehose()
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Firehose nobody under account"):
        client.put_record(DeliveryStreamName="nobody", Record={"Data": b"x"})
