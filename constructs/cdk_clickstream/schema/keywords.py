"""Which keywords of JSON Schema a member may use, and what their values must be."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cdk_clickstream._validation import refuse

ANNOTATIONS = frozenset(
    {
        "$schema",
        "$id",
        "$comment",
        "title",
        "description",
        "default",
        "examples",
        "readOnly",
        "writeOnly",
        "x-glue-type",
        "x-pattern-description",
    }
)
"""Keywords that say something about a member and demand nothing of it."""

_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_LENGTHS = frozenset({"minLength", "maxLength", "minItems", "maxItems"})

ALLOWED: Mapping[str, frozenset[str]] = {
    "string": frozenset({"enum", "const", "maxLength", "minLength", "pattern", "format"}),
    "integer": frozenset({"enum", "const"}) | _BOUNDS,
    "number": frozenset({"enum", "const"}) | _BOUNDS,
    "boolean": frozenset({"enum", "const"}),
    "array": frozenset({"items", "maxItems", "minItems"}),
    "object": frozenset({"properties", "required", "additionalProperties", "maxLength"}),
}
"""Type to its keywords."""

AS_TEXT = 'say "x-glue-type": "string" here to keep the value as JSON text'
"""The way out of whatever has no column type."""


def check_keywords(schema: Mapping[str, Any], path: str, kind: str) -> None:
    """Refuse keywords that a member of this type cannot have, and values that a keyword cannot have."""
    refuse_others(schema, path, ALLOWED[kind] | {"type"}, AS_TEXT)
    for keyword in schema:
        check_value(schema, path, keyword)
    check_required(schema, path)


def check_value(schema: Mapping[str, Any], path: str, keyword: str) -> None:
    """Refuse a value that a keyword cannot have."""
    check = _CHECKS.get(keyword)
    problem = check(schema[keyword]) if check and keyword in schema else None
    if problem:
        refuse("schema", f"{path}/{keyword}", f"{schema[keyword]!r} {problem}", "correct it")


def refuse_others(schema: Mapping[str, Any], path: str, allowed: Iterable[str], way_out: str) -> None:
    """Refuse keywords that are neither allowed nor annotations."""
    for keyword in schema:
        if keyword not in ANNOTATIONS and keyword not in allowed:
            refuse("schema", f"{path}/{keyword}", "has no column type and cannot be checked", way_out)


def check_required(schema: Mapping[str, Any], path: str) -> None:
    """Refuse a required member that is not declared."""
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in properties:
            refuse("schema", f"{path}/required", f"{name!r} is not among the properties", "declare it, or leave it out")


def python_pattern(pattern: str) -> str:
    r"""Return a pattern of ECMA 262, which JSON Schema uses, as Python's: there ``$`` is the very end."""
    return re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda match: match[1] or r"\Z", pattern)


def _not_a_length(value: Any) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if whole else "must be a whole number from 0"


def _not_a_bound(value: Any) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return None if number else "must be a finite number (draft-07)"


def _not_a_pattern(value: Any) -> str | None:
    try:
        re.compile(python_pattern(value), re.ASCII)
    except (re.error, TypeError) as error:
        return f"must be a regular expression ({error})"
    return None


def _not_an_enum(value: Any) -> str | None:
    return None if isinstance(value, list) and value else "must be a list with at least one value"


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    **dict.fromkeys(_LENGTHS, _not_a_length),
    **dict.fromkeys(_BOUNDS, _not_a_bound),
    "pattern": _not_a_pattern,
    "enum": _not_an_enum,
}
