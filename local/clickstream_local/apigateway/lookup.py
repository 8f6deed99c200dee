"""Simple variables: dotted names in nested maps, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lookup(values: Mapping[str, Any], name: str) -> Any:
    """What ``a.b.c`` names, or None."""
    if "." not in name:
        return values.get(name)
    value: Any = values
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def lookup_text(values: Mapping[str, Any], name: str) -> str | None:
    """What ``a.b.c`` names as text, or None for nothing and for a whole map."""
    value = lookup(values, name)
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
