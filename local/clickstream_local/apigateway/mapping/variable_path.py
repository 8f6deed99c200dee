"""Simple variables: dotted names in nested maps, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def text_at(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    """What finds ``a.b.c`` in a map, as text; None for nothing and for a whole map."""
    first, *others = name.split(".")

    def find(values: Mapping[str, Any]) -> str | None:
        value = values.get(first)
        for part in others:
            if not isinstance(value, dict):
                return None
            value = value.get(part)
        return value if value is None or type(value) is str else _text(value)

    return find


def _text(value: Any) -> str | None:
    if isinstance(value, dict):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
