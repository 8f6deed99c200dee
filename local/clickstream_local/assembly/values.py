"""Values of resolved properties, which CloudFormation lets a template write as text as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def flag(value: Any) -> bool:
    """A boolean, or its text."""
    return value is True or value == "true"


def whole(value: Any) -> int | None:
    """A whole number, or its text; None where there is none."""
    return None if value is None else int(value)


def number(value: Any) -> float | None:
    """A number, or its text; None where there is none."""
    return None if value is None else float(value)


def texts(value: Any) -> dict[str, str]:
    """A map of texts; numbers and booleans become text as CloudFormation makes them. Empty where there is none."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or any(isinstance(item, Mapping | list) for item in value.values()):
        raise TypeError("a map of texts is wanted")
    return {str(key): text(item) for key, item in value.items()}


def text(value: Any) -> str:
    """A text; numbers and booleans become text as CloudFormation makes them."""
    if isinstance(value, Mapping | list) or value is None:
        raise TypeError("a text is wanted")
    return str(value).lower() if isinstance(value, bool) else str(value)


def optional_text(value: Any) -> str | None:
    """A text, or None where there is none, or an empty one."""
    return text(value) or None if value is not None else None
