"""The JSON form of what is not JSON by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def utf8(text: str) -> bytes:
    """Encode text; half of a surrogate pair becomes the replacement character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, such as text cut in the middle of an emoji: the rest of the event is worth keeping.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def fields_of(event: object) -> dict[str, Any]:
    """Give a dataclass's fields by name."""
    # Not dataclasses.asdict: it copies deeply; nested dataclasses come to plain one by one.
    return {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}  # type: ignore[arg-type]


def is_model(value: object) -> bool:
    """Recognize a pydantic model by what it can do: the package itself is not needed here."""
    return callable(getattr(value, "model_dump", None)) and not isinstance(value, type)


def plain(value: object) -> object:
    """Give a JSON form to values that the encoder does not know."""
    if isinstance(value, dt.datetime):
        aware = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        return aware.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if is_model(value):
        return value.model_dump(mode="json", by_alias=True)  # type: ignore[attr-defined]
    raise TypeError(
        f"a value of type {type(value).__name__} has no JSON form here: "
        "convert it to text, a number, a list or a mapping"
    )
