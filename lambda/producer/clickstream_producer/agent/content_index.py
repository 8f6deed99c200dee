"""Finds files by what they hold and by their names, at a cost that does not grow with their number."""

from __future__ import annotations

import os
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
    of which only the first 8 are proposed. Their names, which say more, are looked up one by one.
    """

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, object], dict[str, None]] = {}
        self._keys: dict[str, list[tuple[str, object]]] = {}

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
            Digest of its beginning, the same length for all.
        """
        self.remove(file)
        folder, name = os.path.split(path)
        keys: list[tuple[str, object]] = [
            (folder, fingerprint),
            (folder, sample),
            (folder, name),
            (folder, (family(name),)),
            ("", (family(name),)),
        ]
        self._keys[file] = keys
        for key in keys:
            self._buckets.setdefault(key, {})[file] = None

    def remove(self, file: str) -> None:
        """Forget a file, if it is here."""
        for key in self._keys.pop(file, ()):
            bucket = self._buckets[key]
            del bucket[file]
            if not bucket:
                del self._buckets[key]

    def has_shorter_name(self, path: str) -> bool:
        """Whether a file is here, in the same folder, whose name this one's begins with."""
        folder, name = os.path.split(path)
        return any((folder, name[:length]) in self._buckets for length in range(1, len(name)))

    def candidates(self, path: str, fingerprint: Fingerprint, sample: bytes = b"") -> Iterator[str]:
        """Propose the files that one may be a copy of, the most likely ones first."""
        folder, name = os.path.split(path)
        proposed: set[str] = set()
        for key in (
            (folder, fingerprint),
            *((folder, name[:length]) for length in range(len(name), 0, -1)),
            (folder, (family(name),)),
            (folder, sample),
            ("", (family(name),)),
        ):
            for file in islice(self._buckets.get(key, ()), TRIED):
                if file not in proposed:
                    proposed.add(file)
                    yield file
