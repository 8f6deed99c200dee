"""The first bytes of a file: what tells it from another file that got the same inode number."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

HEAD_BYTES: Final = 1024
"""Most bytes that are compared."""


class Head(NamedTuple):
    """How many first bytes are known, and their digest; the bytes themselves are not saved."""

    length: int
    digest: bytes

    @classmethod
    def of(cls, first: bytes) -> Head:
        """Make one of the first bytes of a file."""
        return cls(len(first), hashlib.blake2b(first, digest_size=16).digest())

    def begins(self, first: bytes) -> bool:
        """Whether a file that begins with these bytes may be the same; nothing known matches every file."""
        return len(first) >= self.length and Head.of(first[: self.length]).digest == self.digest
