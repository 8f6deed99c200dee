"""Gzip records, inflated with a bound: 200 MB fit into 200 kB of gzip."""

from __future__ import annotations

import zlib

from clickstream_transform.errors import UndecodableRecordError

GZIP_MAGIC = b"\x1f\x8b"


class InflateBudget:
    """How much may still be inflated in this invocation, and in one record.

    The bounds exist for the function's memory: a record that passes one is undecodable, its neighbours go on.
    """

    def __init__(self, per_record: int, per_call: int) -> None:
        self._per_record = per_record
        self._left = per_call

    def inflate(self, data: bytes) -> bytes:
        """The inflated bytes of all gzip members in ``data``.

        Raises
        ------
        UndecodableRecordError
            The gzip is broken or cut short, or a bound is passed.
        """
        limit = min(self._per_record, self._left)
        parts: list[bytes] = []
        size = 0
        while data:
            member = zlib.decompressobj(wbits=31)
            try:
                part = member.decompress(data, limit - size + 1)
            except zlib.error:
                raise UndecodableRecordError("invalid_gzip") from None
            size += len(part)
            self._left -= len(part)
            if size > limit:
                raise UndecodableRecordError("inflated_too_large")
            if not member.eof:
                raise UndecodableRecordError("invalid_gzip")
            parts.append(part)
            # Padding with zero bytes after the last member is allowed, as gzip itself allows it.
            data = member.unused_data.lstrip(b"\0")
        return b"".join(parts)
