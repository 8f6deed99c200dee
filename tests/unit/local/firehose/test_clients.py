"""boto3 and aws-cli against the service over a real connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def test_boto3_puts_records_that_arrive(local: Any) -> None:
    local.stream()

    def scenario(url: str) -> Any:
        firehose = local.client(url)
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        records = [{"Data": b"two\n"}, {"Data": "drei€\n".encode()}]
        return firehose.put_record_batch(DeliveryStreamName="clicks", Records=records)

    assert local.over_http(scenario)["FailedPutCount"] == 0
    assert local.bodies() == ["one\ntwo\ndrei€\n".encode()]


def test_boto3_raises_the_modelled_exceptions(local: Any) -> None:
    """Facts 1.1: the error body's __type gives the typed exception."""

    def scenario(url: str) -> None:
        firehose = local.client(url)
        with pytest.raises(firehose.exceptions.ResourceNotFoundException, match="Firehose none under account"):
            firehose.put_record(DeliveryStreamName="none", Record={"Data": b""})
        with pytest.raises(firehose.exceptions.InvalidArgumentException, match="Records size exceeds 4 MB limit"):
            firehose.put_record_batch(DeliveryStreamName="none", Records=[{"Data": b"x" * 1_000_000}] * 5)

    local.stream()
    local.over_http(scenario)


def test_boto3_parses_the_description(local: Any) -> None:
    local.stream(Prefix="data/")

    def scenario(url: str) -> Any:
        return local.client(url).describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    description = local.over_http(scenario)
    assert description["CreateTimestamp"].timestamp() == local.now
    assert description["Destinations"][0]["S3DestinationDescription"]["Prefix"] == "data/"


def test_the_aws_cli_lists_describes_and_puts(local: Any, tmp_path: Path) -> None:
    local.stream()
    records = json.dumps([{"Data": "YQ=="}])
    commands = [
        ["list-delivery-streams"],
        ["describe-delivery-stream", "--delivery-stream-name", "clicks"],
        ["put-record-batch", "--delivery-stream-name", "clicks", "--records", records],
    ]
    variables = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }

    def scenario(url: str) -> list[Any]:
        command = [sys.executable, "-m", "awscli", "firehose", "--endpoint-url", url, "--output", "json"]
        return [
            json.loads(subprocess.run([*command, *rest], env=variables, capture_output=True, check=True).stdout)
            for rest in commands
        ]

    listed, described, put = local.over_http(scenario)
    assert listed["DeliveryStreamNames"] == ["clicks"]
    assert described["DeliveryStreamDescription"]["DeliveryStreamStatus"] == "ACTIVE"
    assert put["FailedPutCount"] == 0
