"""Objects that are read one after the other, however many there are: of a data directory or of buckets."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clickstream_local.common.window import Window
from clickstream_local.s3.directory_store import key_of, relative_path
from clickstream_local.s3.endpoint_store import EndpointStore
from clickstream_local.s3.store import StoreError

_CHUNK_BYTES = 1 << 16
_GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True)
class FoundObject:
    """An object of a listing."""

    bucket: str
    key: str
    size: int


class ObjectSource(Protocol):
    """Lists objects and reads them; its methods may be called in any thread, and raise :class:`StoreError`."""

    def walk(self, location: str, window: Window) -> Iterator[FoundObject]:
        """The objects at ``<bucket>/<key prefix>`` that may have records of a range of time."""

    def chunks(self, found: FoundObject) -> Iterator[bytes]:
        """The body of an object, piece by piece."""

    def path_of(self, found: FoundObject) -> Path:
        """Where a person finds an object: its file, or ``s3:/<bucket>/<key>``."""


class DirectorySource:
    """The objects below ``<data dir>/s3``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def walk(self, location: str, window: Window) -> Iterator[FoundObject]:
        """As :class:`ObjectSource` says; files have no time that counts, since a test may have moved the clock."""
        bucket, _, prefix = location.partition("/")
        yield from self._walk(bucket, prefix, "", window)

    def chunks(self, found: FoundObject) -> Iterator[bytes]:
        """As :class:`ObjectSource` says."""
        path = self._root / found.bucket / relative_path(found.key)
        try:
            with path.open("rb") as file:
                while piece := file.read(_CHUNK_BYTES):
                    yield piece
        except OSError as error:
            raise StoreError(f"cannot read {path}: {error.strerror or error}") from None

    def path_of(self, found: FoundObject) -> Path:
        """As :class:`ObjectSource` says."""
        return self._root / found.bucket / relative_path(found.key)

    def _walk(self, bucket: str, prefix: str, below: str, window: Window) -> Iterator[FoundObject]:
        folder = self._root / bucket / prefix / below
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            names = sorted((entry.name, entry.is_dir(), entry.stat().st_size) for entry in entries)
        for name, is_folder, size in names:
            if not is_folder:
                key = key_of((folder / name).relative_to(self._root / bucket))
                yield FoundObject(bucket, key, size)
            elif window.may_hold_folder(f"{below}{name}/"):
                yield from self._walk(bucket, prefix, f"{below}{name}/", window)


class EndpointSource:
    """The objects of buckets, at S3 or an endpoint like it."""

    def __init__(self, store: EndpointStore) -> None:
        self._store = store

    def walk(self, location: str, window: Window) -> Iterator[FoundObject]:
        """As :class:`ObjectSource` says: an object that was written before the range has no record of it."""
        bucket, _, prefix = location.partition("/")
        listed = (
            self._store.list_folders(bucket, prefix, lambda folder: window.may_hold_folder(folder[len(prefix) :]))
            if window.bounded
            else self._store.list(bucket, prefix)
        )
        for found in listed:
            # A key that ends in a slash is what consoles make of a folder.
            if not found.key.endswith("/") and found.modified * 1000 >= window.since:
                yield FoundObject(bucket, found.key, found.size)

    def chunks(self, found: FoundObject) -> Iterator[bytes]:
        """As :class:`ObjectSource` says."""
        return self._store.chunks(found.bucket, found.key)

    def path_of(self, found: FoundObject) -> Path:
        """As :class:`ObjectSource` says."""
        return Path("s3:", found.bucket, found.key)


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body without their ends, inflated where it is gzip; no more of it is held than a line.

    Raises
    ------
    StoreError
        If the gzip is broken.
    """
    rest: list[bytes] = []
    for piece in inflated(chunks):
        first, *others = piece.split(b"\n")
        rest.append(first)
        if others:
            yield b"".join(rest)
            yield from others[:-1]
            rest = others[-1:]
    if last := b"".join(rest):
        yield last


def inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A body, inflated where it is gzip, of one member or of several.

    Raises
    ------
    StoreError
        If the gzip is broken.
    """
    inflater = None
    begun = False
    for piece in chunks:
        if not begun:
            begun = True
            inflater = zlib.decompressobj(_GZIP) if piece.startswith(b"\x1f\x8b") else None
        if inflater is None:
            yield piece
            continue
        try:
            while piece:
                yield inflater.decompress(piece, _CHUNK_BYTES)
                piece = inflater.unconsumed_tail
                if inflater.eof:
                    piece, inflater = inflater.unused_data, zlib.decompressobj(_GZIP)
        except zlib.error as error:
            raise StoreError(f"the object is no gzip that can be read: {error}") from None
