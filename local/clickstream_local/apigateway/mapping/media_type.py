"""Which template belongs to a Content-Type or Accept header."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

DEFAULT_TYPE = "application/json"


@lru_cache(maxsize=256)
def media_type(header: str | None) -> str:
    """The MIME type without parameters, in lower case; an absent header counts as JSON (aws-facts 10.2)."""
    if header is None:
        return DEFAULT_TYPE
    return header.partition(";")[0].strip().lower() or DEFAULT_TYPE


def for_content_type(templates: Mapping[str, str], content_type: str | None) -> str | None:
    """The key of the request template for a Content-Type, or None (aws-facts 10.2)."""
    return _of_content_type(tuple(templates), content_type)


@lru_cache(maxsize=256)
def _of_content_type(keys: tuple[str, ...], content_type: str | None) -> str | None:
    wanted = media_type(content_type)
    return next((key for key in keys if media_type(key) == wanted), None)


def for_accept(templates: Mapping[str, str], accept: str | None) -> str | None:
    """The key of the response template for an Accept header, or None without templates.

    It is the first type named there that has a template, else ``application/json``, else the first (aws-facts 10.2).
    """
    return _of_accept(tuple(templates), accept) if templates else None


@lru_cache(maxsize=256)
def _of_accept(templates: tuple[str, ...], accept: str | None) -> str:
    keys = {media_type(key): key for key in templates}
    for part in (accept or "").split(","):
        if part.strip() and media_type(part) in keys:
            return keys[media_type(part)]
    return keys.get(DEFAULT_TYPE) or templates[0]
