"""boto3 and aws-cli against the service over a real connection."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

from clickstream_local.http import Request, Response
from clickstream_local.listener import serve


def over_http(local: Any, scenario: Callable[[str], Any]) -> Any:
    """Serve the wire API on loopback and play a blocking scenario against it in a thread."""

    async def main() -> Any:
        async def app(request: Request) -> Response:
            response: Response = await local.service.handle(request.headers.get("X-Amz-Target") or "", request.body)
            return response

        listener = await serve(app)
        try:
            return await asyncio.to_thread(scenario, f"http://127.0.0.1:{listener.port}")
        finally:
            await listener.close()

    return local.run(main)


def client(url: str) -> Any:
    config = botocore.config.Config(retries={"max_attempts": 1})
    keys = {"aws_access_key_id": "AKIALOCAL", "aws_secret_access_key": "local"}
    return boto3.client("firehose", endpoint_url=url, region_name="eu-west-1", config=config, **keys)


def test_boto3_puts_records_that_arrive(local: Any) -> None:
    local.stream()

    def scenario(url: str) -> Any:
        firehose = client(url)
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        records = [{"Data": b"two\n"}, {"Data": "drei€\n".encode()}]
        return firehose.put_record_batch(DeliveryStreamName="clicks", Records=records)

    assert over_http(local, scenario)["FailedPutCount"] == 0
    assert local.bodies() == ["one\ntwo\ndrei€\n".encode()]


def test_boto3_raises_the_modelled_exceptions(local: Any) -> None:
    """Facts 1.1: the error body's __type gives the typed exception."""

    def scenario(url: str) -> None:
        firehose = client(url)
        with pytest.raises(firehose.exceptions.ResourceNotFoundException, match="Firehose none under account"):
            firehose.put_record(DeliveryStreamName="none", Record={"Data": b""})
        with pytest.raises(firehose.exceptions.InvalidArgumentException, match="Records size exceeds 4 MB limit"):
            firehose.put_record_batch(DeliveryStreamName="none", Records=[{"Data": b"x" * 1_000_000}] * 5)

    local.stream()
    over_http(local, scenario)


def test_boto3_parses_the_description(local: Any) -> None:
    local.stream(Prefix="data/")

    def scenario(url: str) -> Any:
        return client(url).describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    description = over_http(local, scenario)
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

    listed, described, put = over_http(local, scenario)
    assert listed["DeliveryStreamNames"] == ["clicks"]
    assert described["DeliveryStreamDescription"]["DeliveryStreamStatus"] == "ACTIVE"
    assert put["FailedPutCount"] == 0
