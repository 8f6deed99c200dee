"""Members of a JSON Schema, compiled: the Glue type of a value, and the check that the transform makes of it.

A check is data: its ``kind`` names a function of ``clickstream_transform.columns.checks``, the rest are the arguments.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cdk_clickstream._validation import refuse
from cdk_clickstream.schema.keywords import ALLOWED, AS_TEXT, check_keywords, check_value, python_pattern, refuse_others

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class Compiled(NamedTuple):
    """A Glue type and a check."""

    type: str
    check: dict[str, Any]


def compile_member(schema: Any, path: str) -> Compiled:
    """Compile a member without references; what has no column type is refused, naming the JSON path and the way out."""
    if not isinstance(schema, Mapping):
        refuse("schema", path, "is not an object", "describe the member by an object with a type")
    chosen, kinds = schema.get("x-glue-type"), _kinds(schema)
    if chosen == "string" and kinds != ["string"]:
        return Compiled("string", _json_text(schema, path, kinds))
    if "type" not in schema:
        # {"anyOf": [...]}: name the keyword, not the type that it makes needless.
        refuse_others(schema, path, frozenset().union(*ALLOWED.values()), AS_TEXT)
    if len(kinds) != 1 or str(kinds[0]) not in ALLOWED:
        declared = schema.get("type")
        refuse("schema", f"{path}/type", f"{declared!r} is not one type (or one and null)", f"name one, or {AS_TEXT}")
    kind = kinds[0]
    check_keywords(schema, path, kind)
    if chosen not in (None, "string"):
        _check_decimal(chosen, kind, path)
    glue_type, check = _COMPILERS[kind](schema, path)
    if "enum" in schema or "const" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        check["allowed"] = [one for one in allowed if "const" not in schema or one == schema["const"]]
    return Compiled(chosen or glue_type, check)


def _kinds(schema: Mapping[str, Any]) -> list[Any]:
    """The types that a member may have, null apart."""
    declared = schema.get("type", [])
    return [kind for kind in (declared if isinstance(declared, list) else [declared]) if kind != "null"]


def _check(kind: str, **arguments: Any) -> dict[str, Any]:
    return {"kind": kind, **{name: value for name, value in arguments.items() if value is not None}}


def _json_text(schema: Mapping[str, Any], path: str, kinds: list[Any]) -> dict[str, Any]:
    # Keywords beside x-glue-type are documentation: the value is kept as text, whatever they would make of it.
    for kind in kinds:
        if str(kind) not in ALLOWED:
            refuse("schema", f"{path}/type", f"{kind!r} is not a JSON type", f"use {', '.join(ALLOWED)}")
    check_value(schema, path, "maxLength")
    return _check("json_text", type=kinds[0] if len(kinds) == 1 else None, max_length=schema.get("maxLength"))


def _check_decimal(chosen: object, kind: str, path: str) -> None:
    match = _DECIMAL.fullmatch(chosen) if isinstance(chosen, str) else None
    if match is None or kind != "number" or not 1 <= int(match[1]) <= 38 or int(match[2]) > int(match[1]):
        refuse(
            "schema",
            f"{path}/x-glue-type",
            f"{chosen!r} is not possible for type {kind}",
            "use string, or decimal(p,s) with 1 <= p <= 38 and s <= p on a number",
        )


def _string(schema: Mapping[str, Any], path: str) -> Compiled:
    form = schema.get("format")
    if form == "date-time":
        return Compiled("timestamp", _check("date_time"))
    if form == "date":
        return Compiled("date", _check("date"))
    pattern = python_pattern(schema["pattern"]) if "pattern" in schema else None
    lengths = {"max_length": schema.get("maxLength"), "min_length": schema.get("minLength") or None}
    return Compiled("string", _check("string", pattern=pattern, **lengths))


def _integer(schema: Mapping[str, Any], path: str) -> Compiled:
    bounds = (schema.get("minimum"), schema.get("maximum"))
    small = all(one is not None and _INT32[0] <= one <= _INT32[1] for one in bounds)
    low, high = _INT64
    if "minimum" in schema:
        low = max(low, math.ceil(schema["minimum"]))
    if "exclusiveMinimum" in schema:
        low = max(low, math.floor(schema["exclusiveMinimum"]) + 1)
    if "maximum" in schema:
        high = min(high, math.floor(schema["maximum"]))
    if "exclusiveMaximum" in schema:
        high = min(high, math.ceil(schema["exclusiveMaximum"]) - 1)
    return Compiled("int" if small else "bigint", _check("integer", low=low, high=high))


def _number(schema: Mapping[str, Any], path: str) -> Compiled:
    lows, highs = [schema.get("exclusiveMinimum")], [schema.get("exclusiveMaximum")]
    decimal = _DECIMAL.fullmatch(schema.get("x-glue-type", ""))
    if decimal is not None:
        whole_digits = 10.0 ** (int(decimal[1]) - int(decimal[2]))
        lows.append(-whole_digits)
        highs.append(whole_digits)
    above = max((one for one in lows if one is not None), default=None)
    below = min((one for one in highs if one is not None), default=None)
    check = _check("number", low=schema.get("minimum"), high=schema.get("maximum"), above=above, below=below)
    return Compiled("double", check)


def _boolean(schema: Mapping[str, Any], path: str) -> Compiled:
    return Compiled("boolean", _check("boolean"))


def _array(schema: Mapping[str, Any], path: str) -> Compiled:
    items = schema.get("items")
    if not isinstance(items, Mapping):
        refuse("schema", f"{path}/items", "is not one schema for all items", f"give one, or {AS_TEXT}")
    item = compile_member(items, f"{path}/items")
    limits = {"max_items": schema.get("maxItems"), "min_items": schema.get("minItems") or None}
    return Compiled(f"array<{item.type}>", _check("array", item=item.check, **limits))


def _object(schema: Mapping[str, Any], path: str) -> Compiled:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    if properties and isinstance(others, Mapping):
        refuse("schema", f"{path}/additionalProperties", "cannot stand beside properties", f"drop one, or {AS_TEXT}")
    if properties:
        fields = {key: _field(key, value, path) for key, value in properties.items()}
        members = {key: field.check for key, field in fields.items()}
        glue_type = f"struct<{','.join(f'{key}:{field.type}' for key, field in fields.items())}>"
        return Compiled(glue_type, _check("struct", members=members, required=schema.get("required")))
    if isinstance(others, Mapping):
        item = compile_member(others, f"{path}/additionalProperties")
        return Compiled(f"map<string,{item.type}>", _check("mapping", item=item.check))
    return Compiled("string", _json_text(schema, path, ["object"]))


def _field(key: str, schema: Any, path: str) -> Compiled:
    where = f"{path}/properties/{key}"
    if not _FIELD_NAME.fullmatch(key):
        refuse(
            "schema",
            where,
            "is not a field name, and fields of a struct cannot be mapped",
            f"name it [a-z_][a-z0-9_]*, or {AS_TEXT} on the struct",
        )
    return compile_member(schema, where)


_COMPILERS: Mapping[str, Callable[[Mapping[str, Any], str], Compiled]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
