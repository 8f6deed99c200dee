"""Finds files by what they hold and by their names, at a cost that does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from clickstream_producer.agent.fingerprint import Fingerprint
from clickstream_producer.agent.rotated_copy import family

TRIED: Final = 8
"""Most files of one kind that are proposed: what comes after them would make the search grow with their number."""


class ContentIndex:
    """Files by folder and content, and by name where the content is not known to be whole.

    It proposes; whoever asks compares. Files with the same beginning, such as exports with one header, share a bucket
    of which only the first 8 are proposed. Their names, which say more, are looked up one by one. Keys are hashes of
    what they stand for, which takes half the memory; two that are equal by chance propose a file too many.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, str | dict[str, None]] = {}  # most hold one file
        self._keys: dict[str, tuple[int, ...]] = {}

    def put(self, file: str, path: str, fingerprint: Fingerprint, sample: bytes = b"") -> None:
        """Take in a file, or what has changed of it.

        Parameters
        ----------
        file
            What to propose.
        path
            Where it is.
        fingerprint
            Of everything in it that is known.
        sample
            Digest of its beginning, the same length for all; empty if it is shorter.
        """
        folder, _, name = path.rpartition("/")
        keys: tuple[int, ...] = (hash((folder, fingerprint)), hash((folder, name)), hash((family(name),)))
        if sample:
            keys = (*keys, hash((folder, sample)))
        before = self._keys.get(file, ())
        self._keys[file] = keys
        for key in before:
            if key not in keys:
                self._discard(key, file)
        for key in keys:
            if key not in before:
                self._add(key, file)

    def remove(self, file: str) -> None:
        """Forget a file, if it is here."""
        for key in self._keys.pop(file, ()):
            self._discard(key, file)

    def _add(self, key: int, file: str) -> None:
        bucket = self._buckets.setdefault(key, file)
        if isinstance(bucket, dict):
            bucket[file] = None
        elif bucket != file:
            self._buckets[key] = {bucket: None, file: None}

    def _discard(self, key: int, file: str) -> None:
        bucket = self._buckets.get(key)
        if isinstance(bucket, dict):
            del bucket[file]
            if bucket:
                return
        if bucket is not None:
            del self._buckets[key]

    def has_shorter_name(self, path: str) -> bool:
        """Whether a file is here, in the same folder, whose name this one's begins with."""
        folder, _, name = path.rpartition("/")
        return any(hash((folder, name[:length])) in self._buckets for length in range(1, len(name)))

    def candidates(self, path: str, fingerprint: Fingerprint, sample: bytes = b"") -> Iterator[str]:
        """Propose the files that one may be a copy of, the most likely ones first."""
        folder, _, name = path.rpartition("/")
        proposed: set[str] = set()
        for key in (
            (folder, fingerprint),
            *((folder, name[:length]) for length in range(len(name), 0, -1)),
            (folder, sample),
            (family(name),),
        ):
            bucket = self._buckets.get(hash(key))
            if bucket is None:
                continue
            for file in (bucket,) if isinstance(bucket, str) else tuple(islice(bucket, TRIED)):
                if file not in proposed:
                    proposed.add(file)
                    yield file
