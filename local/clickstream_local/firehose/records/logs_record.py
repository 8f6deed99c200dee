"""Records that CloudWatch Logs sends: gzip around one JSON document (facts/sources.md#cloudwatch-logs)."""

from __future__ import annotations

import zlib
from typing import Any

import orjson

MAX_INFLATED_BYTES = 64 * 1024 * 1024
"""A bound of the runtime's own: a record of 1,000 KiB could inflate to a thousand times its size."""

_MESSAGE_TYPES = ("DATA_MESSAGE", "CONTROL_MESSAGE")


class DecompressionError(Exception):
    """A record that is not a compressed document of CloudWatch Logs."""

    code = "Decompression failed."

    def __init__(self) -> None:
        super().__init__("Decompression failed because input data does not conform to cloudwatch log.")


def decompressed(data: bytes) -> bytes:
    """The document of a record. Raises :class:`DecompressionError`."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        document = inflater.decompress(data, MAX_INFLATED_BYTES)
    except zlib.error:
        raise DecompressionError from None
    if not inflater.eof or inflater.unused_data:
        raise DecompressionError
    _parsed(document)
    return document


def messages(document: bytes) -> bytes:
    """The messages of a document, each followed by a newline; nothing for a control message."""
    events = _parsed(document).get("logEvents", [])
    if _parsed(document)["messageType"] == "CONTROL_MESSAGE":
        return b""
    return b"".join(str(event.get("message", "")).encode(errors="replace") + b"\n" for event in events)


def _parsed(document: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(document)
    except orjson.JSONDecodeError:
        raise DecompressionError from None
    if not isinstance(parsed, dict) or parsed.get("messageType") not in _MESSAGE_TYPES:
        raise DecompressionError
    events = parsed.get("logEvents", [])
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise DecompressionError
    return parsed
