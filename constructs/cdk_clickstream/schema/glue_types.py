"""From JSON Schema to Glue column types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdk_clickstream._validation import refuse
from cdk_clickstream.schema.keywords import ALLOWED, ANNOTATIONS, AS_TEXT, check_keywords, refuse_others

_INT32 = (-(2**31), 2**31 - 1)
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def inline_references(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without local ``$ref``; a remote or recursive one is refused."""
    whole = _inline(schema, schema, "#", ())
    # What only references pointed to is in its place now.
    return {key: value for key, value in whole.items() if key not in ("definitions", "$defs")}


def _inline(node: Any, root: Mapping[str, Any], path: str, trail: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(item, root, f"{path}/{index}", trail) for index, item in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if not reference.startswith("#/"):
            refuse("schema", f"{path}/$ref", f"{reference!r} is not in this file", "copy the definition into the file")
        target = _resolve(reference, root, path)
        # draft-07: keywords beside $ref have no effect; only what describes the member is kept.
        siblings = {key: value for key, value in node.items() if key in ANNOTATIONS}
        if siblings.get("x-glue-type") == "string":
            return {**{key: target[key] for key in ("type",) if key in target}, **siblings}
        if reference in trail:
            refuse("schema", f"{path}/$ref", f"{reference!r} is recursive", AS_TEXT)
        return _inline({**target, **siblings}, root, path, (*trail, reference))
    skip = ("definitions", "$defs") if path == "#" else ()
    return {key: _inline(value, root, f"{path}/{key}", trail) for key, value in node.items() if key not in skip}


def _resolve(reference: str, root: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    target: Any = root
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        target = target.get(key) if isinstance(target, Mapping) else None
    if not isinstance(target, Mapping):
        refuse("schema", f"{path}/$ref", f"{reference!r} is not defined", "define it, or correct the reference")
    return target


def glue_type(schema: Mapping[str, Any], path: str) -> str:
    """Return the Glue type of a member; what has none is refused, naming the JSON path and the way out."""
    chosen = schema.get("x-glue-type")
    if chosen == "string":
        return "string"
    if "type" not in schema:
        # {"anyOf": [...]}: name the keyword, not the type that it makes needless.
        refuse_others(schema, path, frozenset().union(*ALLOWED.values()), AS_TEXT)
    kind = _single_type(schema, path)
    check_keywords(schema, path, kind)
    if chosen is not None:
        return _decimal(chosen, kind, path)
    if kind == "string":
        return {"date-time": "timestamp", "date": "date"}.get(schema.get("format", ""), "string")
    if kind == "integer":
        bounds = (schema.get("minimum"), schema.get("maximum"))
        small = all(isinstance(one, int | float) and _INT32[0] <= one <= _INT32[1] for one in bounds)
        return "int" if small else "bigint"
    if kind == "array":
        return _array(schema, path)
    if kind == "object":
        return _object(schema, path)
    return {"number": "double", "boolean": "boolean"}[kind]


def _single_type(schema: Mapping[str, Any], path: str) -> str:
    declared = schema.get("type")
    kinds = [kind for kind in declared if kind != "null"] if isinstance(declared, list) else [declared]
    if len(kinds) != 1 or kinds[0] not in ALLOWED:
        refuse("schema", f"{path}/type", f"{declared!r} is not one type (or one and null)", f"name one, or {AS_TEXT}")
    return str(kinds[0])


def _decimal(chosen: object, kind: str, path: str) -> str:
    match = _DECIMAL.fullmatch(chosen) if isinstance(chosen, str) else None
    if match is None or kind != "number" or not 1 <= int(match[1]) <= 38 or int(match[2]) > int(match[1]):
        refuse(
            "schema",
            f"{path}/x-glue-type",
            f"{chosen!r} is not possible for type {kind}",
            "use string, or decimal(p,s) with 1 <= p <= 38 and s <= p on a number",
        )
    return match.group(0)


def _array(schema: Mapping[str, Any], path: str) -> str:
    items = schema.get("items")
    if not isinstance(items, Mapping):
        refuse("schema", f"{path}/items", "is not one schema for all items", f"give one, or {AS_TEXT}")
    return f"array<{glue_type(items, f'{path}/items')}>"


def _object(schema: Mapping[str, Any], path: str) -> str:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    if properties and isinstance(others, Mapping):
        refuse("schema", f"{path}/additionalProperties", "cannot stand beside properties", f"drop one, or {AS_TEXT}")
    if properties:
        return f"struct<{','.join(_field(key, value, path) for key, value in properties.items())}>"
    if isinstance(others, Mapping):
        return f"map<string,{glue_type(others, f'{path}/additionalProperties')}>"
    return "string"


def _field(key: str, schema: Any, path: str) -> str:
    where = f"{path}/properties/{key}"
    if not isinstance(schema, Mapping):
        refuse("schema", where, "is not an object", "describe the member by an object with a type")
    if not _FIELD_NAME.fullmatch(key):
        refuse(
            "schema",
            where,
            "is no field name, and fields of a struct cannot be mapped",
            f"name it [a-z_][a-z0-9_]*, or {AS_TEXT} on the struct",
        )
    return f"{key}:{glue_type(schema, where)}"
