"""How the two JSON deserializers read keys and values (facts/firehose.md#conversion-options, #openx, #hive)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clickstream_local.glue.errors import GlueError
from clickstream_local.glue.timestamps import epoch_milliseconds, openx_timestamp, sql_timestamp


@dataclass(frozen=True)
class SerDe:
    """The rules of a deserializer.

    Attributes
    ----------
    case_insensitive:
        Column and member names match keys of any case.
    lowercase_keys:
        Keys that are data (of a map, or of an object in a string column) are lower-cased.
    lenient:
        A value of another shape is coerced where that is possible, not refused.
    dots_to_underscores:
        A key ``a.b`` matches the column or member ``a_b`` where it has no key of its own.
    mappings:
        Name of a column, or of a member of a struct at any depth, to JSON key.
    timestamp:
        Reads the value of a timestamp column.
    """

    case_insensitive: bool = True
    lowercase_keys: bool = True
    lenient: bool = True
    dots_to_underscores: bool = False
    mappings: Mapping[str, str] = field(default_factory=dict)
    timestamp: Callable[[object], datetime] = openx_timestamp

    @classmethod
    def openx(cls, options: Mapping[str, Any]) -> SerDe:
        """The OpenX JSON SerDe; ``CaseInsensitive`` is true unless it is given."""
        case_insensitive = str(options.get("CaseInsensitive", True)).lower() == "true"
        mappings = dict(options.get("ColumnToJsonKeyMappings") or {})
        if case_insensitive:
            mappings = {column: key.lower() for column, key in mappings.items()}
        return cls(
            case_insensitive=case_insensitive,
            lowercase_keys=case_insensitive,
            dots_to_underscores=str(options.get("ConvertDotsInJsonKeysToUnderscores", False)).lower() == "true",
            mappings=mappings,
        )

    @classmethod
    def hive(cls, options: Mapping[str, Any]) -> SerDe:
        """The Hive JSON SerDe. Raises :class:`GlueError` for TimestampFormats that are Joda patterns."""
        formats = list(options.get("TimestampFormats") or [])
        if formats not in ([], ["millis"]):
            raise GlueError(
                f"HiveJsonSerDe.TimestampFormats is {formats!r}: only the default and ['millis'] run here; "
                "use OpenXJsonSerDe, or send epoch milliseconds"
            )
        return cls(lowercase_keys=False, lenient=False, timestamp=epoch_milliseconds if formats else sql_timestamp)

    @classmethod
    def of(cls, deserializer: Mapping[str, Any]) -> SerDe:
        """The rules of an ``InputFormatConfiguration.Deserializer``. Raises :class:`GlueError` unless it holds one."""
        if ("OpenXJsonSerDe" in deserializer) == ("HiveJsonSerDe" in deserializer):
            raise GlueError("Deserializer must hold one of OpenXJsonSerDe and HiveJsonSerDe")
        if "OpenXJsonSerDe" in deserializer:
            return cls.openx(deserializer["OpenXJsonSerDe"] or {})
        return cls.hive(deserializer["HiveJsonSerDe"] or {})
