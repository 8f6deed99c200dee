"""Apache access log to JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quote

from clickstream_transform.blueprints.apache_line import NO_APACHE_LOG, local_iso, match_line, match_strict, names, utc
from clickstream_transform.blueprints.line_processor import LineProcessor, with_flag
from clickstream_transform.blueprints.strict_processor import StrictProcessor


def lenient() -> LineProcessor:
    """Rows with the columns of ``apache.schema.json``; what the log gives as ``-`` is left out."""
    return LineProcessor(_row, NO_APACHE_LOG, flagged=with_flag)


def strict() -> StrictProcessor:
    """The blueprint's output: its regular expression, its keys in its order, no newline (transforms.md 3.2)."""
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
    moment = utc(time)
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
    found = match_strict(text)
    if found is None:
        return None
    host, ident, user, time, offset, request, status, size = found.groups()
    row: dict[str, object] = {
        "host": host,
        "ident": ident,
        "authuser": user,
        # A time that cannot be read is kept as it is.
        "@timestamp": local_iso(time) or time,
        "request": request,
        "response": int(status),
        "bytes": int(size) if len(size) < 4000 else size,
    }
    verb, space, _ = request.partition(" ")
    if space:
        row["verb"] = verb
    if offset is not None:
        row["timezone"] = offset.strip()
        moment = utc(f"{time} {offset.strip()}")
        if moment is not None:
            row["@timestamp_utc"] = f"{moment[:19]}+00:00"
    return json.dumps(row)
