"""Click events of an exact size, made lazily, so that a process's memory shows the producer and not its input."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

FIRST = 1_000_000
"""Number of the first event: all have seven digits, so all have the same length."""

KINDS = 499
"""Different events; more than any cache on the way would hold by chance."""


@cache
def tails(size: int) -> list[bytes]:
    """What follows ``{"seq":1234567,`` in each kind of event."""
    chance = random.Random(size)
    head = len(b'{"seq":1000000,')
    made = []
    for _ in range(KINDS):
        members: dict[str, Any] = {
            "event_name": chance.choice(("click", "view", "scroll")),
            "x": chance.randrange(1_920),
        }
        if size >= 400:
            members |= {
                "event_id": f"{chance.getrandbits(128):032x}",
                "client_time": f"2026-11-21T12:{chance.randrange(60):02}:{chance.randrange(60):02}.250Z",
                "page_url": f"https://shop.example/c/{chance.randrange(99)}/p/{chance.randrange(10**6)}?ref=mail",
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "user_id": f"u-{chance.randrange(10**6)}",
                "logged_in": chance.random() < 0.5,
                "price": chance.randrange(10**5) / 100,
                "tags": ["sale", "new"],
            }
        members["text"] = ""
        missing = size - head - len(encode(members)) + 1
        members["text"] = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz 0123456789", k=missing))
        made.append(encode(members)[1:])
    return made


def encode(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def encoded(count: int, size: int) -> Iterator[bytes]:
    """Events as bytes of exactly that size."""
    kinds = tails(size)
    for number in range(count):
        yield b'{"seq":%d,%b' % (FIRST + number, kinds[number % KINDS])


def dicts(count: int, size: int) -> Iterator[dict[str, Any]]:
    """The same as mappings, with the id and the time that the producer would add to those without."""
    given = {"event_id": "0" * 32, "client_time": "2026-11-21T12:00:00.250Z"}
    kinds = [{**given, **json.loads(b"{" + tail)} for tail in tails(size)]
    for number in range(count):
        yield {"seq": FIRST + number, **kinds[number % KINDS]}
