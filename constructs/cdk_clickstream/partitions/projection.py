"""Partition columns and how Athena's partition projection enumerates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cdk_clickstream._validation import refuse
from cdk_clickstream.partitions.partition_key import FROM_LAMBDA, PartitionKey
from cdk_clickstream.partitions.record_key import RecordKey
from cdk_clickstream.partitions.timestamp_pattern import TIME_PARTS

# Unit, first value, and how far a clock may be ahead of UTC: no zone is more than 14 hours. The first value is fixed:
# "NOW-3YEARS" would hide older partitions as time passes, without a word.
_DATES = {
    "yyyy-MM": ("MONTHS", "2025-01", "+1MONTHS"),
    "yyyy-MM-dd": ("DAYS", "2025-01-01", "+1DAYS"),
    "yyyy-MM-dd-HH": ("HOURS", "2025-01-01-00", "+14HOURS"),
}
# Range and digits.
_INTEGERS = {"yyyy": ("2025,2100", 4), "MM": ("1,12", 2), "dd": ("1,31", 2), "HH": ("0,23", 2)}


@dataclass(frozen=True)
class PartitionColumn:
    """A partition column: the arrival time in one java.time pattern, or a partition key of the record.

    Attributes
    ----------
    name:
        Name in the table and in the object key (``name=value/``).
    pattern:
        java.time pattern of the value; empty for a partition key that is no time.
    glue_type:
        ``string`` for dates (so that ``event_date >= '2026-01-01'`` needs no cast) and keys, ``int`` for integers.
    key:
        The partition key, where the value is one.
    """

    name: str
    pattern: str
    glue_type: str
    key: PartitionKey | None = None

    @classmethod
    def of(cls, name: str, pattern: str) -> PartitionColumn:
        """Make the column of a pattern; a pattern that projection cannot enumerate is refused."""
        if pattern not in TIME_PARTS:
            refuse(
                f"partitions[{name!r}]",
                pattern,
                "must be a pattern that partition projection can enumerate",
                f"use one of {', '.join(TIME_PARTS)}",
            )
        return cls(name, pattern, "string" if pattern in _DATES else "int")

    @classmethod
    def from_partition_key(cls, name: str, key: PartitionKey) -> PartitionColumn:
        """Make the column of a partition key."""
        return cls(name, "", "string", key)

    def with_values_from(self, keys: Mapping[str, RecordKey]) -> PartitionColumn:
        """Return the column as Athena enumerates it, where its values come from one of these keys of a transform."""
        key = self.key
        if key is None or key.namespace != FROM_LAMBDA or key.name not in keys:
            return self
        given = keys[key.name]
        if key.values and {*key.values} != {*given.values}:
            refuse(
                f"values of {key.name!r}",
                list(key.values),
                f"must be those that the transform gives, {list(given.values) or given.pattern!r}",
                "leave values= out: they are known here",
            )
        if given.pattern:
            return replace(PartitionColumn.of(self.name, given.pattern), key=key)
        return replace(self, key=replace(key, values=given.values))

    @property
    def expression(self) -> str:
        """The prefix expression that gives the value."""
        return self.key.expression if self.key else f"!{{timestamp:{self.pattern}}}"

    def projection(self, *, utc: bool = True) -> dict[str, str]:
        """Return the table parameters that describe this column to Athena.

        Athena's ``NOW`` is in UTC: where the prefix gives times of another zone, the range ends later, or the newest
        partitions of a zone ahead of UTC would have no rows for hours. A time that the transform gives is in UTC.
        """
        key = f"projection.{self.name}"
        if self.key is not None and not self.pattern:
            if not self.key.values:
                return {f"{key}.type": "injected"}
            return {f"{key}.type": "enum", f"{key}.values": ",".join(self.key.values)}
        if self.glue_type == "int":
            values, digits = _INTEGERS[self.pattern]
            return {f"{key}.type": "integer", f"{key}.range": values, f"{key}.digits": str(digits)}
        unit, first, ahead = _DATES[self.pattern]
        return {
            f"{key}.type": "date",
            f"{key}.format": self.pattern,
            f"{key}.range": f"{first},NOW{'' if utc or self.key else ahead}",
            f"{key}.interval": "1",
            f"{key}.interval.unit": unit,
        }
