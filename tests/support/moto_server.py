"""moto's server: AWS services that keep what they are given in memory."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer


@contextlib.contextmanager
def moto_server(port: int = 0) -> Iterator[str]:
    """Serve on loopback; the address. What it holds outlives it, for one that is started later in this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        host, taken = server.get_host_and_port()
        yield f"http://{host}:{taken}"
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What anyone else sees of the server; its buckets are removed at the end."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anyone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", config=Config(s3={"addressing_style": "path"})
    )
    yield client
    for bucket in client.list_buckets()["Buckets"]:
        for found in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
            client.delete_object(Bucket=bucket["Name"], Key=found["Key"])
        client.delete_bucket(Bucket=bucket["Name"])
