"""One line of an Apache access log: common, combined, or either with the virtual host in front."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from clickstream_transform.errors import Reason

NO_APACHE_LOG = Reason("", "no_apache_log", "the line must be in Apache's common, combined or vhost log format")

# Quoted text may hold \" and \\; unrolled, so that a long one costs one pass. What follows the user agent is left
# alone, its closing quote included: a line may be cut short in it.
_QUOTED = r'([^"\\]*(?:\\.[^"\\]*)*)'
_REQUEST = rf'(\S+ \S+ \S+(?: \S+){{0,13}}?) \[([^\]]*)\] "{_QUOTED}" (\d{{3}}|-) (\d+|-)'
match_request = re.compile(_REQUEST, re.ASCII).match
"""Groups: the names before the time, time, request, status, bytes; what follows may be anything."""

match_line = re.compile(rf'{_REQUEST}(?: "{_QUOTED}"(?: "{_QUOTED})?)?', re.ASCII).match
"""The same, and referrer and user agent."""

match_strict = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+)(\s[\+\-]\d{4}){0,1}\] "(.+?)" (\d{3}) (\d+)').match
"""What the JSON blueprint takes (transforms.md 3.2): host, ident, user, time, offset, request, status, bytes."""

match_strict_csv = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+\s[\+\-]\d{4})\] "(.+?)" (\d{3}) (\d+)').match
"""What the CSV blueprint takes (transforms.md 3.3): the offset is required, and part of the time."""

_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*", re.ASCII | re.IGNORECASE)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_MINUTE = re.compile(r"(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d{4}", re.ASCII)


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
    identity, which hardly any server asks for and logs as ``-``, tells which. ``client, proxy - -`` and
    ``proxy (client) - -`` name the client that a proxy forwards for.
    """
    words = front.split(" ")
    if len(words) == 3 and words[0][-1] != ",":
        return Names(None, *words)
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
        return Names(None, host, ident, user, " ".join(proxies))
    if len(words) < 3:
        return None
    first, second, third, *more = words
    if second == "-" and third != "-":
        return Names(None, first, second, " ".join((third, *more)), " ".join(proxies))
    if len(more) > 1 or proxies or (_ADDRESS.fullmatch(first) and _ADDRESS.fullmatch(second)):
        return None
    return Names(None if first == "-" else first, second, third, more[0])


def utc(text: str) -> str | None:
    """``10/Oct/2000:13:55:36 -0700`` in UTC as timestamp columns hold it; None where it is no such time."""
    minute = _utc_minute(text[:17], text[20:])
    seconds = text[18:20]
    if minute is None or text[17:18] != ":" or not seconds.isdigit() or not "00" <= seconds <= "59":
        return None
    return f"{minute}{seconds}.000Z"


def local_iso(text: str) -> str | None:
    """``10/Oct/2000:13:55:36`` in ISO format, zone unknown; None where it is no such time."""
    moment = utc(f"{text} +0000")
    return None if moment is None else moment[:19]


@lru_cache(maxsize=4096)
def _utc_minute(minute: str, offset: str) -> str | None:
    # Busy logs have many lines a minute: the arithmetic is done once for each.
    found = _MINUTE.fullmatch(minute)
    if found is None or offset[:1] != " " or _OFFSET.fullmatch(offset, 1) is None:
        return None
    day, month, year, hour, of_hour = found.groups()
    shift = timedelta(hours=int(offset[2:4]), minutes=int(offset[4:6]))
    try:
        zone = timezone(-shift if offset[1] == "-" else shift)
        moment = datetime(int(year), _MONTHS[month.title()], int(day), int(hour), int(of_hour), tzinfo=zone)
        return moment.astimezone(UTC).isoformat()[:17]
    except (ValueError, KeyError, OverflowError):
        return None
