"""An object store that tells of each object it was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from clickstream_local.s3 import Store, StoredObject


class ObservedStore(Store):
    """A store whose ``told`` is called with each object once it is written, in the thread that wrote it."""

    def __init__(self, root: Path, told: Callable[[StoredObject], None]) -> None:
        super().__init__(root)
        self._told = told

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
        """Write an object as :class:`~clickstream_local.s3.Store` does, and tell of it."""
        stored = super().put(
            bucket, key, body, content_encoding=content_encoding, content_type=content_type, metadata=metadata
        )
        self._told(stored)
        return stored
