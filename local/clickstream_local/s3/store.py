"""The store of objects, as the runtime needs it: a directory or an S3 endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MAX_KEY_BYTES = 1024
"""S3's limit of an object key, in UTF-8."""


class StoreError(Exception):
    """An object that could not be written or read; the message names bucket, key and cause."""


@dataclass(frozen=True)
class StoredObject:
    """An object as S3 would list it."""

    bucket: str
    key: str
    size: int
    content_type: str = "application/octet-stream"
    content_encoding: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    """Holds buckets; its methods may be called in any thread."""

    def create_bucket(self, bucket: str) -> object:
        """Make a bucket if it does not exist. Raises :class:`StoreError` when it cannot be made."""

    def location(self, bucket: str) -> str:
        """The directory or address of a bucket, for people."""

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
        """Write an object, replacing one of the same key. Raises :class:`StoreError`."""

    def get(self, bucket: str, key: str) -> bytes:
        """The body of an object. Raises :class:`StoreError`."""
