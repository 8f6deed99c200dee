"""The digest behind ids and fingerprints: BLAKE2b, 128 bits."""

from __future__ import annotations

try:
    # hashlib's own source of it: importing hashlib loads OpenSSL, a tenth of a cold start, for functions not used here.
    from _blake2 import blake2b
except ImportError:  # an interpreter built otherwise
    from hashlib import blake2b


def digest(data: bytes) -> str:
    """32 hex digits."""
    return blake2b(data, digest_size=16).hexdigest()
