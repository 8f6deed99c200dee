"""The first and the last bytes before a position: they tell a file from another one in its place."""

from __future__ import annotations

import hashlib
import os
from typing import Final, NamedTuple

WINDOW: Final = 1024
"""Bytes that are compared at each end."""


class Fingerprint(NamedTuple):
    """Digests of the first and the last bytes before a position; the bytes themselves are not kept.

    Attributes
    ----------
    length
        The position.
    head, tail
        Digests of at most 1,024 bytes from the start, and of at most 1,024 bytes that end at the position.
    """

    length: int
    head: bytes
    tail: bytes

    @classmethod
    def of(cls, content: bytes) -> Fingerprint:
        """Make one of a whole content."""
        head = digest(content[:WINDOW])
        return cls(len(content), head, head if len(content) <= WINDOW else digest(content[-WINDOW:]))

    @classmethod
    def read(cls, descriptor: int, length: int) -> Fingerprint | None:
        """Read one from an open file; None where it is shorter."""
        head = os.pread(descriptor, min(WINDOW, length), 0)
        if length <= WINDOW:
            return cls.of(head) if len(head) == length else None
        tail = os.pread(descriptor, WINDOW, length - WINDOW)
        return cls(length, digest(head), digest(tail)) if len(tail) == WINDOW else None

    def is_of(self, descriptor: int) -> bool:
        """Whether an open file has these bytes before this position; every file has nothing at its start."""
        return self.read(descriptor, self.length) == self

    def differs(self, other: Fingerprint) -> bool:
        """Whether the first bytes alone tell that the two are of different contents."""
        return self.length >= WINDOW <= other.length and self.head != other.head


def digest(data: bytes) -> bytes:
    """Give the digest of a window."""
    return hashlib.blake2b(data, digest_size=16).digest()


NOTHING: Final = Fingerprint.of(b"")
"""That of the start of every file."""
