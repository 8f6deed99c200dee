"""Identities of events: what a source record, a row, a rejected event and a failed record have in common.

An event is known by the ``event_id`` that its sender gave it, else by the one that the transform derives from the
record and the event's place in it: equal for every copy of a record, and kept when it is put again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from clickstream_local.failures.events import RecordEvents, events_of
from clickstream_local.failures.objects import AFTER_FUNCTION, FailedRecord

_ID_CHARACTERS = 64
_PLAIN_ID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32}")
"""A UUID, a ULID or a derived id: no redaction takes it for something else."""

Key = bytes


@dataclass(frozen=True)
class SourceEvent:
    """An event of a record.

    Attributes
    ----------
    key
        Its identity; None where it has none that an object could show: a bare event without an id.
    derived
        The identity that it has where its own id was redacted; None where that cannot be.
    """

    key: Key | None
    derived: Key | None = None


def source_events(found: RecordEvents) -> Iterator[SourceEvent]:
    """The events of a source record, at least one: a record in which none can be read counts for one that was lost."""
    identity, first = _identity(found)
    for place, event in enumerate(found.events or [None]):
        derived = None if identity is None else key_of(_derived(identity, first + place))
        given = _given_id(event)
        if given is None:
            yield SourceEvent(derived)
        else:
            yield SourceEvent(key_of(given), None if _PLAIN_ID.fullmatch(given) else derived)


def failed_events(record: FailedRecord) -> Iterator[SourceEvent]:
    """The events of a failed record or of a rejected event, of those that share an object each."""
    found = events_of(record.raw)
    if record.kind == "rejected":
        context = record.context or {}
        found = RecordEvents(context, found.data, found.events)
        events = list(source_events(found))
        yield from events[: record.event_count]
        # Events that share an object have lost their places; what has no id of its own is counted.
        yield from (SourceEvent(None) for _ in range(record.event_count - len(events)))
    elif record.kind in AFTER_FUNCTION:
        yield from (SourceEvent(None if (given := _given_id(row)) is None else key_of(given)) for row in found.events)
    else:
        yield from source_events(found)


def record_identity(found: RecordEvents) -> Key:
    """The identity of the record itself: a copy of it has the same."""
    return blake2b(found.data, digest_size=16).digest()


def key_of(event_id: str) -> Key:
    """The identity of an event by its id."""
    return blake2b(event_id.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _identity(found: RecordEvents) -> tuple[str | None, int]:
    given, first = found.context.get("identity"), found.context.get("first")
    place = first if isinstance(first, int) else 0
    if isinstance(given, str) and given:
        return given, place
    if not found.context:
        return None, 0  # it rests on Firehose's record id, which no object shows
    return blake2b(b"\n" + found.data, digest_size=16).hexdigest(), place


def _derived(identity: str, place: int) -> str:
    return blake2b(f"{identity}/{place}".encode(), digest_size=16).hexdigest()


def _given_id(event: Any) -> str | None:
    given = event.get("event_id") if isinstance(event, dict) else None
    if isinstance(given, bool) or not isinstance(given, str | int):
        return None
    return str(given)[:_ID_CHARACTERS] or None
