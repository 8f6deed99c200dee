"""Shard iterators: opaque text that says where to read, good for five minutes."""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple

import orjson

from clickstream_local.wire.aws_json import ApiError

LIFETIME_SECONDS = 300


class Iterator(NamedTuple):
    """A place in a shard; ``made`` is epoch seconds."""

    stream: str
    shard: str
    position: int
    made: float

    def text(self) -> str:
        """As clients see it."""
        return base64.b64encode(orjson.dumps([*self])).decode()


def parse(text: Any, now: float) -> Iterator:
    """Read an iterator; one that is invalid or too old is an :class:`~clickstream_local.wire.aws_json.ApiError`."""
    try:
        stream, shard, position, made = orjson.loads(base64.b64decode(text, validate=True))
        found = Iterator(str(stream), str(shard), int(position), float(made))
    except (binascii.Error, TypeError, ValueError):
        raise ApiError("InvalidArgumentException", "Invalid ShardIterator.") from None
    if now - found.made > LIFETIME_SECONDS:
        message = f"Iterator expired: an iterator is good for {LIFETIME_SECONDS} seconds; get a new one"
        raise ApiError("ExpiredIteratorException", message)
    return found
