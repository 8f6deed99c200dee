"""Binary payloads: which payloads are binary, and what ``ContentHandling`` makes of one.

After the API Gateway developer guide, "Content type conversions in API Gateway", whose tables were recorded on AWS with
S3 behind the API. A payload is converted before its template reads it, and a template cannot read bytes
(facts/api-gateway.md#binary-payloads).
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

    def accepted(self, accept: str | None) -> bool:
        """Whether a client asks for binary data, by the first type of its Accept header."""
        return self.match((accept or "*/*").partition(",")[0])


def check_handling(value: str | None) -> str | None:
    """A ``ContentHandling``. Raises :class:`UnsupportedSettingError` for what is none."""
    if value not in (None, TO_BINARY, TO_TEXT):
        raise UnsupportedSettingError(f"ContentHandling {value!r} is neither {TO_BINARY} nor {TO_TEXT}")
    return value


def convert(payload: bytes, handling: str | None, *, binary: bool, wants_binary: bool) -> str | bytes:
    """A payload as its template, or who receives it, sees it: text, or bytes.

    Parameters
    ----------
    payload:
        When it is empty, it is a text.
    handling:
        ``ContentHandling``.
    binary:
        Whether the payload is of a binary media type.
    wants_binary:
        Whether bytes are wanted where ``handling`` says nothing.

    Raises
    ------
    GatewayError
        500 when a text that bytes are wanted of is not base64.
    """
    if handling is not None:
        wants_binary = handling == TO_BINARY
    if binary and payload:
        return payload if wants_binary else base64.b64encode(payload).decode()
    if not wants_binary or not payload:
        return payload.decode("utf-8", "replace")
    try:
        return binascii.a2b_base64(payload, strict_mode=True)
    except (binascii.Error, ValueError):
        raise InternalServerError("Unable to base64 decode the body.") from None


def readable(payload: str | bytes) -> str:
    """What a template reads. Raises :class:`GatewayError`, 500, for bytes."""
    if isinstance(payload, bytes):
        raise InternalServerError("Unable to transform request")
    return payload
