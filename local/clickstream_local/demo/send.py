"""Sends events by both ways in: the HTTP endpoint, as a browser would, and the producer, as a service would."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from clickstream_local.demo.events import USER_AGENTS
from clickstream_producer import FirehoseStream, Producer

# The endpoint takes at most 500 events in a request; a record holds 1,024,000 bytes with its context.
_MOST_EVENTS = 200
_MOST_BYTES = 500_000
# The local runtime checks no signature; a real key would only risk being logged.
_CREDENTIALS = {"access_key_id": "LOCAL", "secret_access_key": "local"}

Progress = Callable[[int], None]


@dataclass
class Sent:
    """Counts of one way in. ``refused`` holds the answers other than 202 by status."""

    events: int = 0
    accepted: int = 0
    requests: int = 0
    refused: dict[int, int] = field(default_factory=dict)


def send_over_http(stage_url: str, events: Sequence[dict[str, Any]], seed: int, progress: Progress) -> Sent:
    """POST the events to ``<stage_url>/events`` in requests of 1 to 200 events, from several kinds of browser."""
    choice = random.Random(seed)  # noqa: S311
    address = urlsplit(stage_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    sent = Sent()
    start = 0
    while start < len(events):
        batch, body = _batch(events, start, choice.randint(1, _MOST_EVENTS))
        # Beacons from a browser come as text/plain, fetch as JSON; both are the same to the pipeline.
        content_type = choice.choice(("application/json", "text/plain;charset=UTF-8"))
        agent = choice.choice(USER_AGENTS).encode()
        connection.request("POST", f"{address.path}/events", body, {"Content-Type": content_type, "User-Agent": agent})
        answer = connection.getresponse()
        answer.read()
        sent.requests += 1
        sent.events += len(batch)
        if answer.status == 202:
            sent.accepted += len(batch)
        else:
            sent.refused[answer.status] = sent.refused.get(answer.status, 0) + len(batch)
        start += len(batch)
        progress(len(batch))
    connection.close()
    return sent


def _batch(events: Sequence[dict[str, Any]], start: int, most: int) -> tuple[list[dict[str, Any]], bytes]:
    """Up to ``most`` events from ``start`` whose body stays well within a record."""
    batch: list[dict[str, Any]] = []
    texts: list[str] = []
    size = 2
    for event in events[start : start + most]:
        text = json.dumps(event, ensure_ascii=False)
        size += len(text.encode()) + 1
        if batch and size > _MOST_BYTES:
            break
        batch.append(event)
        texts.append(text)
    # A browser sends one event as an object, several as an array.
    body = texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
    return batch, body.encode()


def send_by_producer(url: str, stream: str, region: str, events: Sequence[dict[str, Any]], progress: Progress) -> Sent:
    """Hand the events to a :class:`clickstream_producer.Producer` that writes to ``stream`` at ``url``."""
    target = FirehoseStream(stream, region=region, endpoint_url=url, credentials=_CREDENTIALS)
    sent = Sent()
    with Producer(target) as producer:
        for event in events:
            sent.events += 1
            sent.accepted += producer.put(event)
            progress(1)
        result = producer.close(timeout=60)
    sent.accepted -= result.dropped + result.pending
    return sent
