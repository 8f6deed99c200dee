"""From records to the columns of a Glue table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clickstream_local.common.model import Column
from clickstream_local.glue.coercion import Coercion, ExactNumbersNeededError, coercion
from clickstream_local.glue.documents import parse_documents, parse_documents_exactly
from clickstream_local.glue.errors import GlueError, MalformedDataError
from clickstream_local.glue.hive_types import HiveType, Primitive, arrow_type, parse_type
from clickstream_local.glue.key_plans import KeyPlans
from clickstream_local.glue.serde import SerDe

if TYPE_CHECKING:
    import pyarrow as pa

Row = list[Any]
ColumnSlot = tuple[int, type | None, Coercion]
"""A column's place in the row, the Python type that needs no coercion, and the coercion."""

_NATURAL_KINDS: dict[str, type] = {"string": str, "boolean": bool, "double": float}
"""The types whose values of this Python type are what the column takes, without a look at the value."""


class Converter:
    """Converts records for one table.

    Parameters
    ----------
    columns:
        The table's columns, without its partition keys: those are not part of a file.
    serde:
        The deserializer's rules.

    Raises
    ------
    GlueError
        A type that cannot be read, two columns of one name, or no columns.
    """

    def __init__(self, columns: Sequence[Column], serde: SerDe) -> None:
        if not columns:
            raise GlueError("the table has no columns: a table for conversion needs at least one")
        names = [column.name for column in columns]
        if len(set(names)) < len(names):
            repeated = sorted({name for name in names if names.count(name) > 1})
            raise GlueError(f"the table has columns of the same name: {', '.join(repeated)}")
        self.names = names
        self._types = [parse_type(column.type) for column in columns]
        self._row = _row_function(names, self._types, serde)

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns in Arrow's terms."""
        import pyarrow as pa

        return pa.schema([pa.field(n, arrow_type(t)) for n, t in zip(self.names, self._types, strict=True)])

    def rows(self, data: bytes) -> list[Row]:
        """The rows of a record. The record is the unit: when one document fails, it has no rows at all.

        Raises
        ------
        RecordError
            The record cannot be converted.
        """
        try:
            return self._convert(parse_documents(data))
        except ExactNumbersNeededError:
            return self._convert_exactly(data)
        except RecursionError as error:
            raise MalformedDataError("The record is nested too deeply.") from error

    def batch(self, rows: Sequence[Row]) -> pa.RecordBatch:
        """Rows as columns."""
        import pyarrow as pa

        columns = zip(*rows, strict=True)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _convert(self, documents: list[dict[str, Any]]) -> list[Row]:
        return [self._row(document) for document in documents]

    def _convert_exactly(self, data: bytes) -> list[Row]:
        try:
            return self._convert(parse_documents_exactly(data))
        except ExactNumbersNeededError:
            # Written with a fraction or an exponent: there are no more digits to be had.
            raise MalformedDataError("Data does not match the schema.", "A number has too many digits.") from None


def _row_function(names: Sequence[str], types: Sequence[HiveType], serde: SerDe) -> Callable[[dict[str, Any]], Row]:
    """A function from a document to a row."""
    slots: list[tuple[str, ColumnSlot]] = []
    for index, (name, hive) in enumerate(zip(names, types, strict=True)):
        kind = _NATURAL_KINDS.get(hive.name) if isinstance(hive, Primitive) else None
        slots.append((name, (index, kind, coercion(hive, serde))))
    plans = KeyPlans(slots, serde)
    unset: Row = [None] * len(names)

    def row(document: dict[str, Any]) -> Row:
        values = unset.copy()
        for key, (index, kind, coerce) in plans.of(document):
            value = document[key]
            if value is not None:
                values[index] = value if value.__class__ is kind else coerce(value)
        return values

    return row
