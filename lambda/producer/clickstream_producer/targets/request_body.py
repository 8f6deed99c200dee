"""The body of a batch request, built without the SDK's walk over every record.

boto3 spends most of its time per record on checking and serializing shapes in Python (facts/peers.md#findings,
finding 7). Here
only the body is our own; :class:`~clickstream_producer.targets.connection.AwsConnection` sends it.
"""

from __future__ import annotations

import json
import random
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from clickstream_producer.spool.record import Record
from clickstream_producer.targets.put_operation import PutOperation

try:
    from pybase64 import b64encode as _base64  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # the extra `fast` is not installed
    _base64 = partial(b2a_base64, newline=False)

PIECE: Final = 48 * 1024
"""Bytes encoded at a time, where entries are of one size: they stay in the cache. A multiple of 3: without padding, the
pieces of a large entry join."""

_NEXT: Final = b'"},{"Data":"'
_NEXT_KEY: Final = b'"},{"PartitionKey":"'
_DATA: Final = b'","Data":"'
_CUT: Final = len(b'"},')
"""What the first entry does not need: nothing stands before it."""
_END: Final = b'"}]}'


class RequestBody:
    """Writes request bodies into one buffer, kept since fresh megabytes cost page faults.

    Source: facts/peers.md#findings, finding 8.

    Parameters
    ----------
    operation
        Says whether entries have partition keys. A record without one gets a random key, which spreads records over
        the shards.
    stream
        The request's members that name the stream.
    """

    def __init__(self, operation: PutOperation, stream: Mapping[str, str]) -> None:
        members = "".join(f"{json.dumps(name)}:{json.dumps(value)}," for name, value in stream.items())
        self._head = b'{%s"Records":[' % members.encode()
        self._has_keys = operation.has_keys
        self._buffer = bytearray()

    def build(self, records: Sequence[Record]) -> memoryview:
        """Write the body of a request; the view is good until the next call."""
        entries: list[bytes] = []
        for record in records:
            entries += [part + b"\n" for part in record.parts] or (record.data,)
        keys = _keys(records, len(entries)) if self._has_keys else []
        raw = sum([record.size for record in records])
        # At most: base64 makes 4 bytes of 3, and of the rest.
        size = raw * 4 // 3 + len(entries) * (4 + len(_NEXT_KEY) + len(_DATA))
        size += len(self._head) + sum(map(len, keys)) + len(_END)
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        view = memoryview(self._buffer)
        at = _write(view, 0, self._head)
        group = max(1, PIECE * len(entries) // max(raw, 1))
        for start in range(0, len(entries), group):
            texts = [b""] if group == 1 else list(map(_base64, entries[start : start + group]))
            text = _framed(texts, keys[start : start + group])
            at = _write(view, at, text if start else memoryview(text)[_CUT:])
            if group == 1:
                entry = memoryview(entries[start])
                for piece in range(0, len(entry), PIECE):
                    at = _write(view, at, _base64(entry[piece : piece + PIECE]))
        at = _write(view, at, _END)
        return view[:at]


def _framed(texts: list[bytes], keys: list[bytes]) -> bytes:
    if not keys:
        pieces = [_NEXT, b""] * len(texts)
        pieces[1::2] = texts
    else:
        pieces = [_NEXT_KEY, b"", _DATA, b""] * len(texts)
        pieces[1::4], pieces[3::4] = keys, texts
    return b"".join(pieces)


def _keys(records: Sequence[Record], count: int) -> list[bytes]:
    """Give each entry's key: its own, or random digits."""
    digits = random.randbytes(8 * count).hex().encode()  # noqa: S311 - for spreading, not for secrets
    keys = [digits[at : at + 16] for at in range(0, 16 * count, 16)]
    first = 0
    for record in records:
        for index, key in enumerate(record.keys or [record.key], first):
            if key is not None:
                keys[index] = json.dumps(key)[1:-1].encode()
        first += record.entries
    return keys


def _write(view: memoryview, at: int, text: bytes | memoryview) -> int:
    end = at + len(text)
    view[at:end] = text
    return end
