"""The events of a source record, as far as they can be told without the function that reads them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_KINDS = ("request", "replay", "split", "transformed")
_MAX_INFLATED_BYTES = 64 << 20
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class RecordEvents:
    """What a record holds.

    Attributes
    ----------
    context
        Its context line, empty where it has none.
    data
        Its bytes, inflated.
    events
        One entry an event, in order; None for a piece that is no JSON.
    """

    context: Mapping[str, Any]
    data: bytes
    events: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many events it counts for: a record in which none can be found is one that was lost."""
        return max(1, len(self.events))

    @property
    def first(self) -> Any:
        """The first event that can be read; None if there is none."""
        return next((event for event in self.events if event is not None), None)


def events_of(record: bytes) -> RecordEvents:
    """The events of a record: behind its context line, in arrays, one after the other, or of a log group."""
    data = _inflated(record)
    context, body = _split(data)
    try:
        text = body.decode().strip()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "backslashreplace").strip()
    return RecordEvents(context, data, [event for value in _values(text) for event in _log_events(value)])


def _log_events(value: Any) -> list[Any]:
    """The events in a message of CloudWatch Logs, none in one that only tries the way; else the value itself."""
    kind = value.get("messageType") if isinstance(value, dict) else None
    if kind == "CONTROL_MESSAGE":
        return []
    return list(value.get("logEvents", ())) if kind == "DATA_MESSAGE" else [value]


def _values(text: str) -> list[Any]:
    found: list[Any] = []
    place = 0
    while place < len(text):
        if text[place] in " \t\r\n,":
            place += 1
            continue
        try:
            value, place = _decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            found.append(None)
            place = text.find("\n", place) + 1 or len(text)
            continue
        found += value if isinstance(value, list) else [value]
    return found


def _split(data: bytes) -> tuple[Mapping[str, Any], bytes]:
    line, _, body = data.partition(b"\n")
    if not line.startswith(b"{") or b'"clickstream"' not in line:
        return {}, data
    try:
        context = json.loads(line)
    except (ValueError, RecursionError):
        return {}, data
    if context.get("clickstream") != 1 or context.get("kind") not in _KINDS:
        return {}, data
    boundary = context.get("boundary")
    closing = f"\n{boundary}\n".encode()
    return context, body.removesuffix(closing) if boundary else body


def _inflated(record: bytes) -> bytes:
    if not record.startswith(b"\x1f\x8b"):
        return record
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return inflater.decompress(record, _MAX_INFLATED_BYTES)
    except zlib.error:
        return record
