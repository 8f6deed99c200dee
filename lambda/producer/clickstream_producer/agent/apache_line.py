# Generated from the transform's blueprints/apache_line.py by `make docs`.
"""One line of an Apache access log: common, combined, or either with the virtual host in front.

The producer's agent carries a copy, which ``make docs`` writes: this file imports nothing of the transform.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Quoted text may hold \" and \\; unrolled, so that a long one costs one pass. What follows the user agent is left
# alone, its closing quote included: a line may be cut short in it.
_QUOTED = r'([^"\\]*(?:\\.[^"\\]*)*)'
_REQUEST = rf'(\S+ \S+ \S+(?: \S+){{0,13}}?) \[([^\]]*)\] "{_QUOTED}" (\d{{3}}|-) (\d+|-)'
match_request = re.compile(_REQUEST, re.ASCII).match
"""Groups: the names before the time, time, request, status, bytes; what follows may be anything."""

match_line = re.compile(rf'{_REQUEST}(?: "{_QUOTED}"(?: "{_QUOTED})?)?', re.ASCII).match
"""The same, and referrer and user agent."""

_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*", re.ASCII | re.IGNORECASE)


class Names(NamedTuple):
    """The names before the time; ``proxies`` are the addresses that a request came through."""

    vhost: str | None
    host: str
    ident: str
    user: str
    proxies: str = ""


def names(front: str) -> Names | None:
    """The names before the time; None where it cannot be told which is the client's.

    Three are host, identity and user. A fourth is a virtual host in front, or the second word of a user's name; the
    identity, which hardly any server asks for and logs as ``-``, tells which. ``client, proxy - -``,
    ``"client, proxy" proxy - -`` and ``proxy (client) - -`` name the client that a proxy forwards for.
    """
    words = front.split(" ")
    if len(words) == 3 and words[0][-1] != "," and words[1] == "-":
        return Names(None, *words)
    if words[0][0] == '"':
        quoted, _, others = front[1:].partition('" ')
        words = others.split(" ")
        forwarded = [word for word in quoted.split(", ") if word not in ("", "-")]
        if len(words) < 3:
            return None
        if forwarded and all(map(_ADDRESS.fullmatch, forwarded)):
            words = [f"{address}," for address in forwarded] + words
        elif forwarded:
            words = [quoted, *words]
    proxies: list[str] = []
    while len(words) > 1 and words[0][-1] == ",":
        proxies.append(words.pop(0)[:-1])
    if proxies:
        proxies.append(words.pop(0))
        words.insert(0, proxies.pop(0))
    elif words[1][0] == "(" and words[1][-1] == ")":
        client = words.pop(1)[1:-1]
        if client not in ("", "-"):
            proxies, words[0] = [words[0]], client
    if len(words) == 3:
        host, ident, user = words
        if _ADDRESS.fullmatch(ident) is not None:  # of a proxy or of the client
            return None
        return Names(None, host, ident, user, " ".join(proxies))
    if len(words) < 3:
        return None
    first, second, third, *more = words
    if second == "-" and third != "-":
        return Names(None, first, second, " ".join((third, *more)), " ".join(proxies))
    if len(more) > 1 or proxies or (_ADDRESS.fullmatch(first) and _ADDRESS.fullmatch(second)):
        return None
    return Names(None if first == "-" else first, second, third, more[0])
