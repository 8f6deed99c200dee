"""Context lines: the first line of a record that an endpoint, the transform or a replay wrote, and its token."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from clickstream_local.common.model import Function

_VARIABLE = "CLICKSTREAM_CONTEXT_TOKENS"
_TOKEN = re.compile(rb'(\{"clickstream": ?1,[^\n]*?"token": ?")([A-Za-z0-9-]*)')


def context_token(function: Function) -> str | None:
    """The token by which a function believes context lines, the one that it writes itself; None where it has none."""
    return function.environment.get(_VARIABLE, "").split(",")[0] or None


def believing_all(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a function believes every context line, as of a sample that somebody chose."""
    return {name: value for name, value in environment.items() if name != _VARIABLE}


def with_token(record: bytes, token: str | None, previous: Collection[str]) -> bytes:
    """A record whose context line has a previous token, with the token that is believed now; others as they are."""
    found = _TOKEN.match(record)
    if token is None or found is None or found[2].decode() not in previous:
        return record
    return found[1] + token.encode() + record[found.end() :]


def without_token(record: bytes) -> bytes:
    """A record as it may be shown."""
    return _TOKEN.sub(rb"\1...", record, count=1) if _TOKEN.match(record) else record
