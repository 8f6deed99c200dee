"""The request models: the gate checks the shape, the transform the meaning, unless the gate is told to be strict."""

from __future__ import annotations

from typing import Any

MAX_EVENTS = 500
"""Events of one request."""

SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["event_name"],
    "properties": {"event_name": {"type": "string"}},
}
"""What an event must look like when the transform judges everything else, so that one bad event costs no neighbour."""

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
