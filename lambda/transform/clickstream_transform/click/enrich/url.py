"""The parts of an address, by RFC 3986's own expression: nothing is refused, a part that is not there is None."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?")
_PORT = re.compile(r":\d*\Z")

UrlParts = tuple[str | None, str | None, str | None]


def split_url(url: str) -> UrlParts:
    """Host (lower case, without user and port), path and query (without the question mark) of an address.

    A part that is empty or absent is None, but the path of a host is at least ``/`` (RFC 3986 6.2.3). An address
    without a host, such as ``/cart``, has a path only; one of a scheme without ``//``, such as ``mailto:``, no part.
    """
    match = _PARTS.match(url)
    if match is None:
        return None, None, None
    scheme, authority, path, query = match.groups()
    if authority is None and scheme is not None:
        return None, None, None
    host = None
    if authority:
        host = _PORT.sub("", authority.rpartition("@")[2]).lower() or None
    return host, path or ("/" if host else None), query or None
