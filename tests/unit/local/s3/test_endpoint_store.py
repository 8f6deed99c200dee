"""The store at an S3 endpoint: moto's server."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.s3.endpoint_store import EndpointStore
from clickstream_local.s3.store import StoreError

KEY = "arn:aws:kms:us-east-1:000000000000:key/lake"


def test_an_object_has_the_headers_that_firehose_puts(s3: Any, server: str) -> None:
    """facts/firehose.md#object-names: Content-Type is always application/octet-stream; the encryption of the
    destination.
    """
    store = EndpointStore(server)
    store.create_bucket("lake")
    encryption = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": KEY}
    store.put("lake", "a//b.gz", b"body", content_encoding="gzip", metadata=encryption)
    head = s3.head_object(Bucket="lake", Key="a//b.gz")
    assert (head["ContentType"], head["ContentEncoding"]) == ("application/octet-stream", "gzip")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"], head["Metadata"]) == ("aws:kms", KEY, {})
    assert store.head("lake", "a//b.gz").metadata == encryption


def test_a_bucket_that_is_missing_elsewhere_is_not_made(s3: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clickstream_local.s3.endpoint_store._is_loopback", lambda host: False)
    with pytest.raises(StoreError, match=f"bucket lake does not exist at {server}: create it"):
        EndpointStore(server).create_bucket("lake")
    assert "lake" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    with pytest.raises(StoreError, match=r"cannot write s3://lake/k .*NoSuchBucket"):
        EndpointStore(server).put("lake", "k", b"")


def test_an_endpoint_that_is_not_there_is_named_with_its_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(StoreError, match=f"bucket lake at {url}: Could not connect to the endpoint URL"):
            EndpointStore(url).create_bucket("lake")


@pytest.mark.parametrize("address", ["127.0.0.1:9000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:9000/lake"])
def test_an_address_that_is_not_valid_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="give http://HOST:PORT, or aws for S3 itself"):
        EndpointStore(address)


def test_credentials_in_the_address_are_refused_and_not_repeated() -> None:
    url = "http://me:very-secret@127.0.0.1:9000"
    with pytest.raises(StoreError, match="AWS_ACCESS_KEY_ID") as refused:
        EndpointStore(url)
    assert "very-secret" not in str(refused.value)


def test_an_endpoint_elsewhere_needs_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="--s3-endpoint aws: no AWS credentials are found; give credentials"):
        EndpointStore("aws")
