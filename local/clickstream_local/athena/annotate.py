"""What type each expression has, and what Athena refuses by type: DuckDB would convert instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.schema import Schema

from clickstream_local.athena import types
from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.functions import REFUSED, Function, functions_named
from clickstream_local.athena.syntax import written
from clickstream_local.athena.types import DType, Type, known

FUNCTION = "athena function"
"""Where a call's node has the row of the list that it was found to mean."""

_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_FIELDS = {
    "YEAR": "year", "QUARTER": "quarter", "MONTH": "month", "WEEK": "week", "DAY": "day", "DAY_OF_MONTH": "day",
    "DAY_OF_WEEK": "day_of_week", "DOW": "day_of_week", "DAY_OF_YEAR": "day_of_year", "DOY": "day_of_year",
    "YEAR_OF_WEEK": "year_of_week", "YOW": "year_of_week", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second",
}  # fmt: skip
_DATE_INTERVALS = frozenset({"DAY", "MONTH", "YEAR"})
_INTERVALS = _DATE_INTERVALS | {"HOUR", "MINUTE", "SECOND"}

Annotator = Callable[[TypeAnnotator, Any], None]


def annotate(statement: exp.Expr, schema: Schema) -> None:
    """Give every expression of a qualified statement its type, and each call its function.

    Raises
    ------
    QueryError
        If a type does not fit, or a function is not on the list.
    """
    metadata = {kind: {"annotator": annotator} for kind, annotator in _ANNOTATORS.items()}
    TypeAnnotator(schema, expression_metadata=metadata).annotate(statement)


def interval_unit(interval: exp.Expr) -> str:
    """The unit of an interval, such as ``DAY``."""
    unit = interval.args.get("unit")
    return unit.name.upper().removesuffix("S") if unit is not None else ""


def extracted(field: exp.Extract) -> str:
    """The function that EXTRACT stands for."""
    name = field.name.upper()
    if name not in _FIELDS:
        raise QueryError(f"EXTRACT({name} FROM …) is not supported here; use {', '.join(_FIELDS)}")
    return _FIELDS[name]


def _returns(kind: DType | Type) -> Annotator:
    def annotator(run: TypeAnnotator, node: exp.Expr) -> None:
        run._set_type(node, kind)

    return annotator


def _from_child(run: TypeAnnotator, node: exp.Expr) -> None:
    run._set_type(node, known(node.this))


def _literal(run: TypeAnnotator, node: exp.Literal) -> None:
    text = str(node.this)
    if node.is_string:
        kind = types.plain(DType.VARCHAR)
    elif "e" in text.lower():
        kind = types.plain(DType.DOUBLE)
    elif "." in text:
        whole, _, after = text.partition(".")
        kind = types.decimal(len(whole.lstrip("0")) + len(after), len(after))
    else:
        if int(text) >= 2**63:
            raise QueryError(f"{text}: Athena has no integer of this size; write a decimal, {text}.0")
        kind = types.plain(DType.INT if int(text) < 2**31 else DType.BIGINT)
    run._set_type(node, kind)


def _unqualified(run: TypeAnnotator, node: exp.Column) -> None:
    """A name that no table has: one that SELECT gives, which ORDER BY may name."""
    ordered = node.parent
    order = ordered.parent if isinstance(ordered, exp.Ordered) else None
    if order is None or not isinstance(order.parent, exp.Query):
        raise QueryError(f"{node.name}: there is no such column; a name that SELECT gives can be used in ORDER BY only")
    run._set_type(node, None)


def _mismatch(node: exp.Expr, what: str, left: Type, right: Type) -> QueryError:
    if left.is_type(DType.UNKNOWN) or right.is_type(DType.UNKNOWN):
        return QueryError(
            f"{written(node)}: the type of a side is not known here; CAST it, and compare one value with one value"
        )
    kinds = {left.this, right.this}
    way_out = "CAST one of them"
    if DType.VARCHAR in kinds and DType.DATE in kinds:
        way_out = "write the day as a text, '2026-01-31', or CAST the text AS date"
    elif DType.VARCHAR in kinds and kinds & {DType.TIMESTAMP, DType.TIMESTAMPTZ}:
        way_out = "write timestamp '2026-01-31 12:00:00', or from_iso8601_timestamp(text)"
    return QueryError(f"{written(node)}: Athena {what} {types.name(left)} and {types.name(right)}; {way_out}")


def _compared(node: exp.Expr, left: Type, right: Type) -> None:
    local = types.LOCAL_TIME.this in {left.this, right.this}
    if local or types.common(left, right) is None:
        raise _mismatch(node, "does not compare", left, right)


def _comparison(run: TypeAnnotator, node: exp.Binary) -> None:
    _compared(node, known(node.left), known(node.right))
    run._set_type(node, types.plain(DType.BOOLEAN))


def _is(run: TypeAnnotator, node: exp.Is) -> None:
    if not isinstance(node.expression, exp.Null):
        raise QueryError(f"{written(node)}: Athena has IS NULL and IS NOT NULL only; write the condition itself")
    run._set_type(node, types.plain(DType.BOOLEAN))


def _in(run: TypeAnnotator, node: exp.In) -> None:
    if node.args.get("unnest"):
        raise QueryError(f"{written(node)}: write contains(array, value)")
    query = node.args.get("query")
    for other in [query.unnest().selects[0]] if query is not None else node.expressions:
        _compared(node, known(node.this), known(other))
    run._set_type(node, types.plain(DType.BOOLEAN))


def _between(run: TypeAnnotator, node: exp.Between) -> None:
    for bound in ("low", "high"):
        _compared(node, known(node.this), known(node.args[bound]))
    run._set_type(node, types.plain(DType.BOOLEAN))


def _like(run: TypeAnnotator, node: exp.Binary) -> None:
    for side in (node.left, node.right):
        _must_be(node, side, DType.VARCHAR)
    run._set_type(node, types.plain(DType.BOOLEAN))


def _condition(run: TypeAnnotator, node: exp.Expr) -> None:
    for side in node.iter_expressions():
        _must_be(node, side, DType.BOOLEAN)
    run._set_type(node, types.plain(DType.BOOLEAN))


def _clause(run: TypeAnnotator, node: exp.Expr) -> None:
    _must_be(node, node.this, DType.BOOLEAN)


def _join(run: TypeAnnotator, node: exp.Join) -> None:
    if (condition := node.args.get("on")) is not None:
        _must_be(node, condition, DType.BOOLEAN)


def _must_be(node: exp.Expr, part: exp.Expr, kind: DType) -> None:
    if not known(part).is_type(kind, DType.NULL):
        raise QueryError(
            f"{written(node)}: {written(part)} is {types.name(known(part))}, and has to be {kind.value.lower()}"
        )


def _arithmetic(run: TypeAnnotator, node: exp.Binary) -> None:
    left, right = known(node.left), known(node.right)
    kinds = {left.this, right.this}
    if DType.INTERVAL in kinds:
        run._set_type(node, _with_interval(node, left, right))
    elif isinstance(node, exp.Sub) and types.is_moment(left) and types.is_moment(right):
        if left.this == right.this == DType.DATE:
            raise QueryError(
                f"{written(node)}: this is an interval on Athena and a number here; write date_diff('day', a, b)"
            )
        run._set_type(node, types.plain(DType.INTERVAL))
    elif DType.NULL in kinds or (types.is_number(left) and types.is_number(right)):
        run._set_type(node, _number(node, left, right))
    else:
        raise _mismatch(node, f"has no '{_ARITHMETIC[type(node)]}' of", left, right)


def _with_interval(node: exp.Binary, left: Type, right: Type) -> Type:
    moment, interval = (left, node.right) if right.is_type(DType.INTERVAL) else (right, node.left)
    interval_first = moment is right
    if left.this == right.this == DType.INTERVAL and isinstance(node, exp.Add | exp.Sub):
        return left
    if types.is_number(moment) and isinstance(node, exp.Mul):
        return types.plain(DType.INTERVAL)
    if not (
        types.is_moment(moment) and (isinstance(node, exp.Add) or (isinstance(node, exp.Sub) and not interval_first))
    ):
        raise _mismatch(node, f"has no '{_ARITHMETIC[type(node)]}' of", left, right)
    if moment.is_type(DType.DATE) and interval_unit(interval.unnest()) not in _DATE_INTERVALS:
        raise QueryError(
            f"{written(node)}: Athena adds days, months and years to a date; CAST it AS timestamp for others"
        )
    return moment


def _number(node: exp.Binary, left: Type, right: Type) -> Type:
    kind = types.common(left, right) or left
    if not kind.is_type(DType.DECIMAL):
        return kind
    (digits, scale), (other_digits, other_scale) = types.as_decimal(left), types.as_decimal(right)
    # https://trino.io/docs/current/functions/decimal.html
    match node:
        case exp.Mul():
            return types.decimal(digits + other_digits, scale + other_scale)
        case exp.Div():
            return types.decimal(digits + other_scale + max(0, other_scale - scale), max(scale, other_scale))
        case exp.Mod():
            after = max(scale, other_scale)
            return types.decimal(min(digits - scale, other_digits - other_scale) + after, after)
    after = max(scale, other_scale)
    return types.decimal(max(digits - scale, other_digits - other_scale) + after + 1, after)


def _joined(run: TypeAnnotator, node: exp.DPipe) -> None:
    left, right = known(node.left), known(node.right)
    kind = types.common(left, right)
    if kind is None or not kind.is_type(DType.VARCHAR, DType.ARRAY, DType.NULL):
        raise _mismatch(node, "has no '||' of", left, right)
    run._set_type(node, kind)


def _unified(node: exp.Expr, values: Sequence[exp.Expr]) -> Type:
    kind = types.plain(DType.NULL)
    for value in values:
        found = types.common(kind, known(value))
        if found is None:
            raise _mismatch(node, "has no type for", kind, known(value))
        kind = found
    return kind


def _case(run: TypeAnnotator, node: exp.Case) -> None:
    for branch in node.args["ifs"]:
        if node.this is None:
            _must_be(node, branch.this, DType.BOOLEAN)
        else:
            _compared(node, known(node.this), known(branch.this))
    default = [node.args["default"]] if node.args.get("default") is not None else []
    run._set_type(node, _unified(node, [branch.args["true"] for branch in node.args["ifs"]] + default))


def _array(run: TypeAnnotator, node: exp.Array) -> None:
    run._set_type(node, types.array(_unified(node, node.expressions)))


def _bracket(run: TypeAnnotator, node: exp.Bracket) -> None:
    whole, key = known(node.this), known(node.expressions[0])
    if whole.is_type(DType.ARRAY) and types.is_integer(key):
        run._set_type(node, whole.expressions[0])
    elif whole.is_type(DType.MAP) and types.common(whole.expressions[0], key):
        run._set_type(node, whole.expressions[1])
    else:
        raise _mismatch(node, "has no subscript of", whole, key)


def _dot(run: TypeAnnotator, node: exp.Dot) -> None:
    fields = known(node.this).expressions if known(node.this).is_type(DType.STRUCT) else []
    found = [field.kind for field in fields if field.name.lower() == node.expression.name.lower()]
    if not found:
        names = ", ".join(field.name for field in fields)
        raise QueryError(
            f"{written(node)}: {written(node.this)} has no field {node.expression.name}; it has {names or 'none'}"
        )
    run._set_type(node, found[0])


def _cast(run: TypeAnnotator, node: exp.Cast) -> None:
    kind = node.to.copy()
    _check_type(kind)
    if kind.is_type(DType.TIMESTAMP) and not kind.expressions:
        kind = types.timestamp(3)
    run._set_type(node, kind)


def _check_type(kind: exp.Expr) -> None:
    """A type with the parameters that it has to have, or not any."""
    takes = _PARAMETERS.get(kind.this, (0,)) if isinstance(kind, Type) else (-1,)
    well = len(kind.expressions) in takes if takes else bool(kind.expressions)
    for part in kind.expressions if well else ():
        if isinstance(part, exp.DataTypeParam):
            well = well and part.this.is_int
        else:
            _check_type(part.args["kind"] if isinstance(part, exp.ColumnDef) else part)
    if not well:
        raise QueryError(
            f"the type {written(kind)} is not supported here; write integer, decimal(18, 2), array(varchar)"
        )


_PARAMETERS: dict[DType, tuple[int, ...]] = {
    DType.ARRAY: (1,),
    DType.MAP: (2,),
    DType.STRUCT: (),
    DType.DECIMAL: (0, 1, 2),
    **dict.fromkeys((DType.VARCHAR, DType.CHAR, DType.TIMESTAMP, DType.TIMESTAMPTZ), (0, 1)),
}


def _interval(run: TypeAnnotator, node: exp.Interval) -> None:
    unit = interval_unit(node)
    if unit not in _INTERVALS or not isinstance(node.this, exp.Literal):
        raise QueryError(
            f"INTERVAL … {unit}: Athena's units are year, month, day, hour, minute and second, of a constant: "
            "INTERVAL '7' DAY"
        )
    run._set_type(node, types.plain(DType.INTERVAL))


def _at_time_zone(run: TypeAnnotator, node: exp.AtTimeZone) -> None:
    if not known(node.this).is_type(DType.TIMESTAMP, DType.TIMESTAMPTZ):
        raise QueryError(
            f"{written(node)}: {written(node.this)} is {types.name(known(node.this))}; AT TIME ZONE takes a timestamp"
        )
    run._set_type(node, types.LOCAL_TIME)


def _extract(run: TypeAnnotator, node: exp.Extract) -> None:
    (function,) = functions_named(extracted(node))
    _bind(node, function, [node.expression])
    run._set_type(node, types.plain(DType.BIGINT))


def _subquery(run: TypeAnnotator, node: exp.Subquery) -> None:
    query = node.unnest()
    selects = query.selects if isinstance(query, exp.Query) else []
    run._set_type(node, known(selects[0]) if len(selects) == 1 else None)


def _set_operation(run: TypeAnnotator, node: exp.SetOperation) -> None:
    left, right = node.left.selects, node.right.selects
    if len(left) != len(right):
        raise QueryError(f"{type(node).__name__.upper()}: one side has {len(left)} columns, the other {len(right)}")
    columns = [(one.alias_or_name, _unified(node, [one, other])) for one, other in zip(left, right, strict=True)]
    run._setop_column_types[id(node)] = list(columns)


def _values(run: TypeAnnotator, node: exp.Values) -> None:
    for column in zip(*[row.expressions for row in node.expressions], strict=True):
        kind = _unified(node, column)
        for value in column:
            run._set_type(value, kind)


def _unnest(run: TypeAnnotator, node: exp.Unnest) -> None:
    columns: list[Type] = []
    for value in node.expressions:
        columns += _unnested(node, value)
    names = node.alias_column_names
    if len(names) != len(columns):
        raise QueryError(
            f"{written(node)}: give its {len(columns)} columns names, AS t(a, …); WITH ORDINALITY takes one more"
        )
    run._set_type(node, types.row(zip(names, columns, strict=True)))


def _unnested(node: exp.Expr, value: exp.Expr) -> list[Type]:
    kind = known(value)
    if kind.is_type(DType.MAP):
        return list(kind.expressions)
    if not kind.is_type(DType.ARRAY):
        raise QueryError(f"{written(node)}: {written(value)} is {types.name(kind)}; UNNEST takes arrays and maps")
    (element,) = kind.expressions
    return [field.kind for field in element.expressions] if element.is_type(DType.STRUCT) else [element]


def _call(run: TypeAnnotator, node: exp.Anonymous) -> None:
    name = str(node.this)
    functions = functions_named(name)
    if not functions:
        way_out = REFUSED.get(name.lower())
        raise QueryError(
            f"{name}: this function is not on the list of those tried here; "
            + (
                f"write {way_out}"
                if way_out
                else "docs/athena-functions.md has the list, --dialect duckdb takes DuckDB's"
            )
        )
    arguments = call_arguments(node)
    for function in functions:
        bound = _matches(function, arguments)
        if bound is not None:
            node.meta[FUNCTION] = function
            run._set_type(node, _result(function, bound, arguments))
            return
    given = ", ".join("*" if isinstance(one, exp.Star) else types.name(known(one)) for one in arguments)
    taken = " or ".join(function.signature.partition(" -> ")[0] for function in functions)
    raise QueryError(f"{written(node)}: {name}({given}) is not taken here; write {taken}")


def call_arguments(node: exp.Anonymous) -> list[exp.Expr]:
    """The arguments of a call without DISTINCT and ORDER BY."""
    arguments = list(node.expressions)
    if arguments and isinstance(arguments[-1], exp.Order):
        arguments[-1] = arguments[-1].this
    if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
        arguments = list(arguments[0].expressions)
    return arguments


def _bind(node: exp.Expr, function: Function, arguments: Sequence[exp.Expr]) -> None:
    if _matches(function, arguments) is None:
        raise QueryError(
            f"{written(node)}: {types.name(known(arguments[0]))} has no such field; it takes a date or a timestamp"
        )
    node.meta[FUNCTION] = function


Bound = dict[str, Type]


def _matches(function: Function, arguments: Sequence[exp.Expr]) -> Bound | None:
    takes = list(function.takes)
    if takes and takes[-1].endswith("..."):
        takes[-1:] = [takes[-1].removesuffix("...")] * max(1, len(arguments) - len(takes) + 1)
    if len(takes) != len(arguments):
        return None
    bound: Bound = {}
    fits = all(_fits(taken, argument, bound) for taken, argument in zip(takes, arguments, strict=True))
    return bound if fits else None


def _fits(taken: str, argument: exp.Expr, bound: Bound) -> bool:
    if taken == "*":
        return isinstance(argument, exp.Star)
    if taken.startswith("'"):
        return isinstance(argument, exp.Literal) and _takes(taken.strip("'"), known(argument), bound)
    return not isinstance(argument, exp.Star) and _takes(taken, known(argument), bound)


def _takes(taken: str, kind: Type, bound: Bound) -> bool:
    if len(taken) == 1:
        if kind.this in {DType.UNKNOWN, types.LOCAL_TIME.this}:
            return False
        found = types.common(bound.get(taken, kind), kind)
        if found is not None:
            bound[taken] = found
        return found is not None
    if kind.is_type(DType.NULL):
        return True
    if taken.startswith(("array(", "map(")):
        inner = taken[taken.index("(") + 1 : -1].split(", ")
        return kind.is_type(DType.ARRAY if taken.startswith("array") else DType.MAP) and all(
            _takes(one, part, bound) for one, part in zip(inner, kind.expressions, strict=True)
        )
    return _FITS[taken](kind)


_FITS: dict[str, Callable[[Type], bool]] = {
    "any": lambda kind: not kind.is_type(DType.UNKNOWN, types.LOCAL_TIME.this),
    "bigint": types.is_integer,
    "boolean": lambda kind: kind.is_type(DType.BOOLEAN),
    "date": lambda kind: kind.is_type(DType.DATE),
    "decimal": lambda kind: kind.is_type(DType.DECIMAL),
    "double": types.is_number,
    "interval": lambda kind: kind.is_type(DType.INTERVAL),
    "integer": lambda kind: types.is_integer(kind) and not kind.is_type(DType.BIGINT),
    "json": lambda kind: kind.is_type(DType.JSON),
    "local time": lambda kind: kind.is_type(types.LOCAL_TIME.this),
    "moment": lambda kind: types.is_moment(kind) or kind.is_type(types.LOCAL_TIME.this),
    "number": types.is_number,
    "real": lambda kind: kind.is_type(DType.FLOAT),
    "timestamp": types.is_moment,
    "timestamp with time zone": lambda kind: kind.is_type(DType.TIMESTAMPTZ),
    "varbinary": lambda kind: kind.is_type(DType.VARBINARY),
    "varchar": lambda kind: kind.is_type(DType.VARCHAR, DType.CHAR),
}


def _result(function: Function, bound: Bound, arguments: Sequence[exp.Expr]) -> Type:
    gives = function.gives
    first = known(arguments[0]) if arguments else types.plain(DType.NULL)
    if gives == "row":
        return types.row((f"field{place}", known(argument)) for place, argument in enumerate(arguments))
    if gives.startswith("$"):
        return known(arguments[int(gives[1:])])
    match gives:
        case "timestamp":
            return known(arguments[-1])
        case "common":
            return types.common(first, known(arguments[1])) or first
        case "summed":
            return _summed(first)
        case "whole":
            precision, scale = types.as_decimal(first) if first.is_type(DType.DECIMAL) else (0, 0)
            return types.decimal(precision - scale + min(scale, 1), 0) if precision else first
    return _given(gives, bound)


def _summed(kind: Type) -> Type:
    if types.is_integer(kind):
        return types.plain(DType.BIGINT)
    return types.decimal(38, types.as_decimal(kind)[1]) if kind.is_type(DType.DECIMAL) else kind


def _given(gives: str, bound: Bound) -> Type:
    if len(gives) == 1:
        return bound[gives]
    if gives.startswith("array("):
        return types.array(_given(gives[6:-1], bound))
    if gives.startswith("map("):
        return types.nested(DType.MAP, [_given(one, bound) for one in gives[4:-1].split(", ")])
    return _GIVEN[gives]


_GIVEN = {
    "bigint": types.plain(DType.BIGINT),
    "boolean": types.plain(DType.BOOLEAN),
    "date": types.plain(DType.DATE),
    "decimal": types.decimal(38, 0),
    "double": types.plain(DType.DOUBLE),
    "integer": types.plain(DType.INT),
    "json": types.plain(DType.JSON),
    "local time": types.LOCAL_TIME,
    "real": types.plain(DType.FLOAT),
    "timestamp(3)": types.timestamp(3),
    "timestamp with time zone": types.plain(DType.TIMESTAMPTZ),
    "varbinary": types.plain(DType.VARBINARY),
    "varchar": types.plain(DType.VARCHAR),
}

_ANNOTATORS: dict[type[exp.Expr], Annotator] = {
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ), _comparison),
    **dict.fromkeys((exp.And, exp.Or, exp.Not), _condition),
    **dict.fromkeys((exp.Where, exp.Having), _clause),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    **dict.fromkeys(
        (
            *(exp.Alias, exp.Paren, exp.Neg, exp.Distinct, exp.Ordered, exp.Order, exp.Escape),
            *(exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup),
        ),
        _from_child,
    ),
    **dict.fromkeys((exp.Cast, exp.TryCast), _cast),
    **dict.fromkeys((exp.Union, exp.Intersect, exp.Except), _set_operation),
    exp.Anonymous: _call,
    exp.Join: _join,
    exp.Array: _array,
    exp.AtTimeZone: _at_time_zone,
    exp.Between: _between,
    exp.Boolean: _returns(DType.BOOLEAN),
    exp.Bracket: _bracket,
    exp.Case: _case,
    exp.Column: _unqualified,
    exp.CurrentDate: _returns(DType.DATE),
    exp.CurrentTimestamp: _returns(DType.TIMESTAMPTZ),
    exp.DPipe: _joined,
    exp.Dot: _dot,
    exp.Exists: _returns(DType.BOOLEAN),
    exp.Extract: _extract,
    exp.HexString: _returns(DType.VARBINARY),
    exp.In: _in,
    exp.Interval: _interval,
    exp.Is: _is,
    exp.Like: _like,
    exp.Literal: _literal,
    exp.Localtimestamp: _returns(types.timestamp(3)),
    exp.Null: _returns(DType.NULL),
    exp.Subquery: _subquery,
    exp.Unnest: _unnest,
    exp.Values: _values,
}
