"""Requests that the endpoint must refuse: what it answers to each, and that nothing of them reaches the stream."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit


@dataclass(frozen=True)
class BadRequest:
    """One request that is wrong on purpose; ``events`` is how many events it carries."""

    what: str
    body: bytes
    events: int
    content_type: str = "application/json"
    path: str = "/events"


@dataclass(frozen=True)
class Refusal:
    """What the endpoint answered to a bad request."""

    request: BadRequest
    status: int
    body: str


_EVENT = {"event_name": "click", "page_url": "https://shop.example/cart"}
BAD_REQUESTS = (
    BadRequest("not JSON", b'{"event_name": "click"', 1),
    BadRequest("an empty array", b"[]", 0),
    BadRequest("501 events", json.dumps([_EVENT] * 501).encode(), 501),
    BadRequest("one of two events has no event_name", json.dumps([_EVENT, {"page_url": "/"}]).encode(), 2),
    BadRequest("1.2 MB, more than a record holds", json.dumps([_EVENT | {"note": "x" * 4_000}] * 300).encode(), 300),
    BadRequest("content type application/xml", b"<event/>", 1, content_type="application/xml"),
    BadRequest("unknown path", json.dumps(_EVENT).encode(), 1, path="/event"),
)


def send_bad_requests(stage_url: str) -> list[Refusal]:
    """Send each bad request once to the stage."""
    address = urlsplit(stage_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    refusals = []
    for request in BAD_REQUESTS:
        connection.request("POST", address.path + request.path, request.body, {"Content-Type": request.content_type})
        answer = connection.getresponse()
        refusals.append(Refusal(request, answer.status, answer.read().decode()))
    connection.close()
    return refusals
