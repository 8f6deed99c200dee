"""Athena's types: those of Glue's columns, what is coerced to what, and their names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from clickstream_local.glue.hive_types import Array, Decimal, HiveType, Map, Primitive, Sized, Struct

DType = exp.DType
Type = exp.DataType

_GLUE = {
    "bigint": DType.BIGINT,
    "binary": DType.VARBINARY,
    "boolean": DType.BOOLEAN,
    "date": DType.DATE,
    "double": DType.DOUBLE,
    "float": DType.FLOAT,
    "int": DType.INT,
    "smallint": DType.SMALLINT,
    "string": DType.VARCHAR,
    "timestamp": DType.TIMESTAMP,
    "tinyint": DType.TINYINT,
}
_NAMES = {DType.FLOAT: "real", DType.INT: "integer"}
INTEGERS = (DType.TINYINT, DType.SMALLINT, DType.INT, DType.BIGINT)
_DIGITS = dict(zip(INTEGERS, (3, 5, 10, 19), strict=True))
_MOMENTS = (DType.DATE, DType.TIMESTAMP, DType.TIMESTAMPTZ)
_MAX_DIGITS = 38

LOCAL_TIME = Type(this=DType.TIMESTAMPLTZ)
"""A timestamp with a time zone other than UTC, which is held by its local time: what may be done with it is limited."""


def glue_type(hive: HiveType) -> Type:
    """The type that a Glue column has in Athena."""
    match hive:
        case Primitive("timestamp"):
            return timestamp(3)
        case Primitive(word):
            return plain(_GLUE[word])
        case Sized():
            return plain(DType.VARCHAR)
        case Decimal(precision, scale):
            return decimal(precision, scale)
        case Array(element):
            return array(glue_type(element))
        case Map(key, value):
            return nested(DType.MAP, [glue_type(key), glue_type(value)])
        case Struct(members):
            return row((field, glue_type(member)) for field, member in members)


def plain(kind: DType) -> Type:
    """A type without parameters."""
    return Type(this=kind)


def nested(kind: DType, inner: list[exp.Expr]) -> Type:
    """An array or a map."""
    return Type(this=kind, expressions=inner, nested=True)


def array(element: Type) -> Type:
    """``array(element)``."""
    return nested(DType.ARRAY, [element])


def row(fields: Iterable[tuple[str, Type]]) -> Type:
    """``row(name type, …)``."""
    return nested(
        DType.STRUCT, [exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=kind) for name, kind in fields]
    )


def decimal(precision: int, scale: int) -> Type:
    """``decimal(precision, scale)``, of at most 38 digits."""
    return _sized(DType.DECIMAL, min(precision, _MAX_DIGITS), scale)


def timestamp(digits: int) -> Type:
    """``timestamp(digits)``."""
    return _sized(DType.TIMESTAMP, digits)


def _sized(kind: DType, *sizes: int) -> Type:
    return Type(this=kind, expressions=[exp.DataTypeParam(this=exp.Literal.number(size)) for size in sizes])


def sizes(kind: Type) -> list[int]:
    """Its parameters: precision and scale of a decimal, digits of a timestamp, length of a varchar."""
    return [int(size.name) for size in kind.expressions if isinstance(size, exp.DataTypeParam)]


def known(expression: exp.Expr | None) -> Type:
    """The type of an expression that was annotated."""
    kind = expression.type if expression is not None else None
    return kind if isinstance(kind, Type) else plain(DType.UNKNOWN)


def is_integer(kind: Type) -> bool:
    """Whether it is one of the four integer types."""
    return kind.this in INTEGERS


def is_number(kind: Type) -> bool:
    """Whether it is a number."""
    return is_integer(kind) or kind.this in {DType.DECIMAL, DType.FLOAT, DType.DOUBLE}


def is_moment(kind: Type) -> bool:
    """Whether it is a date or a timestamp."""
    return kind.this in _MOMENTS


def as_decimal(kind: Type) -> tuple[int, int]:
    """Precision and scale of an integer or a decimal."""
    if kind.this in _DIGITS:
        return _DIGITS[kind.this], 0
    precision, scale, *_ = [*sizes(kind), 0, 0] if kind.expressions else [_MAX_DIGITS, 0]
    return precision, scale


def common(left: Type, right: Type) -> Type | None:
    """The type to which both are coerced; None where Athena coerces neither."""
    if DType.UNKNOWN in {left.this, right.this}:
        return None
    if left == right or right.this == DType.NULL:
        return left
    if left.this == DType.NULL:
        return right
    if is_number(left) and is_number(right):
        return _common_number(left, right)
    if is_moment(left) and is_moment(right):
        if left.this == right.this == DType.TIMESTAMP:
            return timestamp(max((sizes(left) or [3])[0], (sizes(right) or [3])[0]))
        return max(left, right, key=lambda kind: _MOMENTS.index(kind.this))
    if left.this != right.this:
        return None
    if left.this in {DType.ARRAY, DType.MAP}:
        inner = [common(one, other) for one, other in zip(left.expressions, right.expressions, strict=False)]
        found = [one for one in inner if one is not None]
        return nested(left.this, list(found)) if len(found) == len(inner) else None
    if left.this == DType.STRUCT:
        fields = [
            (one.name, common(one.kind, other.kind))
            for one, other in zip(left.expressions, right.expressions, strict=False)
        ]
        whole = [(name, kind) for name, kind in fields if kind is not None]
        return row(whole) if len(whole) == len(left.expressions) == len(right.expressions) else None
    return plain(left.this)


def _common_number(left: Type, right: Type) -> Type:
    kinds = {left.this, right.this}
    for floating in (DType.DOUBLE, DType.FLOAT):
        if floating in kinds:
            return plain(floating)
    if DType.DECIMAL not in kinds:
        return max(left, right, key=lambda kind: INTEGERS.index(kind.this))
    (digits, scale), (other_digits, other_scale) = as_decimal(left), as_decimal(right)
    after = max(scale, other_scale)
    return decimal(max(digits - scale, other_digits - other_scale) + after, after)


def name(kind: Type) -> str:
    """As Athena calls it."""
    if kind.this == DType.TIMESTAMPTZ:
        return "timestamp with time zone"
    if kind.this == DType.TIMESTAMPLTZ:
        return "timestamp with another time zone than UTC"
    inner = ", ".join(map(_part, kind.expressions))
    word = "row" if kind.this == DType.STRUCT else _NAMES.get(kind.this, kind.this.value.lower())
    return f"{word}({inner})" if inner else word


def _part(part: exp.Expr) -> str:
    if isinstance(part, exp.ColumnDef):
        return f"{part.name} {name(part.args['kind'])}"
    return name(part) if isinstance(part, Type) else part.name
