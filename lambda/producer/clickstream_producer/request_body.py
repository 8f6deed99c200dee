"""The body of a PutRecordBatch, built without the SDK's walk over every record.

boto3 spends most of its time per record on checking and serializing shapes in Python (producers.md, finding 7). Here
only the body is our own; :class:`~clickstream_producer.firehose_connection.FirehoseConnection` hands it to boto3.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from functools import partial
from typing import Final

try:
    from pybase64 import b64encode as _base64  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # the extra `fast` is not installed
    _base64 = partial(b2a_base64, newline=False)

PIECE: Final = 48 * 1024
"""Bytes encoded at a time: a multiple of 3, so that pieces join without padding; small enough to stay in the cache."""

_BETWEEN: Final = b'"},{"Data":"'
_END: Final = b'"}]}'


class RequestBody:
    """Writes request bodies into one buffer, kept since fresh megabytes cost page faults (producers.md, finding 8).

    Parameters
    ----------
    stream
        Name of the stream; its alphabet needs no escaping.
    """

    def __init__(self, stream: str) -> None:
        self._head = b'{"DeliveryStreamName":"%s","Records":[{"Data":"' % stream.encode()
        self._buffer = bytearray()

    def build(self, entries: Sequence[bytes]) -> memoryview:
        """Write the body of a request; the view is good until the next call."""
        encoded = sum((len(entry) + 2) // 3 * 4 for entry in entries)
        size = len(self._head) + encoded + (len(entries) - 1) * len(_BETWEEN) + len(_END)
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
                at = _write(view, at, _BETWEEN.join(texts))
            else:
                entry = memoryview(entries[start])
                for piece in range(0, len(entry), PIECE):
                    at = _write(view, at, _base64(entry[piece : piece + PIECE]))
        at = _write(view, at, _END)
        return view[:at]


def _write(view: memoryview, at: int, text: bytes) -> int:
    end = at + len(text)
    view[at:end] = text
    return end
