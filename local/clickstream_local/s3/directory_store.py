"""The object store: one directory per bucket, one file per object."""

from __future__ import annotations

import contextlib
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clickstream_local.s3.store import MAX_KEY_BYTES, StoredObject, StoreError

_SEGMENT_BYTES = 200
_CONTINUED = "%+"
_ESCAPES = re.compile(r"\0|%(?:25)*(?:00|\+)")
_ESCAPED_SEGMENTS = {"": "%2F", ".": "%2E", "..": "%2E%2E"}
_UNESCAPED_SEGMENTS = {escaped: plain for plain, escaped in _ESCAPED_SEGMENTS.items()}


@dataclass(frozen=True)
class StoredFile(StoredObject):
    """An object, and the file that holds its body."""

    path: Path = field(kw_only=True)


class DirectoryStore:
    """Objects below ``<root>/s3/<bucket>/<key>``, what S3 keeps beside a body below ``<root>/s3-metadata``.

    Data directories hold nothing but objects, so a query engine can be pointed at them. A body appears under its name
    only when it is complete: it is written to ``<root>/s3-incomplete`` first and then renamed.

    A key segment that a file system cannot hold (empty, ``.`` or ``..``) is stored percent-encoded, a NUL as ``%00``,
    and a long one as folders in each other, each but the last ending in ``%+``.
    """

    def __init__(self, root: Path) -> None:
        self._objects = root / "s3"
        self._metadata = root / "s3-metadata"
        self._incomplete = root / "s3-incomplete"

    def bucket_path(self, bucket: str) -> Path:
        """The directory of a bucket; it exists once the bucket has an object or was made by :meth:`create_bucket`."""
        if not bucket or bucket in _ESCAPED_SEGMENTS or "/" in bucket or "\0" in bucket:
            raise StoreError(f"bucket name {bucket!r} is not valid: give 3 to 63 letters, digits, dots and hyphens")
        return self._objects / bucket

    def create_bucket(self, bucket: str) -> Path:
        """Make the directory of a bucket and return it."""
        path = self.bucket_path(bucket)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def location(self, bucket: str) -> str:
        """The directory of a bucket."""
        return str(self.bucket_path(bucket))

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_encoding: str | None = None,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> StoredFile:
        """Write an object, replacing one of the same key.

        Raises :class:`StoreError` for a key over 1,024 bytes, and when the file system refuses.
        """
        path = self.bucket_path(bucket) / relative_path(key)
        headers = {"ContentType": content_type, "ContentEncoding": content_encoding, "Metadata": dict(metadata or {})}
        beside = self._metadata_path(bucket, key)
        try:
            self._write(beside, json.dumps(headers).encode())
            self._write(path, body)
        except OSError as error:
            with contextlib.suppress(OSError):
                if not path.is_file():
                    beside.unlink(missing_ok=True)
            raise StoreError(f"cannot write s3://{bucket}/{key} to {path}: {error.strerror or error}") from error
        return StoredFile(bucket, key, len(body), content_type, content_encoding, dict(metadata or {}), path=path)

    def get(self, bucket: str, key: str) -> bytes:
        """The body of an object. Raises :class:`StoreError` when it does not exist."""
        path = self.bucket_path(bucket) / relative_path(key)
        try:
            return path.read_bytes()
        except OSError as error:
            raise StoreError(f"cannot read s3://{bucket}/{key} from {path}: {error.strerror or error}") from error

    def head(self, bucket: str, key: str) -> StoredFile:
        """The headers of an object. Raises :class:`StoreError` when it does not exist."""
        path = self.bucket_path(bucket) / relative_path(key)
        try:
            size = path.stat().st_size
            headers = json.loads(self._metadata_path(bucket, key).read_bytes())
        except OSError as error:
            raise StoreError(f"cannot read s3://{bucket}/{key} from {path}: {error.strerror or error}") from error
        return StoredFile(
            bucket, key, size, headers["ContentType"], headers["ContentEncoding"], headers["Metadata"], path=path
        )

    def list(self, bucket: str, prefix: str = "") -> Iterator[StoredFile]:
        """The objects of a bucket whose keys begin with ``prefix``, in the order of their keys."""
        root = self.bucket_path(bucket)
        keys = sorted(key_of(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        return (self.head(bucket, key) for key in keys if key.startswith(prefix))

    def buckets(self) -> dict[str, Path]:
        """Name and directory of each bucket."""
        if not self._objects.is_dir():
            return {}
        return {path.name: path for path in sorted(self._objects.iterdir()) if path.is_dir()}

    def _metadata_path(self, bucket: str, key: str) -> Path:
        relative = relative_path(key)
        return self._metadata / bucket / relative.parent / f"{relative.name}.json"

    def _write(self, path: Path, body: bytes) -> None:
        self._incomplete.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        incomplete = self._incomplete / uuid.uuid4().hex
        try:
            incomplete.write_bytes(body)
            os.replace(incomplete, path)  # noqa: PTH105 - the atomic step, named as the system call
        finally:
            incomplete.unlink(missing_ok=True)


def relative_path(key: str) -> Path:
    """The path of an object below its bucket's directory. Raises :class:`StoreError` for a key that is not valid."""
    try:
        encoded = key.encode()
    except UnicodeEncodeError:
        raise StoreError("object key holds half of a surrogate pair, which UTF-8 does not have") from None
    if not encoded or len(encoded) > MAX_KEY_BYTES:
        raise StoreError(f"object key of {len(encoded)} bytes is not valid: S3 takes 1 to {MAX_KEY_BYTES} bytes")
    return Path(*(name for segment in key.split("/") for name in _names(segment)))


def _names(segment: str) -> Iterator[str]:
    """The folders, and at last the file or folder, that stand for a segment of a key."""
    segment = _ESCAPED_SEGMENTS.get(segment, segment)
    if _ESCAPES.search(segment):
        segment = segment.replace("%", "%25").replace("\0", "%00")
    while len(segment.encode()) > _SEGMENT_BYTES:
        head = segment.encode()[:_SEGMENT_BYTES].decode(errors="ignore")
        yield head + _CONTINUED
        segment = segment.removeprefix(head)
    yield segment


def key_of(relative: Path) -> str:
    """The key of the object at a path below its bucket's directory."""
    segments = "/".join(relative.parts).replace(f"{_CONTINUED}/", "").split("/")
    return "/".join(_UNESCAPED_SEGMENTS.get(segment, _plain(segment)) for segment in segments)


def _plain(segment: str) -> str:
    return segment.replace("%00", "\0").replace("%25", "%") if _ESCAPES.search(segment) else segment
