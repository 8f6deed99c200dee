"""Syslog to JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quote

from .line_processor import LineProcessor
from .strict_processor import StrictProcessor
from .syslog_line import NO_SYSLOG, begins, match_common, match_strict, parse


def lenient() -> LineProcessor:
    """Rows with the columns of ``syslog.schema.json``; what a message does not have is left out."""
    return LineProcessor(_row, NO_SYSLOG, begins)


def strict() -> StrictProcessor:
    """The blueprint's output: five members, a missing process id null, no newline (transforms.md 3.4)."""
    return StrictProcessor(_blueprint_row)


def members(line: str) -> str | None:
    """The row of a message as JSON members, without braces; None where it is no syslog."""
    common = match_common(line)
    if common is not None:
        time, host, program, process, message = common.groups()
        if process is None:
            return f'"timestamp":"{time}","hostname":"{host}","program":"{program}","message":{quote(message)}'
        return (
            f'"timestamp":"{time}","hostname":"{host}","program":"{program}","processid":"{process}",'
            f'"message":{quote(message)}'
        )
    found = parse(line)
    if found is None:
        return None
    texts = {
        "timestamp": found.timestamp,
        "event_time": found.event_time,
        "hostname": found.hostname,
        "program": found.program,
        "processid": found.processid,
        "msgid": found.msgid,
        "structured_data": found.structured_data,
        "message": found.message,
    }
    text = ",".join(f'"{name}":{quote(value)}' for name, value in texts.items() if value is not None)
    if found.priority is not None:
        text += f',"facility":{found.priority >> 3},"severity":{found.priority & 7}'
    return text


def _row(line: str) -> str | None:
    row = members(line)
    return None if row is None else f"{{{row}}}\n"


def _blueprint_row(text: str) -> str | None:
    found = match_strict(text)
    if found is None:
        return None
    timestamp, hostname, program, process, message = found.groups()
    row = {"timestamp": timestamp, "hostname": hostname, "program": program, "processid": process, "message": message}
    return json.dumps(row)
