"""The request model of ``POST /events``: the gate checks the shape, the transform the meaning."""

from __future__ import annotations

from typing import Any

MAX_EVENTS = 500
"""Events of one request."""

_EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["event_name"],
    "properties": {"event_name": {"type": "string"}},
}


def events_model() -> dict[str, Any]:
    """JSON Schema (draft 4, the one of API Gateway): one event, or an array of 1..500, each with an ``event_name``.

    Anything else about an event is judged in the transform, so that one bad event does not cost its neighbours.
    """
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Events",
        "oneOf": [_EVENT, {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": _EVENT}],
    }


def event_model() -> dict[str, Any]:
    """JSON Schema (draft 4) of one event with an ``event_name``, for a stream without a transform."""
    return {"$schema": "http://json-schema.org/draft-04/schema#", "title": "Event", **_EVENT}
