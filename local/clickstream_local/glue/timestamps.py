"""The forms in which a timestamp or date column takes its values (facts/firehose.md#openx)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from clickstream_local.glue.errors import MalformedDataError, bad_input, mismatch

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - columns hold UTC without a zone
_FIRST_MILLISECONDS = 1_000_000_000_000
_STRICT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII)
_LENIENT = re.compile(r"(\d{4})-(\d\d?)-(\d\d?) (\d\d?):(\d\d?):(\d\d?)(?:\.(\d{1,9}))?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)


def openx_timestamp(value: object) -> datetime:
    """Strict ISO with ``T`` and ``Z``, lenient with a space, or an epoch number, as a number or as text."""
    if isinstance(value, str):
        text = value
        if _STRICT.fullmatch(text):
            try:
                return datetime.fromisoformat(text[:-1])
            except ValueError:
                raise bad_input(text) from None
        if _LENIENT.fullmatch(text):
            return sql_timestamp(text)
        try:
            return _from_epoch(Decimal(text.strip()))
        except InvalidOperation:
            raise bad_input(text) from None
    if isinstance(value, int) and not isinstance(value, bool):
        return _from_epoch(value)
    if isinstance(value, float):
        return _from_epoch(Decimal(repr(value)))
    raise mismatch("A timestamp column cannot hold this kind of value.")


def sql_timestamp(value: object) -> datetime:
    """The form of ``java.sql.Timestamp.valueOf``: a space between date and time, one digit allowed where two fit."""
    match = _LENIENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise bad_input(value)
    *fields, fraction = match.groups()
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    try:
        return datetime(*map(int, fields), microsecond=microsecond)  # type: ignore[misc,arg-type]  # noqa: DTZ001
    except ValueError:
        raise bad_input(value) from None


def epoch_milliseconds(value: object) -> datetime:
    """Hive's ``millis`` format."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _after_epoch(value * 1000)
    raise bad_input(value)


def calendar_date(value: object) -> date:
    """``yyyy-[M]M-[d]d``."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise bad_input(value)
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise bad_input(value) from None


def _from_epoch(number: int | Decimal) -> datetime:
    if isinstance(number, Decimal) and (not number.is_finite() or number.adjusted() > 18):
        raise _out_of_range()
    scale = 1_000_000 if -_FIRST_MILLISECONDS < number < _FIRST_MILLISECONDS else 1000
    return _after_epoch(round(number * scale))


def _after_epoch(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise _out_of_range() from None


def _out_of_range() -> MalformedDataError:
    return mismatch("A timestamp is outside the years 1 to 9999.")
