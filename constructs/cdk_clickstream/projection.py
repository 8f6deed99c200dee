"""Partition columns and how Athena's partition projection enumerates them."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_clickstream.errors import refuse

_DATE_UNITS = {"yyyy-MM": "MONTHS", "yyyy-MM-dd": "DAYS", "yyyy-MM-dd-HH": "HOURS"}
_INTEGERS = {"yyyy": ("2025,2100", 4), "MM": ("1,12", 2), "dd": ("1,31", 2), "HH": ("0,23", 2)}
# A fixed first day: "NOW-3YEARS" would hide older partitions as time passes, without a word.
_FIRST_DAY = {"yyyy-MM": "2025-01", "yyyy-MM-dd": "2025-01-01", "yyyy-MM-dd-HH": "2025-01-01-00"}


@dataclass(frozen=True)
class PartitionColumn:
    """A partition column whose value is the arrival time in one java.time pattern.

    Attributes
    ----------
    name:
        Name in the table and in the object key (``name=value/``).
    pattern:
        java.time pattern of the value.
    glue_type:
        ``string`` for dates (so that ``event_date >= '2026-01-01'`` needs no cast), ``int`` for integers.
    """

    name: str
    pattern: str
    glue_type: str

    @classmethod
    def of(cls, name: str, pattern: str) -> PartitionColumn:
        """Make the column of a pattern; a pattern that projection cannot enumerate is refused."""
        if pattern in _DATE_UNITS:
            return cls(name, pattern, "string")
        if pattern in _INTEGERS:
            return cls(name, pattern, "int")
        return refuse(
            f"partitions[{name!r}]",
            pattern,
            "is no pattern that partition projection can enumerate",
            f"use one of {', '.join([*_INTEGERS, *_DATE_UNITS])}",
        )

    @property
    def projection(self) -> dict[str, str]:
        """The table parameters that describe this column to Athena."""
        key = f"projection.{self.name}"
        if self.glue_type == "int":
            values, digits = _INTEGERS[self.pattern]
            return {f"{key}.type": "integer", f"{key}.range": values, f"{key}.digits": str(digits)}
        return {
            f"{key}.type": "date",
            f"{key}.format": self.pattern,
            f"{key}.range": f"{_FIRST_DAY[self.pattern]},NOW",
            f"{key}.interval": "1",
            f"{key}.interval.unit": _DATE_UNITS[self.pattern],
        }
