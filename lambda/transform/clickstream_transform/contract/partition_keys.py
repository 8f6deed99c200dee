"""Keys for dynamic partitioning (``partitionKeyFromLambda``), of which no client can make a new one.

Firehose keeps 500 partitions open by default and sends what belongs to others to the error prefix, so whoever could
make partitions could push everybody's data there. A key is therefore a part of the time at which Firehose received the
record, or one of a list of names, else ``other``. Keys are per record: an event's own name only counts where all events
of the record share it, as in the records of ``POST /records``. Rows that come back, too many for an answer or
replayed, have the key of their column of that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clickstream_transform.errors import ConfigError
from clickstream_transform.records.envelope import Envelope, read_json
from clickstream_transform.timestamps import format_millis

OTHER = "other"
"""The key of everything that is in no list."""

MAX_COMBINATIONS = 500
"""Partitions that Firehose keeps open by default: what the lists of a pipeline may make of one time, at most."""

CONTEXT_MEMBERS = ("api_key_id", "principal", "country")
"""Members of the context line that say who sent a request; an address or a user agent is the client's own."""

ARRIVAL_PATTERNS: Mapping[str, tuple[int, int]] = {
    "yyyy": (0, 4),
    "MM": (5, 7),
    "dd": (8, 10),
    "HH": (11, 13),
    "yyyy-MM": (0, 7),
    "yyyy-MM-dd": (0, 10),
    "yyyy-MM-dd-HH": (0, 13),
}
"""Parts of the arrival time in UTC, as java.time writes them and partition projection enumerates them."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,49}"
_VALUE = r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}"


class PartitionKey:
    """One key: ``source`` is ``arrival``, ``context`` or ``event``; ``detail`` the pattern or the member's name."""

    __slots__ = ("allowed", "detail", "name", "source")

    def __init__(self, name: str, source: str, detail: str, allowed: frozenset[str]) -> None:
        self.name = name
        self.source = source
        self.detail = detail
        self.allowed = allowed


class PartitionKeys:
    """The keys of a pipeline.

    ``given`` holds, by the key's name, one of ``{"arrival": pattern}``, ``{"context": member, "allowed": [...]}`` with
    ``api_key_id``, ``principal`` or ``country``, and ``{"event": member, "allowed": [...]}``.

    Raises
    ------
    ConfigError
        The option cannot work; the message names the key, the value and what is allowed.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        if not isinstance(given, Mapping):
            raise ConfigError(f"option 'partition_keys' is {given!r}; it must be an object of keys by name")
        self._keys = [_checked(name, key) for name, key in given.items()]
        combinations = 1
        for key in self._keys:
            combinations *= len(key.allowed) + 1 if key.source != "arrival" else 1
        if combinations > MAX_COMBINATIONS:
            raise ConfigError(
                f"option 'partition_keys' allows {combinations} combinations of names; allowed are {MAX_COMBINATIONS}, "
                "the partitions that Firehose keeps open: shorten a list"
            )

    def __bool__(self) -> bool:
        return bool(self._keys)

    def of(self, envelope: Envelope, arrival: int) -> dict[str, str]:
        """The keys of a record that arrived at ``arrival`` (epoch milliseconds)."""
        return {key.name: _value(key, envelope, arrival) for key in self._keys}


def _value(key: PartitionKey, envelope: Envelope, arrival: int) -> str:
    if key.source == "arrival":
        return _part(arrival // 1000, key.detail)
    by_context = key.source == "context"
    value = envelope.text(key.detail) if by_context else _shared_by_all(key.detail, _events(envelope))
    return value if value in key.allowed else OTHER


@lru_cache(maxsize=1024)
def _part(seconds: int, pattern: str) -> str:
    start, end = ARRIVAL_PATTERNS[pattern]
    return format_millis(seconds * 1000)[start:end].replace("T", "-")


def _events(envelope: Envelope) -> list[Any]:
    return envelope.events.values if envelope.rows is None else read_json(envelope.rows, False).values


def _shared_by_all(member: str, events: list[Any]) -> str | None:
    found: str | None = None
    for event in events:
        value = event.get(member) if event.__class__ is dict else None
        if value.__class__ is not str or (found is not None and value != found):
            return None
        found = value
    return found


def _checked(name: str, given: Any) -> PartitionKey:
    where = f"option 'partition_keys', key {name!r}"
    if re.fullmatch(_NAME, name) is None:
        raise ConfigError(f"{where}: allowed are 1 to 50 letters, digits and underscores, not beginning with a digit")
    sources = [source for source in ("arrival", "context", "event") if isinstance(given, Mapping) and source in given]
    if len(sources) != 1 or set(given) - {sources[0], "allowed"} or (sources == ["arrival"] and "allowed" in given):
        raise ConfigError(
            f"{where} is {given!r}; allowed are one of "
            '{"arrival": pattern}, {"context": member, "allowed": [...]}, {"event": member, "allowed": [...]}'
        )
    source, detail = sources[0], given[sources[0]]
    if source == "arrival":
        if detail not in ARRIVAL_PATTERNS:
            raise ConfigError(f"{where}: arrival is {detail!r}; allowed are {', '.join(ARRIVAL_PATTERNS)}")
        return PartitionKey(name, source, detail, frozenset())
    if not isinstance(detail, str) or not detail or (source == "context" and detail not in CONTEXT_MEMBERS):
        wanted = ", ".join(CONTEXT_MEMBERS) if source == "context" else "the name of a member"
        raise ConfigError(f"{where}: {source} is {detail!r}; allowed are {wanted}")
    allowed = given.get("allowed")
    if not isinstance(allowed, list) or not allowed:
        raise ConfigError(f"{where}: allowed is {allowed!r}; list the names that get a partition of their own")
    for value in allowed:
        if not isinstance(value, str) or re.fullmatch(_VALUE, value) is None:
            raise ConfigError(
                f"{where}: allowed holds {value!r}; allowed are 1 to 64 letters, digits and _ . : @ - in a name, "
                "beginning with a letter or digit"
            )
    return PartitionKey(name, source, detail, frozenset(allowed))
