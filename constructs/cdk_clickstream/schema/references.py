"""Local references of a JSON Schema, put in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_clickstream._validation import refuse
from cdk_clickstream.schema.keywords import ANNOTATIONS, AS_TEXT


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
