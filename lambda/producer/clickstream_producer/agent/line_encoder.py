"""A line as it is in the file to an event as it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import methodcaller

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.line_splitter import TOO_LONG
from clickstream_producer.agent.options import FlowOptions

# The zero bytes: what a writer leaves that goes on at its old offset after the file was truncated under it.
_stripped: Callable[[bytes], bytes] = methodcaller("strip", b"\0 \t\r\n")


def line_encoder(options: FlowOptions) -> Callable[[bytes], bytes | None]:
    """Make what turns lines of a flow into events: empty for an empty line, None for one that processing leaves out."""
    if not options.steps:
        return _stripped if options.line_format == "json" else _raw
    steps = options.steps

    def process(line: bytes) -> bytes | None:
        text: str | None = line.decode("utf-8", "replace").removesuffix("\r")
        if not text:
            return b""
        for step in steps:
            if text is None:
                return None
            text = step(text)
        return None if text is None else _raw(text.encode("utf-8", "replace"))

    return process


def why_no_object(event: object) -> str | None:
    """Say why a line cannot be an event of JSON; None where only the check of the whole line can tell."""
    assert isinstance(event, bytes)
    if len(event) > MAX_EVENT_BYTES:
        return TOO_LONG
    if event.startswith(b"{"):
        return None
    try:
        json.loads(event)
    except (ValueError, RecursionError):
        return "it is not one JSON value"
    return "it is not a JSON object"


def _raw(line: bytes) -> bytes:
    line = line.strip(b"\0\r")
    return line.replace(b"\r", b" ") if b"\r" in line else line
