"""``java.time.format.DateTimeFormatter`` patterns, as far as a prefix can use them (facts/firehose.md#prefixes)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

_MONTHS = calendar.month_name[1:]
_DAYS = calendar.day_name[:]
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")

FormatPart = Callable[[datetime], str]


class PatternError(ValueError):
    """A pattern that ``DateTimeFormatter`` would refuse; the message names the pattern and the place."""


@cache
def compile_timestamp_pattern(pattern: str) -> Callable[[datetime], str]:
    """A function that formats an instant by a pattern, in English, with weeks as in the United States.

    Text in single quotes is literal. ``{``, ``}`` and ``#`` are reserved. Raises :class:`PatternError`.
    """
    parts: list[FormatPart] = []
    position = 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            raise PatternError(f"timestamp pattern {pattern!r}: the quote at position {position} is not closed")
        text = match[0]
        if match[1] is not None:
            parts.append(_literal(match[1].replace("''", "'") or "'"))
        elif match[2] is not None:
            parts.append(_field(text, pattern))
        elif text in "{}#[]":
            raise PatternError(f"timestamp pattern {pattern!r}: {text!r} is reserved; put it in single quotes")
        else:
            parts.append(_literal(text))
        position = match.end()
    return lambda instant: "".join(part(instant) for part in parts)


def _literal(text: str) -> FormatPart:
    return lambda _: text


def _field(token: str, pattern: str) -> FormatPart:
    letter, width = token[0], len(token)
    number = _NUMBERS.get(letter)
    if number is not None and width <= 2 + (letter == "D"):
        return lambda instant: str(number(instant)).zfill(width)
    if letter in "yuY":
        year = _week_year if letter == "Y" else _year
        return lambda instant: f"{year(instant) % 100:02}" if width == 2 else str(year(instant)).zfill(width)
    if letter in "ML":
        return lambda instant: _name(_MONTHS[instant.month - 1], width)
    if letter == "E" or (letter in "ec" and width > 2):
        return lambda instant: _name(_DAYS[instant.weekday()], max(width, 3))
    if letter == "a" and width == 1:
        return lambda instant: "AM" if instant.hour < 12 else "PM"
    if letter == "S":
        return _literal("0" * width)  # an object's instant has a precision of one second
    if letter == "Q" and width <= 2:
        return lambda instant: str((instant.month + 2) // 3).zfill(width)
    if letter in "zV":
        return lambda instant: str(instant.tzinfo) if letter == "V" else (instant.tzname() or "")
    if letter in "xXZ" and width <= 3:
        return lambda instant: _offset(instant, letter, width)
    raise PatternError(
        f"timestamp pattern {pattern!r}: {token!r} is not a field of DateTimeFormatter that is known here"
    )


def _year(instant: datetime) -> int:
    return instant.year


def _week_start(instant: datetime) -> datetime:
    return instant - timedelta(days=(instant.weekday() + 1) % 7)


def _week_year(instant: datetime) -> int:
    # Week 1 contains 1 January, so a week belongs to the year of its Saturday.
    return (_week_start(instant) + timedelta(days=6)).year


def _week_of_year(instant: datetime) -> int:
    first = _week_start(instant.replace(year=_week_year(instant), month=1, day=1))
    return (_week_start(instant).date() - first.date()).days // 7 + 1


def _week_of_month(instant: datetime) -> int:
    return (instant.day + (instant.replace(day=1).weekday() + 1) % 7 - 1) // 7 + 1


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "M": lambda instant: instant.month,
    "L": lambda instant: instant.month,
    "d": lambda instant: instant.day,
    "D": lambda instant: instant.timetuple().tm_yday,
    "H": lambda instant: instant.hour,
    "k": lambda instant: instant.hour or 24,
    "K": lambda instant: instant.hour % 12,
    "h": lambda instant: instant.hour % 12 or 12,
    "m": lambda instant: instant.minute,
    "s": lambda instant: instant.second,
    "w": _week_of_year,
    "W": _week_of_month,
    "e": lambda instant: (instant.weekday() + 1) % 7 + 1,
    "c": lambda instant: (instant.weekday() + 1) % 7 + 1,
}


def _name(name: str, width: int) -> str:
    return name[:3] if width == 3 else name if width == 4 else name[:1]


def _offset(instant: datetime, letter: str, width: int) -> str:
    text = instant.strftime("%z")
    if letter == "X" and text == "+0000":
        return "Z"
    if letter == "Z" or width == 2:
        return text
    if width == 3:
        return f"{text[:3]}:{text[3:]}"
    return text[:3] if text.endswith("00") else text
