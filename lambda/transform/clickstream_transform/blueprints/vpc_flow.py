"""One record of a VPC flow log in its default format (version 2)."""

from __future__ import annotations

from json.encoder import encode_basestring as quote

from clickstream_transform.errors import Reason
from clickstream_transform.timestamps import format_millis

NO_VPC_FLOW = Reason("", "no_vpc_flow_log", "the line has not the 14 fields of a flow log's default format")

_TEXT, _INTEGER, _TIME = range(3)
_FIELDS = (
    ("version", _INTEGER),
    ("account_id", _TEXT),
    ("interface_id", _TEXT),
    ("srcaddr", _TEXT),
    ("dstaddr", _TEXT),
    ("srcport", _INTEGER),
    ("dstport", _INTEGER),
    ("protocol", _INTEGER),
    ("packets", _INTEGER),
    ("bytes", _INTEGER),
    ("start_time", _TIME),
    ("end_time", _TIME),
    ("action", _TEXT),
    ("log_status", _TEXT),
)
_MOST_DIGITS = 18


def members(line: str) -> str | None:
    """The row of a flow record as JSON members, without braces, ``-`` left out; None where it is none."""
    texts = line.split()
    if len(texts) != len(_FIELDS):
        return None
    parts = []
    for (name, kind), text in zip(_FIELDS, texts, strict=True):
        if text == "-":
            continue
        if kind == _TEXT:
            parts.append(f'"{name}":{quote(text)}')
        elif not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
            return None
        elif kind == _INTEGER:
            parts.append(f'"{name}":{int(text)}')
        else:
            try:
                parts.append(f'"{name}":"{format_millis(int(text) * 1000)}"')
            except OverflowError:
                return None
    return ",".join(parts)
