"""Delivered objects as files: in the data directory, or fetched from an S3 endpoint first."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from clickstream_local.s3.directory_store import DirectoryStore, StoredFile, key_of, relative_path
from clickstream_local.s3.endpoint_store import EndpointStore

OBJECTS = "s3"
FETCHED = "s3-fetched"


class DeliveredObjects:
    """The objects of a data directory.

    Those of an S3 endpoint are kept in ``<data dir>/s3-fetched/<bucket>/<key>``; each is fetched once, and again when
    it has changed.

    Parameters
    ----------
    data_dir
        The runtime's data directory.
    s3_endpoint
        The endpoint that it was started with, as its catalog has it.
    """

    def __init__(self, data_dir: Path, s3_endpoint: str | None) -> None:
        self._incomplete = data_dir / "s3-incomplete"
        self._directory = DirectoryStore(data_dir)
        self._endpoint = None if s3_endpoint is None else EndpointStore(s3_endpoint)
        self.root = (data_dir / (OBJECTS if s3_endpoint is None else FETCHED)).resolve()
        """The folder that has all of them below it."""

    def folder(self, location: str) -> Path:
        """The folder of the objects at ``<bucket>/<key prefix>``, as they are now; it may not exist.

        Raises
        ------
        StoreError
            If the endpoint does not give them.
        """
        bucket, _, prefix = location.strip("/").partition("/")
        folder = self.root / bucket / prefix
        if self._endpoint is not None:
            self._fetch(self._endpoint, bucket, f"{prefix}/" if prefix else "", folder)
        return folder

    def files(self, location: str) -> list[Path]:
        """The objects at ``<bucket>/<key prefix>``. Raises :class:`~clickstream_local.s3.store.StoreError`."""
        return sorted(path for path in self.folder(location).rglob("*") if path.is_file())

    def objects(self, bucket: str, prefix: str = "") -> list[StoredFile]:
        """The objects of a bucket whose keys begin with ``prefix``, in the order of their keys, with their headers.

        Raises :class:`~clickstream_local.s3.store.StoreError`.
        """
        if self._endpoint is None:
            return list(self._directory.list(bucket, prefix))
        keys = [key_of(path.relative_to(self.root / bucket)) for path in self.files(bucket)]
        return [self._fetched(self._endpoint, bucket, key) for key in sorted(keys) if key.startswith(prefix)]

    def remove(self, file: Path) -> None:
        """Remove an object, at the endpoint as well.

        Raises :class:`~clickstream_local.s3.store.StoreError`.
        """
        if self._endpoint is not None:
            bucket, *_ = file.relative_to(self.root).parts
            self._endpoint.remove(bucket, key_of(file.relative_to(self.root / bucket)))
        file.unlink(missing_ok=True)

    def _fetched(self, endpoint: EndpointStore, bucket: str, key: str) -> StoredFile:
        found = endpoint.head(bucket, key)
        path = self.root / bucket / relative_path(key)
        return StoredFile(**vars(found), path=path)

    def _fetch(self, endpoint: EndpointStore, bucket: str, prefix: str, folder: Path) -> None:
        # A key that ends in a slash is what consoles make of a folder.
        listed = [found for found in endpoint.list(bucket, prefix) if not found.key.endswith("/")]
        here = {self.root / bucket / relative_path(found.key): found for found in listed}
        for path in folder.rglob("*"):
            if path.is_file() and path not in here:
                path.unlink(missing_ok=True)
        self._incomplete.mkdir(parents=True, exist_ok=True)
        for path, found in here.items():
            if path.is_file() and (path.stat().st_size, path.stat().st_mtime) == (found.size, found.modified):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            incomplete = self._incomplete / uuid.uuid4().hex
            try:
                endpoint.download(bucket, found.key, incomplete)
                os.utime(incomplete, (found.modified, found.modified))
                incomplete.replace(path)
            finally:
                incomplete.unlink(missing_ok=True)
