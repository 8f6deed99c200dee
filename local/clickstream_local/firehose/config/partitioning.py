"""Dynamic partitioning: which partition a record belongs to (facts/firehose.md#dynamic-partitioning)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clickstream_local.firehose.config.metadata_query import MetadataError, MetadataQuery
from clickstream_local.firehose.config.prefix import (
    FROM_LAMBDA,
    FROM_QUERY,
    MAX_EVALUATED,
    ObjectPrefixes,
    PrefixValues,
)
from clickstream_local.firehose.records.record import Record


class Partition(NamedTuple):
    """A partition; ``group`` is its evaluated prefix without random strings, and identifies it."""

    group: str
    keys: Mapping[str, str]


class Partitioning:
    """The partitions of one destination; ``prefix_bytes`` is what its objects' names leave of a key for the prefix."""

    def __init__(
        self, prefixes: ObjectPrefixes, query: MetadataQuery | None, zone: ZoneInfo, *, prefix_bytes: int
    ) -> None:
        self._prefixes = prefixes
        self._prefix_bytes = prefix_bytes
        self._query = query
        self._zone = zone

    def partition(self, record: Record) -> Partition:
        """The partition of a record.

        Raises :class:`MetadataError` for a record that is not JSON, and for one that lacks a key of the prefix.
        """
        found: dict[str, str] = {}
        if self._query is not None:
            found = {f"{FROM_QUERY}:{name}": value for name, value in self._query.keys(record.data).items()}
        if isinstance(record.partition_keys, Mapping):
            found |= {
                f"{FROM_LAMBDA}:{name}": value
                for name, value in record.partition_keys.items()
                if isinstance(value, str)
            }
        for key in self._prefixes.partition_keys:
            if not found.get(key):
                raise MetadataError(f"The partition key {key} is missing or empty")
        instant = datetime.fromtimestamp(record.arrival // 1000, UTC).astimezone(self._zone)
        group = self._prefixes.group(PrefixValues(instant, partition_keys=found))
        if len(group) > MAX_EVALUATED:
            raise MetadataError(f"The prefix has more than {MAX_EVALUATED} characters when evaluated")
        if len(group.encode(errors="replace")) > self._prefix_bytes:
            raise MetadataError(f"The prefix has more than {self._prefix_bytes} bytes when evaluated; a key has 1024")
        return Partition(group, {key: found[key] for key in self._prefixes.partition_keys})
