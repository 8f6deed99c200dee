"""One record of a VPC flow log in its default format (version 2)."""

from __future__ import annotations

from json.encoder import encode_basestring as quote

from clickstream_transform.errors import Reason
from clickstream_transform.timestamps import format_millis

NO_VPC_FLOW = Reason("", "no_vpc_flow_log", "the line must have the 14 fields of a flow log's default format")

_TEXT, _TIME = 0, -1
_BIGINT = 10**18
# A column's name, and what it holds: text, a time, or a whole number below a bound.
_FIELDS = (
    ("version", 2**31),
    ("account_id", _TEXT),
    ("interface_id", _TEXT),
    ("srcaddr", _TEXT),
    ("dstaddr", _TEXT),
    ("srcport", 65_536),
    ("dstport", 65_536),
    ("protocol", 256),
    ("packets", _BIGINT),
    ("bytes", _BIGINT),
    ("start_time", _TIME),
    ("end_time", _TIME),
    ("action", _TEXT),
    ("log_status", _TEXT),
)
_YEAR_10000 = 253_402_300_800
_MOST_DIGITS = 18


def members(line: str) -> str | None:
    """The row of a flow record as JSON members, without braces, ``-`` left out; None where it is none."""
    texts = line.split()
    if len(texts) != len(_FIELDS):
        return None
    parts = []
    for (name, holds), text in zip(_FIELDS, texts, strict=True):
        if text == "-":
            continue
        if holds == _TEXT:
            parts.append(f'"{name}":{quote(text)}')
            continue
        if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
            return None
        number = int(text)
        if number >= (_YEAR_10000 if holds == _TIME else holds):
            return None
        parts.append(f'"{name}":"{format_millis(number * 1000)}"' if holds == _TIME else f'"{name}":{number}')
    return ",".join(parts)
