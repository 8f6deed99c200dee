"""One line of an Apache access log: common, combined, or either with the virtual host in front."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from clickstream_transform.errors import Reason

NO_APACHE_LOG = Reason("", "no_apache_log", "the line must be in Apache's common, combined or vhost log format")

# Quoted text may hold \" and \\; unrolled, so that a long one costs one pass. What follows the user agent is left
# alone, its closing quote included: a line may be cut short in it.
_QUOTED = r'([^"\\]*(?:\\.[^"\\]*)*)'
_REQUEST = rf'(\S+) (\S+) (\S+)(?: (\S+))? \[([^\]]*)\] "{_QUOTED}" (\d{{3}}|-) (\d+|-)'
match_request = re.compile(_REQUEST, re.ASCII).match
"""Groups: three or four names, time, request, status, bytes; what follows may be anything."""

match_line = re.compile(rf'{_REQUEST}(?: "{_QUOTED}"(?: "{_QUOTED})?)?', re.ASCII).match
"""The same, and referrer and user agent."""

match_strict = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+)(\s[\+\-]\d{4}){0,1}\] "(.+?)" (\d{3}) (\d+)').match
"""What the JSON blueprint takes (transforms.md 3.2): host, ident, user, time, offset, request, status, bytes."""

match_strict_csv = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+\s[\+\-]\d{4})\] "(.+?)" (\d{3}) (\d+)').match
"""What the CSV blueprint takes (transforms.md 3.3): the offset is required, and part of the time."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_MINUTE = re.compile(r"(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d{4}", re.ASCII)


def names(first: str, second: str, third: str, fourth: str | None) -> tuple[str | None, str, str, str]:
    """Virtual host, host, identity and user, of the three or four names before the time.

    A fourth is a virtual host in front, or the second word of a user's name; the identity, which hardly any server
    asks for and logs as ``-``, tells which.
    """
    if fourth is None:
        return None, first, second, third
    if second == "-" and third != "-":
        return None, first, second, f"{third} {fourth}"
    return first, second, third, fourth


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
