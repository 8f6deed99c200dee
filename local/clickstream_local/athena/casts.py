"""CAST and TRY_CAST: DuckDB reads and rounds in other ways than Athena, and converts more."""

from __future__ import annotations

import re

from clickstream_local.athena import types
from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.types import DType, Type

_NUMBER = r"\s*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*"
_TIMESTAMP = r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_TEXTS = {
    **dict.fromkeys((DType.TINYINT, DType.SMALLINT, DType.INT, DType.BIGINT), (r"[+-]?\d+", "a whole number")),
    **dict.fromkeys((DType.FLOAT, DType.DOUBLE), (_NUMBER, "a number")),
    DType.DECIMAL: (r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", "a number"),
    DType.BOOLEAN: ("(?i:true|t|1|false|f|0)", "true or false"),
    DType.DATE: (r"\d{4}-\d{2}-\d{2}", "a date as yyyy-MM-dd"),
    DType.TIMESTAMP: (_TIMESTAMP, "a timestamp as yyyy-MM-dd HH:mm:ss; from_iso8601_timestamp takes a T"),
}
_PLAIN = frozenset(
    [(one, other) for one in types.INTEGERS for other in (*types.INTEGERS, DType.DOUBLE, DType.FLOAT, DType.DECIMAL)]
    + [(one, other) for one in types.INTEGERS for other in (DType.VARCHAR, DType.BOOLEAN)]
    + [(DType.BOOLEAN, other) for other in (*types.INTEGERS, DType.DOUBLE, DType.FLOAT, DType.VARCHAR)]
    + [(DType.DECIMAL, other) for other in (*types.INTEGERS, DType.DOUBLE, DType.FLOAT, DType.DECIMAL, DType.VARCHAR)]
    + [(one, other) for one in (DType.DOUBLE, DType.FLOAT) for other in (DType.DOUBLE, DType.FLOAT, DType.DECIMAL)]
    + [(DType.DATE, other) for other in (DType.TIMESTAMP, DType.TIMESTAMPTZ, DType.VARCHAR)]
    + [
        (one, other)
        for one in (DType.TIMESTAMP, DType.TIMESTAMPTZ)
        for other in (DType.DATE, DType.TIMESTAMP, DType.TIMESTAMPTZ)
    ]
    + [(DType.TIMESTAMPLTZ, other) for other in (DType.DATE, DType.TIMESTAMP)]
)
_WAY_OUT = {
    (DType.VARCHAR, DType.TIMESTAMPTZ): "write from_iso8601_timestamp(text)",
    (DType.DOUBLE, DType.VARCHAR): "CAST it AS decimal(18, 2) first: the text of a double differs by engine",
    (DType.FLOAT, DType.VARCHAR): "CAST it AS decimal(18, 2) first: the text of a real differs by engine",
    (DType.TIMESTAMPTZ, DType.VARCHAR): "write date_format(x, '%Y-%m-%d %H:%i:%s')",
    (DType.TIMESTAMPLTZ, DType.VARCHAR): "write date_format(x, '%Y-%m-%d %H:%i:%s')",
}


def cast_template(source: Type, target: Type, *, safe: bool, what: str) -> str:
    """DuckDB's expression for a cast of ``$0``.

    Parameters
    ----------
    source, target:
        From and to.
    safe:
        NULL instead of an error, as TRY_CAST has it.
    what:
        The cast as it is written, for messages.

    Raises
    ------
    QueryError
        If the two are not known to give the same here.
    """
    word, kinds = "TRY_CAST" if safe else "CAST", (source.this, target.this)
    plain = f"{word}($0 AS {duckdb_type(target)})"
    if source == target or source.is_type(DType.NULL, DType.UNKNOWN):
        return plain
    if target.is_type(DType.CHAR) or (
        target.is_type(DType.VARCHAR) and target.expressions and not source.is_type(DType.VARCHAR)
    ):
        raise QueryError(
            f"{what}: a cast from {types.name(source)} to {types.name(target)} is not supported here; write varchar"
        )
    if kinds == (DType.VARCHAR, DType.VARCHAR):
        return f"left($0, {types.sizes(target)[0]})" if target.expressions else "$0"
    if source.is_type(DType.VARCHAR) and target.this in _TEXTS:
        return _from_text(target, plain, safe=safe)
    if source.this in {DType.DOUBLE, DType.FLOAT} and types.is_integer(target):
        return f"{word}(round($0) AS {duckdb_type(target)})"  # DuckDB rounds 2.5 to 2
    if kinds == (DType.TIMESTAMP, DType.VARCHAR):
        return _timestamp_text(source, what)
    if target.is_type(DType.TIMESTAMP) and kinds in _PLAIN:
        return _digits(plain, target)
    if kinds in _PLAIN:
        return plain
    if target.is_type(DType.JSON):
        return "to_json($0)"
    if source.is_type(DType.JSON) and (types.is_number(target) or target.is_type(DType.VARCHAR, DType.BOOLEAN)):
        text = "CASE WHEN json_type($0) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string($0, '$') END"
        return text if target.is_type(DType.VARCHAR) else f"{word}({text} AS {duckdb_type(target)})"
    if source.is_type(DType.JSON) and target.is_type(DType.ARRAY, DType.MAP):
        return plain
    if (
        source.is_type(DType.STRUCT)
        and target.is_type(DType.STRUCT)
        and len(source.expressions) == len(target.expressions)
    ):
        return plain
    way_out = _WAY_OUT.get(kinds, "CAST it AS a type between them")
    raise QueryError(
        f"{what}: a cast from {types.name(source)} to {types.name(target)} is not supported here; {way_out}"
    )


def is_form(text: str, kind: Type) -> bool:
    """Whether a constant is written as a date or a timestamp is to be written."""
    return kind.is_type(DType.DATE, DType.TIMESTAMP) and re.fullmatch(_TEXTS[kind.this][0], text) is not None


def _from_text(target: Type, plain: str, *, safe: bool) -> str:
    pattern, form = _TEXTS[target.this]
    read = plain.replace("$0", "trim($0)")
    if target.is_type(DType.BOOLEAN):
        read = "(lower($0) IN ('true', 't', '1'))"
    if target.is_type(DType.TIMESTAMP):
        read = _digits(read, target)
    problem = "" if safe else f" WHEN $0 IS NOT NULL THEN error('cannot cast ''' || $0 || ''': it has to be {form}')"
    return f"CASE WHEN regexp_full_match($0, '{pattern}') THEN {read}{problem} END"


def _digits(cast: str, target: Type) -> str:
    """To the digits of a second that the type has."""
    digits = (types.sizes(target) or [3])[0]
    units = {0: "second", 3: "millisecond"}
    return f"date_trunc('{units[digits]}', {cast})" if digits in units else cast


def _timestamp_text(source: Type, what: str) -> str:
    digits = (types.sizes(source) or [3])[0]
    forms = {0: "", 3: ".%g", 6: ".%f"}
    if digits not in forms:
        raise QueryError(
            f"{what}: the text of {types.name(source)} is not supported here; CAST it AS timestamp(3) first"
        )
    return f"strftime($0, '%Y-%m-%d %H:%M:%S{forms[digits]}')"


def duckdb_type(kind: Type) -> str:
    """The type in DuckDB's words."""
    match kind.this:
        case DType.ARRAY:
            return f"{duckdb_type(kind.expressions[0])}[]"
        case DType.MAP:
            return f"MAP({', '.join(map(duckdb_type, kind.expressions))})"
        case DType.STRUCT:
            fields = (f'"{field.name}" {duckdb_type(field.kind)}' for field in kind.expressions)
            return f"STRUCT({', '.join(fields)})"
        case DType.DECIMAL:
            precision, scale = types.as_decimal(kind)
            return f"DECIMAL({precision}, {scale})"
    return _DUCKDB.get(kind.this) or str(kind.this.value)


_DUCKDB = {
    DType.UNKNOWN: "INTEGER",  # that of a NULL
    DType.CHAR: "VARCHAR",
    DType.FLOAT: "FLOAT",
    DType.INT: "INTEGER",
    DType.TIMESTAMPLTZ: "TIMESTAMP",
    DType.VARBINARY: "BLOB",
}
