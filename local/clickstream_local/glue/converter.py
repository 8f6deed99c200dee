"""From records to the columns of a Glue table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from clickstream_local.glue.coercion import Coercion, ExactNumbersNeededError, coercion
from clickstream_local.glue.documents import parse_documents, parse_documents_exactly
from clickstream_local.glue.failure import MalformedDataError
from clickstream_local.glue.hive_types import GlueError, HiveType, Primitive, arrow_type, parse_type
from clickstream_local.glue.serde import SerDe
from clickstream_local.model import Column

Row = list[Any]

_NATURAL_KINDS: dict[str, type] = {"string": str, "boolean": bool, "double": float}
"""The types whose values of this Python type are what the column takes, without a look at the value."""


class Converter:
    """Converts records for one table.

    Parameters
    ----------
    columns
        The table's columns, without its partition keys: those are not part of a file.
    serde
        The deserializer's rules.

    Raises :class:`GlueError` for a type that cannot be read.
    """

    def __init__(self, columns: Sequence[Column], serde: SerDe) -> None:
        if not columns:
            raise GlueError("the table has no columns: a table for conversion needs at least one")
        names = [column.name for column in columns]
        if len(set(names)) < len(names):
            repeated = sorted({name for name in names if names.count(name) > 1})
            raise GlueError(f"the table has columns of the same name: {', '.join(repeated)}")
        types = [parse_type(column.type) for column in columns]
        self.schema = pa.schema([pa.field(c.name, arrow_type(t)) for c, t in zip(columns, types, strict=True)])
        self._row = _row_function(names, types, serde)
        self._rename = _renaming(serde)

    def rows(self, data: bytes) -> list[Row]:
        """The rows of a record. The record is the unit: when one document fails, it has no rows at all.

        Raises :class:`~clickstream_local.glue.failure.RecordError`.
        """
        try:
            return self._convert(parse_documents(data))
        except ExactNumbersNeededError:
            return self._convert_exactly(data)
        except RecursionError as error:
            raise MalformedDataError("The record is nested too deeply.") from error

    def batch(self, rows: Sequence[Row]) -> pa.RecordBatch:
        """Rows as columns."""
        columns = zip(*rows, strict=True)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _convert(self, documents: list[dict[str, Any]]) -> list[Row]:
        if self._rename is not None:
            documents = [self._rename(document) for document in documents]
        return [self._row(document) for document in documents]

    def _convert_exactly(self, data: bytes) -> list[Row]:
        try:
            return self._convert(parse_documents_exactly(data))
        except ExactNumbersNeededError:
            # Written with a fraction or an exponent: there are no more digits to be had.
            raise MalformedDataError("Data does not match the schema.", "A number has too many digits.") from None


def _renaming(serde: SerDe) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
    if serde.dots_to_underscores:
        lower = serde.case_insensitive
        return lambda document: {
            (key.lower() if lower else key).replace(".", "_"): value for key, value in document.items()
        }
    if serde.case_insensitive:
        return _lower_unless_lower
    return None


def _lower_unless_lower(document: dict[str, Any]) -> dict[str, Any]:
    # Most producers write lower-case keys: one look at all of them is cheaper than a new dict.
    keys = "".join(document)
    return document if keys == keys.lower() else {key.lower(): value for key, value in document.items()}


def _row_function(names: Sequence[str], types: Sequence[HiveType], serde: SerDe) -> Callable[[dict[str, Any]], Row]:
    """A function from a document to a row.

    It looks at the keys that a document has, not at the columns that a table has: events leave most columns unset.
    """
    places: dict[str, tuple[int, type | None, Coercion]] = {}
    copies: list[tuple[int, str, Coercion]] = []
    for index, (name, hive) in enumerate(zip(names, types, strict=True)):
        key, coerce = serde.mappings.get(name, name), coercion(hive, serde)
        if key in places:  # a mapping can give one key to two columns
            copies.append((index, key, coerce))
        else:
            kind = _NATURAL_KINDS.get(hive.name) if isinstance(hive, Primitive) else None
            places[key] = (index, kind, coerce)
    unset: Row = [None] * len(names)

    def row(document: dict[str, Any]) -> Row:
        values = unset.copy()
        for key, value in document.items():
            place = places.get(key)
            if place is not None and value is not None:
                index, kind, coerce = place
                values[index] = value if value.__class__ is kind else coerce(value)
        for index, key, coerce in copies:
            value = document.get(key)
            values[index] = None if value is None else coerce(value)
        return values

    return row
