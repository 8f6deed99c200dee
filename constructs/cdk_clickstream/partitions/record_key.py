"""Keys that the transform gives each record, for dynamic partitioning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from cdk_clickstream._validation import checked, is_token, refuse
from cdk_clickstream.partitions.timestamp_pattern import TIME_PARTS

MAX_COMBINATIONS = 500
"""Partitions that a stream keeps open by default (facts/firehose.md#dynamic-partitioning)."""

OTHER = "other"
"""The value of everything that is in no list."""

_CONTEXT = ("api_key_id", "principal", "country")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,49}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}")


@checked
@dataclass(frozen=True)
class RecordKey:
    """A value that the transform gives a record. Made by :meth:`arrival`, :meth:`context` or :meth:`event`.

    No client can make a new one: it is a part of the time of arrival, or one of the names that you list, else
    ``other``. Used in a prefix as ``PartitionKey.from_lambda(<key>)``, or ``!{partitionKeyFromLambda:<key>}``, with
    ``DynamicPartitioning.from_lambda``.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
    """

    source: str
    detail: str
    allowed: tuple[str, ...]

    @classmethod
    def arrival(cls, pattern: str) -> RecordKey:
        """Take a part of the time at which Firehose received the record, in UTC.

        Parameters
        ----------
        pattern:
            ``yyyy``, ``MM``, ``dd``, ``HH``, ``yyyy-MM``, ``yyyy-MM-dd`` or ``yyyy-MM-dd-HH``.
        """
        if pattern not in TIME_PARTS:
            refuse(
                "transform.partition_keys", pattern, "must be a part of a time", f"use one of {', '.join(TIME_PARTS)}"
            )
        return cls("arrival", pattern, ())

    @classmethod
    def context(cls, member: str, allowed: Sequence[str]) -> RecordKey:
        """Take a value that the endpoint knows of the caller.

        Parameters
        ----------
        member:
            ``api_key_id``, ``principal`` or ``country``.
        allowed:
            Values that get a partition of their own; any other is ``other``. They go into the function's code at synth:
            the id of an API key has to be one that exists already.
        """
        if member not in _CONTEXT:
            refuse(
                "transform.partition_keys",
                member,
                "must be a value that the endpoint knows of a caller",
                f"use one of {', '.join(_CONTEXT)}",
            )
        return cls("context", member, _values(allowed))

    @classmethod
    def event(cls, member: str, allowed: Sequence[str]) -> RecordKey:
        """Take a member that all events of the record share, such as ``event_name``; ``other`` where they differ.

        Parameters
        ----------
        member:
            Its name.
        allowed:
            Values that get a partition of their own; any other is ``other``.
        """
        if not member:
            refuse("transform.partition_keys", member, "must name a member", "name one, such as 'event_name'")
        return cls("event", member, _values(allowed))

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that a record can have; empty for a time."""
        return tuple(dict.fromkeys((*self.allowed, OTHER))) if self.allowed else ()

    @property
    def pattern(self) -> str:
        """The java.time pattern of a time; empty for anything else."""
        return "" if self.allowed else self.detail

    def render(self) -> dict[str, object]:
        """Return the key as the bundled code reads it."""
        return {self.source: self.detail, **({"allowed": list(self.allowed)} if self.allowed else {})}


def render_keys(keys: Mapping[str, RecordKey]) -> dict[str, object]:
    """Return keys by name as the bundled code reads them; names and lists that cannot work are refused."""
    for name in keys:
        if not _NAME.fullmatch(name):
            refuse(
                "transform.partition_keys",
                name,
                "must be a key name: 1 to 50 letters, digits and underscores, no digit first",
                "rename it",
            )
    combinations = prod(len(key.allowed) + 1 for key in keys.values() if key.allowed)
    if combinations > MAX_COMBINATIONS:
        refuse(
            "transform.partition_keys",
            list(keys),
            f"allow {combinations} combinations of names, and a stream keeps {MAX_COMBINATIONS} partitions open",
            "shorten a list",
        )
    return {name: key.render() for name, key in keys.items()}


def _values(allowed: Sequence[str]) -> tuple[str, ...]:
    if any(is_token(value) for value in allowed):
        refuse(
            "transform.partition_keys",
            list(allowed),
            "must not contain a token: the list goes into the function's code at synth",
            "write the value out, such as the id of an API key that exists",
        )
    if not allowed or not all(_VALUE.fullmatch(value) for value in allowed):
        refuse(
            "transform.partition_keys",
            allowed,
            "must be a list of values: 1 to 64 letters, digits and _ . : @ -, beginning with a letter or digit",
            "list the values that get a partition of their own",
        )
    return tuple(allowed)
