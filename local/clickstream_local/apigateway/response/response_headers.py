"""Response headers that API Gateway renames."""

from __future__ import annotations

from collections.abc import Iterable

# apigateway-runtime.json, headers.response_headers_renamed_x-amzn-Remapped-*
_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
    }
)


def remap(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers, those that API Gateway keeps for itself under ``x-amzn-Remapped-<name>`` (aws-facts 10.6)."""
    return tuple([(f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name, value) for name, value in headers])
