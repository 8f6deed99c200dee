"""A pipeline's JSON Schema (draft-07), compiled once to the checks of its columns.

The same file gives the Glue columns and the request model; what cannot be a column is refused here as it is at synth,
with the path in the schema and the way out.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from clickstream_transform.columns import checks
from clickstream_transform.columns.checks import Check
from clickstream_transform.errors import ConfigError

_COLUMN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "examples", "readOnly", "writeOnly"}
    | {"definitions", "x-glue-type"}
)
_KEYWORDS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"enum", "const", "maxLength", "minLength", "pattern", "format"}),
    "integer": frozenset({"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "number": frozenset({"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}),
    "boolean": frozenset({"enum", "const"}),
    "array": frozenset({"items", "maxItems", "minItems"}),
    "object": frozenset({"properties", "required", "additionalProperties", "maxLength"}),
}
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WAY_OUT = 'give it "x-glue-type": "string" to keep the value as JSON text'


class Column(NamedTuple):
    """One column: its name, its check, and who fills it.

    ``format`` is the schema's, such as ``date-time``;
    ``json_object`` marks a column that keeps a free object as JSON text: the place for members that no column takes;
    ``longest`` spares most texts the check: one of at most this length is taken as it is (-1: no text is);
    ``source`` is its own part of the JSON Schema, references followed.
    """

    name: str
    check: Check
    read_only: bool
    required: bool
    format: str | None
    json_object: bool
    longest: int
    source: Mapping[str, Any]


class Schema(NamedTuple):
    """The columns of a pipeline in the schema's order."""

    columns: Mapping[str, Column]

    @classmethod
    def from_dict(cls, schema: Mapping[str, Any]) -> Schema:
        """Compile a JSON Schema.

        Raises:
            ConfigError: a keyword or a shape that no column can have; the message names the path and the way out.
        """
        root = _resolved(schema, schema, "#", ())
        if not isinstance(root.get("properties"), Mapping) or not root["properties"]:
            raise ConfigError("#: the schema of an event is an object with properties; each is a column")
        _refuse_unknown(root, "#", frozenset({"type", "properties", "required", "additionalProperties"}))
        required = root.get("required", [])
        columns: dict[str, Column] = {}
        for name, given in root["properties"].items():
            path = f"#/properties/{name}"
            if _COLUMN_NAME.fullmatch(name) is None:
                raise ConfigError(
                    f"{path}: {name!r} cannot be a column; use lower-case letters, digits and underscores"
                )
            member = _resolved(given, schema, path, ())
            columns[name] = Column(
                name=name,
                check=_compile(given, schema, path, name, ()),
                read_only=bool(member.get("readOnly", False)),
                required=name in required,
                format=member.get("format"),
                json_object=_is_json_object(member),
                longest=_longest(member, path),
                source=member,
            )
        for name in required:
            if name not in columns:
                raise ConfigError(f"#/required: {name!r} is not among the properties; declare it or leave it out")
        return cls(columns)


def _is_json_object(schema: Mapping[str, Any]) -> bool:
    return _type_of(schema, "") == "object" and (schema.get("x-glue-type") == "string" or _is_free(schema))


def _longest(schema: Mapping[str, Any], path: str) -> int:
    if _type_of(schema, path) != "string" or not {"enum", "const", "pattern", "minLength", "format"}.isdisjoint(schema):
        return -1
    length = _length(schema, "maxLength", path)
    return sys.maxsize if length is None else length


def _is_free(schema: Mapping[str, Any]) -> bool:
    return "properties" not in schema and not isinstance(schema.get("additionalProperties"), Mapping)


def _compile(given: Any, root: Mapping[str, Any], path: str, column: str, seen: tuple[str, ...]) -> Check:
    reference = given.get("$ref") if isinstance(given, Mapping) else None
    schema = _resolved(given, root, path, seen)
    if isinstance(reference, str):
        seen = (*seen, reference)
    name = _type_of(schema, path)
    glue_type = schema.get("x-glue-type")
    if glue_type == "string" and name != "string":
        # Keywords beside it are documentation: the value is kept as text, whatever they would make of it.
        types = _PYTHON_TYPES.get(name or "", ())
        return checks.json_text(column, types, f"JSON of type {name}", _length(schema, "maxLength", path))
    if name is None:
        raise ConfigError(f'{path}: a column needs one "type"; {_WAY_OUT}')
    _refuse_unknown(schema, path, _KEYWORDS[name] | {"type"})
    if (
        glue_type is not None
        and not (name == "number" and _DECIMAL.fullmatch(str(glue_type)))
        and glue_type != "string"
    ):
        raise ConfigError(f"{path}/x-glue-type: {glue_type!r}; allowed are string, and decimal(p,s) on a number")
    check = _by_type(name, schema, root, path, column, seen)
    for keyword in ("enum", "const"):
        if keyword in schema:
            allowed = schema["enum"] if keyword == "enum" else [schema["const"]]
            if not isinstance(allowed, list) or not allowed:
                raise ConfigError(f"{path}/enum: a list with at least one value is wanted")
            check = checks.one_of(column, allowed, check)
    return check


def _by_type(
    name: str, schema: Mapping[str, Any], root: Mapping[str, Any], path: str, column: str, seen: tuple[str, ...]
) -> Check:
    if name == "string":
        return _string(schema, path, column)
    if name == "boolean":
        return checks.boolean(column)
    if name == "integer":
        return _integer(schema, path, column)
    if name == "number":
        return _number(schema, path, column)
    if name == "array":
        items = schema.get("items")
        if not isinstance(items, Mapping):
            raise ConfigError(f"{path}/items: an array column needs one schema for its items; {_WAY_OUT}")
        item = _compile(items, root, f"{path}/items", column, seen)
        return checks.array(column, item, _length(schema, "maxItems", path), _length(schema, "minItems", path) or 0)
    return _object(schema, root, path, column, seen)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], path: str, column: str, seen: tuple[str, ...]) -> Check:
    additional = schema.get("additionalProperties")
    if "properties" in schema:
        if isinstance(additional, Mapping):
            raise ConfigError(f"{path}: properties beside an additionalProperties schema is no Glue type; {_WAY_OUT}")
        members = {
            key: _compile(member, root, f"{path}/properties/{key}", f"{column}.{key}", seen)
            for key, member in schema["properties"].items()
        }
        return checks.struct(column, members, list(schema.get("required", [])))
    if isinstance(additional, Mapping):
        return checks.mapping(column, _compile(additional, root, f"{path}/additionalProperties", column, seen))
    return checks.json_text(column, (dict,), "an object", _length(schema, "maxLength", path))


def _string(schema: Mapping[str, Any], path: str, column: str) -> Check:
    form = schema.get("format")
    if form == "date-time":
        return checks.date_time(column)
    if form == "date":
        return checks.date_only(column)
    pattern = schema.get("pattern")
    return checks.string(
        column,
        _length(schema, "maxLength", path),
        _length(schema, "minLength", path) or 0,
        None if pattern is None else _compile_pattern(pattern, path),
    )


def _compile_pattern(pattern: Any, path: str) -> re.Pattern[str]:
    # ECMA 262, which JSON Schema uses, knows $ as the very end and \d as 0 to 9; Python's differ in both.
    try:
        return re.compile(re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda m: m[1] or r"\Z", pattern), re.ASCII)
    except (re.error, TypeError) as error:
        raise ConfigError(f"{path}/pattern: {pattern!r} is no regular expression ({error}); correct it") from error


def _integer(schema: Mapping[str, Any], path: str, column: str) -> Check:
    low, high = checks.INT64
    minimum, above = _limit(schema, "minimum", path), _limit(schema, "exclusiveMinimum", path)
    maximum, below = _limit(schema, "maximum", path), _limit(schema, "exclusiveMaximum", path)
    lows = [
        low,
        *([] if minimum is None else [math.ceil(minimum)]),
        *([] if above is None else [math.floor(above) + 1]),
    ]
    highs = [
        high,
        *([] if maximum is None else [math.floor(maximum)]),
        *([] if below is None else [math.ceil(below) - 1]),
    ]
    return checks.integer(column, max(lows), min(highs))


def _number(schema: Mapping[str, Any], path: str, column: str) -> Check:
    low, high = -checks.LARGEST, checks.LARGEST
    minimum, above = _limit(schema, "minimum", path), _limit(schema, "exclusiveMinimum", path)
    maximum, below = _limit(schema, "maximum", path), _limit(schema, "exclusiveMaximum", path)
    decimal = _DECIMAL.fullmatch(str(schema.get("x-glue-type", "")))
    if decimal is not None:
        whole_digits = 10.0 ** (int(decimal[1]) - int(decimal[2]))
        above = -whole_digits if above is None else max(above, -whole_digits)
        below = whole_digits if below is None else min(below, whole_digits)
    low = max(one for one in (low, minimum, above) if one is not None)
    high = min(one for one in (high, maximum, below) if one is not None)
    return checks.number(column, low, high, without_low=low == above, without_high=high == below)


def _limit(schema: Mapping[str, Any], keyword: str, path: str) -> float | None:
    limit = schema.get(keyword)
    if limit is None:
        return None
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise ConfigError(f"{path}/{keyword}: {limit!r}; a number is wanted (draft-07)")
    return limit


def _length(schema: Mapping[str, Any], keyword: str, path: str) -> int | None:
    value = schema.get(keyword)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigError(f"{path}/{keyword}: {value!r}; a whole number from 0 is wanted")
    return value


def _type_of(schema: Mapping[str, Any], path: str) -> str | None:
    """The one type besides null; None where there is none, or several (which only JSON text can hold)."""
    given = schema.get("type")
    names = [given] if isinstance(given, str) else list(given or [])
    types = [name for name in names if name != "null"]
    if len(types) > 1 and schema.get("x-glue-type") != "string":
        raise ConfigError(f"{path}/type: {given!r} is more than one type; {_WAY_OUT}")
    if types and types[0] not in _KEYWORDS:
        raise ConfigError(f"{path}/type: {types[0]!r} is no JSON type; allowed are {', '.join(_KEYWORDS)}")
    return types[0] if len(types) == 1 else None


def _refuse_unknown(schema: Mapping[str, Any], path: str, known: Iterable[str]) -> None:
    allowed = {*known, *_ANNOTATIONS}
    for keyword in schema:
        if keyword not in allowed:
            raise ConfigError(f"{path}/{keyword}: this keyword cannot be checked here; take it out, or {_WAY_OUT}")


def _resolved(given: Any, root: Mapping[str, Any], path: str, seen: tuple[str, ...]) -> Mapping[str, Any]:
    """The schema with its ``$ref`` followed; annotations beside the reference are kept."""
    if not isinstance(given, Mapping):
        raise ConfigError(f"{path}: a schema is an object, not {given!r}; {_WAY_OUT}")
    if "$ref" not in given:
        return given
    reference = given["$ref"]
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise ConfigError(f"{path}/$ref: {reference!r} is not local; copy what it names under #/definitions")
    if reference in seen:
        raise ConfigError(f"{path}/$ref: {reference!r} refers to itself, and a column cannot; {_WAY_OUT}")
    target: Any = root
    for step in reference[2:].split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, Mapping) or key not in target:
            raise ConfigError(f"{path}/$ref: {reference!r} names nothing in this schema")
        target = target[key]
    annotations = {key: value for key, value in given.items() if key in _ANNOTATIONS}
    return {**_resolved(target, root, path, (*seen, reference)), **annotations}
