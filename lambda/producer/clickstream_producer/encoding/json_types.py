"""The JSON form of what is not JSON by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import sys
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from clickstream_producer.errors import InvalidEvent

_join: Final = "".join
_CONTAINERS: Final = (dict, list, tuple)
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})

_LEAST_EXPONENT: Final = sys.float_info.min_10_exp - sys.float_info.dig - 2
"""Of the smallest double that is not 0 (subnormal)."""


def utf8(text: str) -> bytes:
    """Encode JSON text; half of a surrogate pair becomes the replacement character.

    Raises
    ------
    InvalidEvent
        Two names become the same by that.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, such as text cut in the middle of an emoji: the rest of the event is worth keeping.
        mended = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if _names_in(mended) != _names_in(text):
            raise InvalidEvent("two names of the event become one where half of a surrogate pair is replaced") from None
        return mended.encode()


def _names_in(text: str) -> int:
    """Count the names of each object in JSON text, equal ones once; 0 where it is not JSON."""
    count = 0

    def add(pairs: list[tuple[str, object]]) -> None:
        nonlocal count
        count += len({name for name, _ in pairs})

    try:
        json.loads(text, object_pairs_hook=add, parse_int=str)
    except (ValueError, RecursionError):
        return 0
    return count


def fields_of(event: object) -> dict[str, Any]:
    """Give a dataclass's fields by name."""
    # Not dataclasses.asdict: it copies deeply; nested dataclasses come to plain one by one.
    return {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}  # type: ignore[arg-type]


def is_model(value: object) -> bool:
    """Recognize a pydantic model by what it can do: the package itself is not needed here."""
    return callable(getattr(value, "model_dump", None)) and not isinstance(value, type)


def model_fields(model: Any) -> object:
    """Give what pydantic writes of a model, by its aliases; numbers and times in the form that they have in a dict."""
    return _as_in_a_dict(model.model_dump(by_alias=True), model.model_dump(mode="json", by_alias=True))


def _as_in_a_dict(value: object, written: object) -> object:
    # `written` is pydantic's JSON form of `value`, serializers of the model included: it stays but for its numbers and
    # times as text, which others read as another type, and its null for a number that is not finite.
    if isinstance(value, Mapping) and isinstance(written, dict) and len(value) == len(written):
        return {key: _as_in_a_dict(one, written[key]) for key, one in zip(written, value.values(), strict=True)}
    if isinstance(value, list | tuple) and isinstance(written, list) and len(value) == len(written):
        return [_as_in_a_dict(one, other) for one, other in zip(value, written, strict=True)]
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, Decimal):
        return value if written == str(value) else written
    if isinstance(value, dt.datetime):
        return value if _is_the_time(value, written) else written
    if isinstance(value, float):
        return value if written is None else written
    return written


def _is_the_time(value: dt.datetime, written: object) -> bool:
    try:
        return isinstance(written, str) and dt.datetime.fromisoformat(written) == value
    except ValueError:
        return False


def plain(value: object) -> object:
    """Give a JSON form to values that the encoder does not know.

    Raises
    ------
    InvalidEvent
        There is none.
    """
    if isinstance(value, dt.datetime):
        try:
            aware = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        except OverflowError:
            raise InvalidEvent("a datetime of the event is before year 1 or after year 9999 in UTC") from None
        return aware.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _checked(dict(value))
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _checked(fields_of(value))
    if is_model(value):
        return model_fields(value)
    raise InvalidEvent(
        f"a value of type {type(value).__name__} has no JSON form here: "
        "convert it to text, a number, a list or a mapping"
    )


def _number(value: Decimal) -> int | float:
    # The exponent first: 1E+200000 has two hundred thousand digits as an int, and none of JSON's readers takes it.
    if value.is_finite() and value and not _LEAST_EXPONENT <= value.adjusted() <= sys.float_info.max_10_exp:
        raise InvalidEvent(f"a Decimal of the event, about 1E{value.adjusted():+}, is outside of what a double holds")
    return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)


def _checked(fields: dict[Any, Any]) -> dict[Any, Any]:
    check_names(fields)
    return fields


def check_own_names(fields: dict[Any, Any]) -> None:
    """As :func:`check_names`, of a mapping alone: not of those in it."""
    try:
        _join(fields)  # the quickest way to see that all are text
    except TypeError:
        if len({next(iter(json.loads(json.dumps({name: 0})))) for name in fields}) < len(fields):
            raise InvalidEvent(
                "two names in a mapping of the event are one in JSON, such as 1 and '1': use text only"
            ) from None


def check_names(value: Any) -> None:
    """Look through what JSON is to be written of for two names that become the same there: 1 and "1", None and "null".

    Raises
    ------
    InvalidEvent
        A mapping has two such names.
    """
    if isinstance(value, dict):
        check_own_names(value)
        value = value.values()
    for one in value:
        if one.__class__ not in _SCALARS and isinstance(one, _CONTAINERS):
            check_names(one)
