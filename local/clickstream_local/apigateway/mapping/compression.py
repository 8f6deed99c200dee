"""Compressed payloads: requests are always unpacked, responses are packed when the API asks for it.

After the API Gateway developer guide, "Payload compression for REST APIs".
"""

from __future__ import annotations

import gzip
import zlib

from clickstream_local.apigateway.context.errors import GatewayError, GatewayType
from clickstream_local.common.http import Headers, Response

_GZIP = 16 + zlib.MAX_WBITS


def unpack(headers: Headers, body: bytes, limit: int) -> bytes:
    """A request's body without its Content-Encoding.

    Raises
    ------
    GatewayError
        415 for a coding other than gzip, deflate and identity, and for a body that is not packed so; 413 when more than
        ``limit`` bytes come out.
    """
    coding = (headers.get("content-encoding") or "identity").strip().lower()
    if coding == "identity":
        return body
    if coding not in ("gzip", "deflate"):
        raise _unsupported()
    try:
        return _inflate(body, _GZIP if coding == "gzip" else zlib.MAX_WBITS, limit)
    except zlib.error:
        raise _unsupported() from None


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    """Unpack no more than the limit needs, so that a small body cannot fill the memory."""
    parts: list[bytes] = []
    size = 0
    while body:  # gzip may have several members
        inflater = zlib.decompressobj(window)
        part = inflater.decompress(body, limit - size + 1)
        size += len(part)
        if size > limit:
            raise GatewayError(GatewayType.REQUEST_TOO_LARGE, "Request Too Long")
        if not inflater.eof:
            raise _unsupported()
        parts.append(part)
        body = inflater.unused_data
    return b"".join(parts)


def pack(accept_encoding: str | None, response: Response, minimum_size: int) -> Response:
    """The response packed by gzip or deflate, if it has ``minimum_size`` bytes and the client takes one of them."""
    if len(response.body) < minimum_size or Headers(response.headers).get("content-encoding") is not None:
        return response
    accepted = _accepted(accept_encoding or "")
    if "gzip" in accepted:
        # The time would make the same answer differ from one second to the next.
        coding, body = "gzip", gzip.compress(response.body, mtime=0)
    elif "deflate" in accepted:
        coding, body = "deflate", zlib.compress(response.body)
    else:
        return response
    return Response(response.status, (*response.headers, ("Content-Encoding", coding)), body)


def _accepted(header: str) -> set[str]:
    accepted = set()
    for part in header.lower().split(","):
        coding, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=")
        if weight.strip("0.") or not parameters:
            accepted.add(coding.strip())
    return accepted


def _unsupported() -> GatewayError:
    return GatewayError(GatewayType.UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
