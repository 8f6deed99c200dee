"""Gzip records, inflated with a bound: 200 MB fit into 200 kB of gzip."""

from __future__ import annotations

import re

from clickstream_transform.errors import UndecodableRecordError

GZIP_MAGIC = b"\x1f\x8b"
_WINDOW = 16_384
"""Bytes given to zlib at once: it copies what is left of them after each member, and a record may be all members."""

_PADDING = rb"\0*"


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
        import zlib  # most records are no gzip, and a cold start does not pay

        padding = re.compile(_PADDING)
        limit = min(self._per_record, self._left)
        parts: list[bytes] = []
        size = position = 0
        view = memoryview(data)
        while position < len(data):
            member = zlib.decompressobj(wbits=31)
            while not member.eof:
                window = view[position : position + _WINDOW]
                if not window:
                    raise UndecodableRecordError("invalid_gzip")
                try:
                    # 0 would be no limit at all; the limit is never passed, so there is always one byte to ask for.
                    part = member.decompress(window, limit - size + 1)
                except zlib.error:
                    raise UndecodableRecordError("invalid_gzip") from None
                size += len(part)
                self._left = max(self._left - len(part), 0)
                if size > limit:
                    raise UndecodableRecordError("inflated_too_large")
                parts.append(part)
                position += len(window) - len(member.unused_data)
            # Padding with zero bytes after the last member is allowed, as gzip itself allows it.
            position = padding.match(data, position).end()  # type: ignore[union-attr]
        return b"".join(parts)
