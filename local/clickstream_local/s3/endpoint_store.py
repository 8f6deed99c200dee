"""Objects at an S3 endpoint: MinIO, moto, or S3 itself (`--s3-endpoint`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clickstream_local.s3.store import StoredObject, StoreError

if TYPE_CHECKING:
    from botocore.config import Config

AWS = "aws"
"""The endpoint's name for S3 itself."""

_ENCRYPTION = {
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
}
_CHUNK_BYTES = 1 << 18
_READ_ATTEMPTS = 5
_MISSING_BUCKET = ("404", "NoSuchBucket")
_BUCKET_EXISTS = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
_DENIED = "AccessDenied"
_CREDENTIALS = ("403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken")
_CREDENTIALS_REMEDY = (
    "give credentials that may do it, with AWS_PROFILE or with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


@dataclass(frozen=True)
class ListedObject:
    """An object of a listing."""

    key: str
    size: int
    modified: float
    """Epoch seconds."""


class EndpointStore:
    """Writes what the directory store writes, under the same keys, with the service's own headers.

    Credentials are those that boto3 finds: environment, profile, role. An endpoint on this machine takes any where none
    are found, and its buckets are made when they are missing; elsewhere a bucket has to be there.

    Parameters
    ----------
    endpoint
        ``http://host:port``, or ``aws`` for S3 itself.
    session
        A session of boto3, of one who reads and has each call tried again. Default: one of its own, with one attempt:
        who delivers tries again by itself, and keeps the records meanwhile.
    remedy
        What to do when a call is denied, by its name and the denial. Default: give other credentials.

    Raises
    ------
    StoreError
        If the address is not valid, or no credentials are found for an endpoint that is not on this machine.
    """

    def __init__(
        self, endpoint: str, session: Any = None, remedy: Callable[[str, str], str] = lambda *_: _CREDENTIALS_REMEDY
    ) -> None:
        self.address = endpoint
        self._remedy = remedy
        self._local = endpoint != AWS and _is_loopback(_host(endpoint))
        # boto3 takes longer to import than the runtime takes to start; most runs write to a directory.
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        self._errors = (BotoCoreError, ClientError)
        try:
            used = session or boto3.Session()
            self._region = used.region_name or "us-east-1"
            known = used.get_credentials() is not None
        except BotoCoreError as error:
            raise StoreError(f"--s3-endpoint {endpoint}: {error}") from None
        if not known and not self._local:
            raise StoreError(f"--s3-endpoint {endpoint}: no AWS credentials are found; {_CREDENTIALS_REMEDY}")
        anyone: Any = {} if known else {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self._client: Any = used.client(
            "s3",
            region_name=self._region,
            endpoint_url=None if endpoint == AWS else endpoint,
            config=_config(aws=endpoint == AWS, attempts=1 if session is None else _READ_ATTEMPTS),
            **anyone,
        )

    def create_bucket(self, bucket: str) -> None:
        """Check that a bucket exists; on an endpoint of this machine, a missing one is made.

        Raises
        ------
        StoreError
            If it is not there, or the credentials may not see it.
        """
        try:
            self._client.head_bucket(Bucket=bucket)
        except self._errors as error:
            if _code(error) not in _MISSING_BUCKET:
                raise StoreError(f"bucket {bucket} at {self.address}: {self._message_of(error)}") from None
            if not self._local:
                raise StoreError(
                    f"bucket {bucket} does not exist at {self.address}: create it, or give its stack's template a "
                    "BucketName that does; buckets are made on endpoints of this machine only"
                ) from None
            self._make(bucket)

    def location(self, bucket: str) -> str:
        """The bucket's address."""
        return f"s3://{bucket}" if self.address == AWS else f"{self.address}/{bucket}"

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_encoding: str | None = None,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Write an object with the ACL, the encryption and the headers that Firehose puts.

        Source: facts/firehose.md#object-names.

        Raises :class:`StoreError`.
        """
        given = dict(metadata or {})
        options = {_ENCRYPTION[name]: given[name] for name in _ENCRYPTION if name in given}
        if content_encoding is not None:
            options["ContentEncoding"] = content_encoding

        def write() -> None:
            self._client.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                ACL="bucket-owner-full-control",
                ContentType=content_type,
                Metadata={name: value for name, value in given.items() if name not in _ENCRYPTION},
                **options,
            )

        try:
            try:
                write()
            except self._errors as error:
                # A stream that was created by a call, or a bucket that was removed meanwhile.
                if _code(error) not in _MISSING_BUCKET or not self._local:
                    raise
                self._make(bucket)
                write()
        except self._errors as error:
            raise StoreError(f"cannot write s3://{bucket}/{key} to {self.address}: {self._message_of(error)}") from None
        return StoredObject(bucket, key, len(body), content_type, content_encoding, given)

    def get(self, bucket: str, key: str) -> bytes:
        """The body of an object. Raises :class:`StoreError`."""
        try:
            body: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except self._errors as error:
            raise self._unreadable(bucket, key, error) from None
        return body

    def head(self, bucket: str, key: str) -> StoredObject:
        """The headers of an object. Raises :class:`StoreError`."""
        try:
            found = self._client.head_object(Bucket=bucket, Key=key)
        except self._errors as error:
            raise self._unreadable(bucket, key, error) from None
        encryption = {name: str(found[member]) for name, member in _ENCRYPTION.items() if member in found}
        return StoredObject(
            bucket,
            key,
            found["ContentLength"],
            found["ContentType"],
            found.get("ContentEncoding"),
            found["Metadata"] | encryption,
        )

    def download(self, bucket: str, key: str, path: Path) -> None:
        """Write the body of an object to a file. Raises :class:`StoreError`, ``OSError``."""
        with path.open("wb") as file:
            for piece in self.chunks(bucket, key):
                file.write(piece)

    def chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """The body of an object, piece by piece. Raises :class:`StoreError`."""
        try:
            with closing(self._client.get_object(Bucket=bucket, Key=key)["Body"]) as body:
                yield from body.iter_chunks(_CHUNK_BYTES)
        except self._errors as error:
            raise self._unreadable(bucket, key, error) from None

    def list(self, bucket: str, prefix: str) -> Iterator[ListedObject]:
        """The objects whose keys begin with ``prefix``. Raises :class:`StoreError`."""
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield ListedObject(found["Key"], found["Size"], found["LastModified"].timestamp())
        except self._errors as error:
            raise self._unreadable(bucket, prefix, error) from None

    def list_folders(self, bucket: str, prefix: str, wanted: Callable[[str], bool]) -> Iterator[ListedObject]:
        """As :meth:`list`, without what lies in folders that are not wanted. Raises :class:`StoreError`."""
        folders = []
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
            for page in pages:
                folders += [one["Prefix"] for one in page.get("CommonPrefixes", ()) if wanted(one["Prefix"])]
                for found in page.get("Contents", ()):
                    yield ListedObject(found["Key"], found["Size"], found["LastModified"].timestamp())
        except self._errors as error:
            raise self._unreadable(bucket, prefix, error) from None
        for folder in folders:
            yield from self.list_folders(bucket, folder, wanted)

    def remove(self, bucket: str, key: str) -> None:
        """Remove an object. Raises :class:`StoreError`."""
        try:
            self._client.delete_object(Bucket=bucket, Key=key)
        except self._errors as error:
            raise StoreError(
                f"cannot remove s3://{bucket}/{key} at {self.address}: {self._message_of(error)}"
            ) from None

    def _make(self, bucket: str) -> None:
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        try:
            self._client.create_bucket(Bucket=bucket, **({} if self._region == "us-east-1" else elsewhere))
        except self._errors as error:
            if _code(error) not in _BUCKET_EXISTS:
                raise StoreError(
                    f"bucket {bucket} cannot be made at {self.address}: {self._message_of(error)}"
                ) from None

    def _unreadable(self, bucket: str, key: str, error: Exception) -> StoreError:
        return StoreError(f"cannot read s3://{bucket}/{key} at {self.address}: {self._message_of(error)}")

    def _message_of(self, error: Exception) -> str:
        code = _code(error)
        if code == _DENIED:
            call = f"s3:{getattr(error, 'operation_name', '')}"
            return f"{error}; {self._remedy(call, str(error))}"
        if code in _CREDENTIALS:
            return f"{error}; {_CREDENTIALS_REMEDY}"
        if code.startswith("KMS.") or code == "NotImplemented":
            return f"{error}; the template has its objects encrypted with a KMS key that this endpoint does not have"
        return str(error)


def _host(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.username is not None or parts.password is not None:
        # The address itself is not repeated: it holds a secret.
        raise StoreError(f"--s3-endpoint has credentials in its address; {_CREDENTIALS_REMEDY}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise StoreError(f"--s3-endpoint {endpoint!r} is not an address; give http://HOST:PORT, or aws for S3 itself")
    return parts.hostname


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _config(*, aws: bool, attempts: int) -> Config:
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": attempts}
    options: Any = {"retries": retries, "connect_timeout": 5, "read_timeout": 60}
    if aws:
        return Config(**options)
    # What other servers than S3 may not know: buckets as host names, checksums in trailers.
    checksums: Any = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
    return Config(s3={"addressing_style": "path"}, **checksums, **options)


def _code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
