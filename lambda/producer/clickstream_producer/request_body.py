"""The body of a batch request, built without the SDK's walk over every record.

boto3 spends most of its time per record on checking and serializing shapes in Python (producers.md, finding 7). Here
only the body is our own; :class:`~clickstream_producer.connection.AwsConnection` sends it.
"""

from __future__ import annotations

import json
import random
from binascii import b2a_base64
from collections.abc import Sequence
from functools import partial
from typing import Final

from .put_operation import PutOperation
from .record import Record

try:
    from pybase64 import b64encode as _base64  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # the extra `fast` is not installed
    _base64 = partial(b2a_base64, newline=False)

PIECE: Final = 48 * 1024
"""Bytes encoded at a time: a multiple of 3, so that pieces join without padding; small enough to stay in the cache."""

_BETWEEN: Final = b'"},{"Data":"'
_END: Final = b'"}]}'
_KEY: Final = b'","PartitionKey":"'


class RequestBody:
    """Writes request bodies into one buffer, kept since fresh megabytes cost page faults (producers.md, finding 8).

    Parameters
    ----------
    operation
        Names the stream, and says whether entries have partition keys. A record without one gets a random key, which
        spreads records over the shards.
    """

    def __init__(self, operation: PutOperation) -> None:
        members = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in operation.stream.items())
        self._head = b'{%s"Records":[{"Data":"' % members.encode()
        self._has_keys = operation.has_keys
        self._buffer = bytearray()

    def build(self, records: Sequence[Record]) -> memoryview:
        """Write the body of a request; the view is good until the next call."""
        entries: list[bytes] = []
        for record in records:
            entries += record.parts or (record.data,)
        ends = [_KEY + _escaped(key) for record in records for key in _keys(record)] if self._has_keys else []
        encoded = sum([(len(entry) + 2) // 3 * 4 for entry in entries])
        size = len(self._head) + encoded + sum(map(len, ends)) + (len(entries) - 1) * len(_BETWEEN) + len(_END)
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        view = memoryview(self._buffer)
        at = _write(view, 0, self._head)
        group = max(1, PIECE // (max(map(len, entries)) + 1))
        for start in range(0, len(entries), group):
            if start:
                at = _write(view, at, _BETWEEN)
            if group > 1:
                texts = [_base64(entry) for entry in entries[start : start + group]]
                if ends:
                    texts = [text + end for text, end in zip(texts, ends[start : start + group], strict=True)]
                at = _write(view, at, _BETWEEN.join(texts))
            else:
                entry = memoryview(entries[start])
                for piece in range(0, len(entry), PIECE):
                    at = _write(view, at, _base64(entry[piece : piece + PIECE]))
                if ends:
                    at = _write(view, at, ends[start])
        at = _write(view, at, _END)
        return view[:at]


def _keys(record: Record) -> Sequence[str | None]:
    return record.keys or [record.key] * record.entries


def _escaped(key: str | None) -> bytes:
    return b"%016x" % random.getrandbits(64) if key is None else json.dumps(key)[1:-1].encode()


def _write(view: memoryview, at: int, text: bytes) -> int:
    end = at + len(text)
    view[at:end] = text
    return end
