"""From records to the columns of a Glue table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from clickstream_local.glue.coercion import INTEGER_BITS, ExactNumbersNeededError, coercion
from clickstream_local.glue.documents import parse_documents, parse_documents_exactly
from clickstream_local.glue.failure import MalformedDataError
from clickstream_local.glue.hive_types import GlueError, HiveType, Primitive, arrow_type, parse_type
from clickstream_local.glue.serde import SerDe
from clickstream_local.model import Column

Row = tuple[Any, ...]

_FAST_PATHS = {
    "string": "{v}.__class__ is not str",
    "boolean": "{v}.__class__ is not bool",
    "double": "{v}.__class__ is not float",
} | {
    name: f"not ({{v}}.__class__ is int and {-(1 << (bits - 1))} <= {{v}} < {1 << (bits - 1)})"
    for name, bits in INTEGER_BITS.items()
}
"""When a value needs its coercion: for these types, a value of the natural JSON kind is what the column takes."""


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
        types = [parse_type(column.type) for column in columns]
        self.schema = pa.schema([pa.field(c.name, arrow_type(t)) for c, t in zip(columns, types, strict=True)])
        self._serde = serde
        self._row = _row_function([column.name for column in columns], types, serde)
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
        if self._rename is None:
            return [self._row(document.get) for document in documents]
        return [self._row(self._rename(document).get) for document in documents]

    def _convert_exactly(self, data: bytes) -> list[Row]:
        try:
            return self._convert(parse_documents_exactly(data))
        except ExactNumbersNeededError:
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


def _row_function(
    names: Sequence[str], types: Sequence[HiveType], serde: SerDe
) -> Callable[[Callable[[str], Any]], Row]:
    """A function from a document's ``get`` to a row, written out for the schema: a loop would take twice as long."""
    lines = ["def row(get):"]
    namespace: dict[str, Any] = {}
    for index, (name, hive) in enumerate(zip(names, types, strict=True)):
        value, coerce = f"v{index}", f"c{index}"
        namespace[coerce] = coercion(hive, serde)
        needs_coercion = _FAST_PATHS.get(hive.name, "True") if isinstance(hive, Primitive) else "True"
        lines += [
            f"    {value} = get({serde.mappings.get(name, name)!r})",
            f"    if {value} is not None and ({needs_coercion.format(v=value)}): {value} = {coerce}({value})",
        ]
    lines.append(f"    return ({', '.join(f'v{index}' for index in range(len(names)))},)")
    # Names come in as quoted literals only, so no schema can put code into the function.
    exec("\n".join(lines), namespace)  # noqa: S102
    function: Callable[[Callable[[str], Any]], Row] = namespace["row"]
    return function
