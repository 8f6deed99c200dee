"""Values of resolved properties, which CloudFormation lets a template write as text as well."""

from __future__ import annotations

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
