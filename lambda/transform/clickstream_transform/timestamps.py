"""Times as columns hold them: ``yyyy-MM-ddTHH:mm:ss.SSSZ`` in UTC, because OpenX refuses offsets."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (time zones cost half of a conversion)
_MILLISECOND = timedelta(milliseconds=1)


def normalise_date_time(text: str) -> tuple[str | None, bool]:
    """The time in UTC with milliseconds, and whether the text named its offset.

    A time without an offset is read as UTC. The first member is None where the text is no RFC 3339 date-time.
    """
    if len(text) == 24 and text[23] == "Z" and text[10] == "T" and text[19] == "." and text[4] == "-" == text[7]:
        # What Date.toISOString() writes is the column's own format: it only has to be a real time.
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return None, True
        return (text, True) if text[13] == ":" else (None, True)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None, True
    day, time, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{(offset or 'Z').upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None, True
    return format_time(moment), offset is not None


def normalise_date(text: str) -> str | None:
    """The date where the text is a real ``yyyy-MM-dd``, else None."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def format_time(moment: datetime) -> str:
    """A UTC moment in the format of timestamp columns."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def format_millis(millis: int) -> str:
    """Epoch milliseconds in the format of timestamp columns; raises ``OverflowError`` outside years 1 to 9999."""
    return f"{(_NAIVE_EPOCH + timedelta(milliseconds=millis)).isoformat(timespec='milliseconds')}Z"


def to_millis(text: str) -> int:
    """Epoch milliseconds of a time in the format of timestamp columns."""
    return (datetime.fromisoformat(text) - _EPOCH) // _MILLISECOND
