"""Times as columns hold them: ``yyyy-MM-ddTHH:mm:ss.SSSZ`` in UTC, because OpenX refuses offsets."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

YEAR_10000 = 253_402_300_800_000
"""Epoch milliseconds that no column can hold any more."""

_MILLIS_FROM = 100_000_000_000
"""As seconds this is the year 5138, as milliseconds 1973."""

# Compiled when a text is not a time as JavaScript writes it, not at a cold start.
_DATE_TIME = r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)([.,]\d+)?)?(Z|z|[+-]\d\d(?::?\d\d)?)?"
_DATE = r"\d{4}-\d\d-\d\d"
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (time zones cost half of a conversion)
_MINUTE = timedelta(minutes=1)

# Events of one batch share a few minutes: only those are parsed by the calendar, the rest of a time is looked up.
_CACHED = 4_096
_SECONDS = {f":{second:02}.": second * 1000 for second in range(60)}
_MILLIS = {f"{millis:03}Z": millis for millis in range(1000)}
_MILLI_TEXTS = tuple(_MILLIS)


def normalise_date_time(text: str) -> tuple[str | None, bool]:
    """The time in UTC with milliseconds, and whether the text named its offset.

    A time without an offset is read as UTC, a leap second as the last of its minute. The first member is None where the
    text is no ISO 8601 date-time.
    """
    match = re.fullmatch(_DATE_TIME, text, re.ASCII)
    if match is None:
        return None, True
    day, time, seconds, fraction, offset = match.groups()
    if seconds == "60":
        seconds, fraction = "59", ".999"
    try:
        moment = datetime.fromisoformat(
            f"{day}T{time}:{seconds or '00'}{(fraction or '').replace(',', '.')}{(offset or 'Z').upper()}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None, True
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z", offset is not None


def normalise_date(text: str) -> str | None:
    """The date where the text is a real ``yyyy-MM-dd``, else None."""
    if re.fullmatch(_DATE, text, re.ASCII) is None:
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def epoch_millis(number: float) -> int | None:
    """Epoch milliseconds of an epoch time in seconds or, from 100,000,000,000 on, milliseconds; None for no time."""
    millis = number if abs(number) >= _MILLIS_FROM else number * 1000
    return round(millis) if 0 <= millis < YEAR_10000 - 1 else None


def format_millis(millis: int) -> str:
    """Epoch milliseconds in the format of timestamp columns; raises ``OverflowError`` outside years 1 to 9999."""
    return f"{_second_text(millis // 1000)}.{_MILLI_TEXTS[millis % 1000]}"


def to_millis(text: str) -> int | None:
    """Epoch milliseconds of a time in the format of timestamp columns, None where the text is not in it."""
    seconds, millis = _SECONDS.get(text[16:20]), _MILLIS.get(text[20:])
    if seconds is None or millis is None:
        return None
    minute = _minute_millis(text[:16])
    return None if minute is None else minute + seconds + millis


@lru_cache(maxsize=_CACHED)
def _second_text(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds")


@lru_cache(maxsize=_CACHED)
def _minute_millis(text: str) -> int | None:
    """Epoch milliseconds of ``yyyy-MM-ddTHH:mm``."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # fromisoformat knows more forms than this one, and more with each version of Python.
    if moment.tzinfo is not None or moment.isoformat(timespec="minutes") != text:
        return None
    return (moment - _EPOCH) // _MINUTE * 60_000
