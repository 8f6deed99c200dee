"""What a column demands of a value of its type, in words: for the reasons of a rejected event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS: Mapping[str, Mapping[str, str]] = {
    "pattern": {"pattern": "match {}"},
    "format": {"format": "be a {} of RFC 3339"},
    "length": {
        "minLength": "have at least {} characters",
        "minItems": "have at least {} items",
        "maxLength": "have at most {} characters",
    },
    "range": {
        "minimum": "be at least {}",
        "exclusiveMinimum": "be above {}",
        "maximum": "be at most {}",
        "exclusiveMaximum": "be below {}",
    },
}
"""The first word of a check's flag, and the keywords that can raise it."""

RULES = frozenset(_WORDS)


def demand(schema: Mapping[str, Any], rule: str) -> str:
    """What a value has to be that a check left out with the flag ``rule``."""
    said = [words.format(schema[keyword]) for keyword, words in _WORDS[rule].items() if keyword in schema]
    return f"must {' and '.join(said)}" if said else "must be a number that the column can hold"
