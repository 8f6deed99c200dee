"""Apache access log to JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from json.encoder import encode_basestring as quote

from clickstream_transform.blueprints.apache_line import match_line, names
from clickstream_transform.blueprints.line_processor import NO_APACHE_LOG, LineProcessor, with_flag
from clickstream_transform.blueprints.strict_processor import StrictProcessor

_match_strict = re.compile(r'([\d.]+) (\S+) (\S+) \[([\w:/]+)(\s[\+\-]\d{4}){0,1}\] "(.+?)" (\d{3}) (\d+)').match
"""What the JSON blueprint takes (facts/blueprints.md#apache-to-json): host, ident, user, time, offset, request,
status, bytes.
"""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_MINUTE = re.compile(r"(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d{4}", re.ASCII)


def lenient() -> LineProcessor:
    """Rows with the columns of ``apache.schema.json``; what the log gives as ``-`` is left out."""
    return LineProcessor(_row, NO_APACHE_LOG, flagged=with_flag)


def strict() -> StrictProcessor:
    """The blueprint's output: its regular expression, its keys in its order, no newline.

    Source: facts/blueprints.md#apache-to-json.
    """
    return StrictProcessor(_blueprint_row)


def members(line: str) -> str | None:
    """The row of a line as JSON members, without braces; None where it is no line of an access log."""
    found = match_line(line)
    if found is None:
        return None
    front, time, request, status, size, referrer, user_agent = found.groups()
    named = names(front)
    if named is None:
        return None
    vhost, host, ident, user, proxies = named
    text = f'"host":{quote(host)}'
    if vhost is not None:
        text = f'"vhost":{quote(vhost)},{text}'
    if ident != "-":
        text += f',"ident":{quote(ident)}'
    if user != "-":
        text += f',"authuser":{quote(user)}'
    moment = _utc(time)
    if moment is None:
        text += f',"time_text":{quote(time)}'
    else:
        text += f',"timestamp":"{moment}","timezone":"{time[21:]}"'
    if request and request != "-":
        text += f',"request":{quote(request)}{_parts(request)}'
    if status != "-":
        text += f',"response":{int(status)}'
    rest = [proxies] if proxies else []
    if size != "-":
        if len(size) < 19:
            text += f',"bytes":{int(size)}'
        else:
            rest.append(size)
    if referrer and referrer != "-":
        text += f',"referrer":{quote(referrer)}'
    if user_agent and user_agent != "-":
        text += f',"user_agent":{quote(user_agent)}'
    behind = line[found.end() :].removeprefix('"').strip()
    if behind:
        rest.append(behind)
    if rest:
        text += f',"rest":{quote(" ".join(rest))}'
    return text


def _row(line: str) -> str | None:
    row = members(line)
    return None if row is None else f"{{{row}}}\n"


def _parts(request: str) -> str:
    """``verb``, ``path`` and ``protocol`` of a request that has them."""
    verb, _, rest = request.partition(" ")
    if not rest:
        return ""
    path, _, protocol = rest.rpartition(" ")
    if not path or not protocol.startswith("HTTP/"):
        return f',"verb":{quote(verb)},"path":{quote(rest)}'
    return f',"verb":{quote(verb)},"path":{quote(path)},"protocol":{quote(protocol)}'


def _blueprint_row(text: str) -> str | None:
    found = _match_strict(text)
    if found is None:
        return None
    host, ident, user, time, offset, request, status, size = found.groups()
    row: dict[str, object] = {
        "host": host,
        "ident": ident,
        "authuser": user,
        # A time that cannot be read is kept as it is.
        "@timestamp": _local_iso(time) or time,
        "request": request,
        "response": int(status),
        "bytes": int(size) if len(size) < 4000 else size,
    }
    verb, space, _ = request.partition(" ")
    if space:
        row["verb"] = verb
    if offset is not None:
        row["timezone"] = offset.strip()
        moment = _utc(f"{time} {offset.strip()}")
        if moment is not None:
            row["@timestamp_utc"] = f"{moment[:19]}+00:00"
    return json.dumps(row)


def _utc(text: str) -> str | None:
    """``10/Oct/2000:13:55:36 -0700`` in UTC as timestamp columns hold it; None where it is no such time."""
    minute = _utc_minute(text[:17], text[20:])
    seconds = text[18:20]
    if minute is None or text[17:18] != ":" or not seconds.isdigit() or not "00" <= seconds <= "59":
        return None
    return f"{minute}{seconds}.000Z"


def _local_iso(text: str) -> str | None:
    """``10/Oct/2000:13:55:36`` in ISO format, zone unknown; None where it is no such time."""
    moment = _utc(f"{text} +0000")
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
