"""Binary payloads: which requests are binary, and what ``ContentHandling`` makes of a payload.

After the API Gateway developer guide, "Content type conversions in API Gateway".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from clickstream_local.apigateway.context.errors import (
    InternalServerError,
    UnsupportedSettingError,
)
from clickstream_local.apigateway.mapping.templates import media_type

TO_BINARY = "CONVERT_TO_BINARY"
TO_TEXT = "CONVERT_TO_TEXT"


class BinaryMediaTypes:
    """The ``BinaryMediaTypes`` of an API; ``*/*`` and ``image/*`` take what they stand for."""

    def __init__(self, types: Iterable[str]) -> None:
        # The service's own API writes a slash as ~1.
        self._types = frozenset(media_type(entry.replace("~1", "/")) for entry in types)

    def match(self, content_type: str | None) -> bool:
        """Whether a payload of this Content-Type is binary."""
        if not self._types:
            return False
        wanted = media_type(content_type)
        return bool(self._types & {wanted, f"{wanted.partition('/')[0]}/*", "*/*"})


def check_handling(value: str | None) -> str | None:
    """A ``ContentHandling``. Raises :class:`UnsupportedSettingError` for what is none."""
    if value not in (None, TO_BINARY, TO_TEXT):
        raise UnsupportedSettingError(f"ContentHandling {value!r} is neither {TO_BINARY} nor {TO_TEXT}")
    return value


def from_base64(text: str | bytes) -> bytes:
    """The bytes that a text stands for.

    Raises
    ------
    GatewayError
        500 when it is not base64 ([M]).
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise InternalServerError from None


def to_base64(body: bytes) -> str:
    """Binary data as a template sees it."""
    return base64.b64encode(body).decode()
