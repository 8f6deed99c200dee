"""Request models: by default API Gateway checks the shape of events and the transform the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from cdk_clickstream._validation import refuse
from cdk_clickstream.schema.event_schema import EventSchema

MAX_EVENTS = 500
"""Events of one request."""

SHAPE: dict[str, Any] = {"type": "object", "required": ["event_name"], "properties": {"event_name": {"type": "string"}}}
"""Shape of an event where the transform checks the rest, so that an invalid event does not reject its neighbours."""

_CHECKED = ("minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems")
_LARGEST = 400_000 // 3
# A model holds 400 KB (facts/api-gateway.md#request-validation) and the event stands in it twice, with some room for
# what surrounds it.
_DRAFT = {"$schema": "http://json-schema.org/draft-04/schema#"}


def events_model(event: dict[str, Any] = SHAPE) -> dict[str, Any]:
    """JSON Schema (draft 4, the one of API Gateway) of ``POST /events``: one event, or an array of 1..500."""
    return {**_DRAFT, "title": "Events", "oneOf": [event, _array(event)]}


def event_model(event: dict[str, Any] = SHAPE) -> dict[str, Any]:
    """JSON Schema (draft 4) of one event, for a stream without a transform."""
    return {**_DRAFT, "title": "Event", **event}


def records_model(event: dict[str, Any] = SHAPE) -> dict[str, Any]:
    """JSON Schema (draft 4) of ``POST /records``: an array of 1..500 events."""
    return {**_DRAFT, "title": "Records", **_array(event)}


def _array(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": event}


def strict_event(schema: EventSchema) -> dict[str, Any]:
    """One event as draft 4 (the one of API Gateway): types, bounds and required members, of what clients may send.

    Left to the transform: ``format``, which draft 4 does not define for API Gateway, exclusive bounds of numbers that
    are not whole (unsupported, facts/api-gateway.md#request-validation), and members that the server makes
    (``readOnly``). ``null`` stands for
    an absent value, as in the transform; identifiers may be whole numbers, and times epoch numbers.
    """
    event = _object(json.loads(schema.text))
    for column in schema.columns:
        check, model = column.compiled["check"], event["properties"].get(column.json_key)
        number = "number" if check["kind"] == "date_time" else "integer" if check.get("integers") else None
        if model is not None and number is not None:
            kinds = model["type"]
            model["type"] = [*([kinds] if isinstance(kinds, str) else kinds), number]
    size = len(json.dumps(event))
    if size > _LARGEST:
        refuse(
            "request_validation",
            "strict",
            f"the schema makes a model of {2 * size} bytes, and API Gateway takes 400 KB",
            "use request_validation='shape': the transform checks the rest",
        )
    return event


def pattern_hint(schema: EventSchema) -> str:
    """Patterns of required members in words, for the response to an invalid body: those that the schema describes."""
    required = {column.json_key: column.compiled.get("requirements", {}) for column in schema.columns}
    described = {
        name: required[name]["pattern"]
        for name, member in json.loads(schema.text)["properties"].items()
        if "x-pattern-description" in member and "pattern" in required.get(name, {})
    }
    # A dollar sign would begin a variable of the response's template.
    return "".join(f" {name} {text}." for name, text in described.items() if "$" not in name + text)


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    members = {name: one for name, one in schema["properties"].items() if not one.get("readOnly")}
    required = [name for name in schema.get("required", ()) if name in members]
    if "event_name" in members and "event_name" not in required:
        required.append("event_name")
    model: dict[str, Any] = {
        "type": "object",
        "properties": {name: _member(one, required=name in required) for name, one in members.items()},
    }
    # Draft 4 has no empty list here.
    return model | ({"required": required} if required else {})


def _member(schema: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    if schema.get("x-glue-type") == "string":
        # Kept as JSON text: whatever it holds is right.
        return {}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = (one for one in kinds if one != "null")
    if kind == "object":
        model = _nested(schema)
    else:
        model = {"type": kind, **{keyword: schema[keyword] for keyword in _CHECKED if keyword in schema}}
        model.update(_whole_bounds(schema) if kind == "integer" else {})
        if "items" in schema:
            model["items"] = _member(schema["items"], required=False)
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if values is not None:
        model["enum"] = list(values)
    if not required:
        model["type"] = [kind, "null"]
        if values is not None and None not in values:
            model["enum"].append(None)
    return model


def _nested(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        return _object(schema)
    others = schema.get("additionalProperties")
    model: dict[str, Any] = {"type": "object"}
    return model | ({"additionalProperties": _member(others, required=False)} if isinstance(others, dict) else {})


def _whole_bounds(schema: Mapping[str, Any]) -> dict[str, int]:
    """Exclusive bounds of whole numbers, as inclusive ones."""
    bounds: dict[str, int] = {}
    if "exclusiveMinimum" in schema:
        bounds["minimum"] = max(math.floor(schema["exclusiveMinimum"]) + 1, schema.get("minimum", -math.inf))
    if "exclusiveMaximum" in schema:
        bounds["maximum"] = min(math.ceil(schema["exclusiveMaximum"]) - 1, schema.get("maximum", math.inf))
    return bounds
