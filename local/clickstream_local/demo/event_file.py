"""Reads real events from a file, their members renamed to the schema's."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

# Epoch numbers from here on are milliseconds, below it seconds: the border Firehose's own converter draws
# (facts/firehose.md#openx).
_MILLISECONDS_FROM = 1_000_000_000_000


class EventFileError(Exception):
    """The file or the mapping cannot be used; the message names the line or the entry."""


def parse_mapping(text: str) -> dict[str, str]:
    """``event_name=event_type,client_time=timestamp`` as target to source."""
    mapping: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        target, separator, source = entry.partition("=")
        if not (target and separator and source):
            raise EventFileError(f"--map: {entry!r} is not TARGET=SOURCE, such as event_name=event_type")
        mapping[target] = source
    return mapping


def read_events(path: Path, mapping: Mapping[str, str], timestamps: Set[str]) -> Iterator[dict[str, Any]]:
    """The events of a JSON-lines file, gzipped or not.

    A mapped member is renamed; a number in one of the ``timestamps`` columns is read as epoch seconds or milliseconds.

    Raises
    ------
    EventFileError
        If a line is not a JSON object, or lacks a mapped member.
    """
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _event(line, f"{path}, line {number}", mapping, timestamps)
    except (OSError, UnicodeDecodeError) as error:
        raise EventFileError(f"{path}: {error}") from None


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _event(line: str, where: str, mapping: Mapping[str, str], timestamps: Set[str]) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError as error:
        raise EventFileError(f"{where}: not JSON: {error}") from None
    if not isinstance(event, dict):
        raise EventFileError(f"{where}: a JSON object is wanted, found {type(event).__name__}")
    for target, source in mapping.items():
        if source not in event:
            raise EventFileError(f"{where}: has no member {source!r}, which --map gives to {target!r}")
    renamed = {target: event[source] for target, source in mapping.items()}
    moved = set(mapping.values())
    event = renamed | {name: value for name, value in event.items() if name not in moved and name not in renamed}
    for name in timestamps & event.keys():
        value = event[name]
        if isinstance(value, int | float) and not isinstance(value, bool):
            event[name] = _instant(value)
    return event


def _instant(epoch: float) -> str:
    seconds = epoch / 1000 if abs(epoch) >= _MILLISECONDS_FROM else epoch
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
