"""Syslog to JSON."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring as quote

from clickstream_transform.blueprints.line_processor import NO_SYSLOG, LineProcessor, with_flag
from clickstream_transform.blueprints.strict_processor import StrictProcessor
from clickstream_transform.blueprints.syslog_line import Message, begins, match_common, parse
from clickstream_transform.timestamps import normalise_date_time

_MONTHS = "January|Jan|February|Feb|March|Mar|April|Apr|May|June|Jun|July|Jul|August|Aug|September|Sep|October|Oct"
match_strict = re.compile(
    rf"((?:{_MONTHS}|November|Nov|December|Dec)\s+(?:0[1-9]|[12][0-9]|3[01]|[1-9])\s+"
    r"(?:2[0123]|[01]?[0-9]):[0-5][0-9]:(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?) "
    r"(?:<[0-9]+\.[0-9]+> )?([a-zA-Z0-9._-]+) ([\w./%-]+)(?:\[([1-9][0-9]*)\])?: (.*)"
).match
"""What the blueprints take (facts/blueprints.md#syslog-to-json): time, host, program, process id, message up to a
line's end.
"""


def lenient() -> LineProcessor:
    """Rows with the columns of ``syslog.schema.json``; what a message does not have is left out."""
    return LineProcessor(_row, NO_SYSLOG, begins, flagged=with_flag)


def strict() -> StrictProcessor:
    """The blueprint's output: five members, a missing process id null, no newline.

    Source: facts/blueprints.md#syslog-to-json.
    """
    return StrictProcessor(_blueprint_row)


def members(line: str) -> str | None:
    """The row of a message as JSON members, without braces; None where it is no syslog."""
    row = _row(line)
    return None if row is None else row[1:-2]


def _row(line: str) -> str | None:
    common = match_common(line)
    if common is None:
        return _row_of_parts(parse(line))
    time, host, program, process, message = common.groups()
    process = "" if process is None else f'"processid":"{process}",'
    return f'{{"timestamp":"{time}","hostname":"{host}","program":"{program}",{process}"message":{quote(message)}}}\n'


def _row_of_parts(found: Message | None) -> str | None:
    if found is None:
        return None
    texts = {
        "timestamp": found.timestamp,
        "event_time": _event_time(found.timestamp),
        "hostname": found.hostname,
        "program": found.program,
        "processid": found.processid,
        "msgid": found.msgid,
        "structured_data": found.structured_data,
        "message": found.message,
        "rest": found.rest,
    }
    text = ",".join(f'"{name}":{quote(value)}' for name, value in texts.items() if value is not None)
    if found.priority is not None:
        text += f',"facility":{found.priority >> 3},"severity":{found.priority & 7}'
    return f"{{{text}}}\n"


def _event_time(timestamp: str | None) -> str | None:
    """The time in UTC, where a message names year and offset."""
    if timestamp is None or not timestamp[:4].isdigit():
        return None
    time, has_offset = normalise_date_time(timestamp.replace(",", ".").replace(" ", "T"))
    return time if has_offset else None


def _blueprint_row(text: str) -> str | None:
    found = match_strict(text)
    if found is None:
        return None
    timestamp, hostname, program, process, message = found.groups()
    row = {"timestamp": timestamp, "hostname": hostname, "program": program, "processid": process, "message": message}
    return json.dumps(row)
