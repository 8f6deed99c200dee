"""Turns a statement of Athena's dialect into DuckDB's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from clickstream_local.athena import types
from clickstream_local.athena.annotate import FUNCTION, annotate, call_arguments
from clickstream_local.athena.casts import cast_template, duckdb_type, is_form
from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.functions import Function
from clickstream_local.athena.generate import MARK, Call, duckdb
from clickstream_local.athena.syntax import Athena, parse, written
from clickstream_local.athena.types import DType, Type, known

Tables = Mapping[str, Mapping[str, Mapping[str, Type]]]
"""Types by database, table and column, the hidden columns included."""


@dataclass(frozen=True)
class Reference:
    """A table that a statement reads.

    Attributes
    ----------
    database, table:
        Which one.
    alias:
        Its name in the statement.
    predicate:
        What a statement asks of the table's partition keys alone, in DuckDB's SQL; None where it asks nothing.
    """

    database: str
    table: str
    alias: str
    predicate: str | None = None


@dataclass(frozen=True)
class Translation:
    """A statement for DuckDB, the tables that it reads, whether it is a query, and what has to be said of it."""

    sql: str
    references: tuple[Reference, ...]
    is_query: bool
    notes: tuple[str, ...] = ()


def translate(
    sql: str,
    tables: Tables,
    *,
    database: str | None = None,
    hidden: frozenset[str] = frozenset(),
    partition_keys: Mapping[tuple[str, str], frozenset[str]] | None = None,
) -> Translation:
    """Read one statement of Athena's dialect.

    Parameters
    ----------
    sql:
        The statement.
    tables:
        What there is.
    database:
        Where tables without a database are looked up; by default in all, and a name that several have is refused.
    hidden:
        Columns that ``*`` leaves out.
    partition_keys:
        By database and table, the columns by which objects lie in folders.

    Raises
    ------
    QueryError
        If it cannot be read, or would not give here what it gives on Athena.
    """
    try:
        return _translated(parse(sql), tables, database, hidden, partition_keys or {})
    except RecursionError:
        raise QueryError("the query is nested too deeply; divide it by WITH") from None
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # The reader lets some malformed statements through, in trees of any form.
        raise QueryError(f"this is not Athena's SQL, or not read here: {type(error).__name__} {error}") from None


def _translated(
    statement: exp.Expr,
    tables: Tables,
    database: str | None,
    hidden: frozenset[str],
    partition_keys: Mapping[tuple[str, str], frozenset[str]],
) -> Translation:
    _name_columns(statement)
    _find_tables(statement, tables, database)
    shown: dict[str, object] = {
        base: {table: [name for name in columns if name not in hidden] for table, columns in found.items()}
        for base, found in tables.items()
    }
    schema = MappingSchema({base: dict(found) for base, found in tables.items()}, visible=shown, dialect=Athena)
    holes = _holes(statement)
    query = _read(_as_query(statement, holes) if holes else statement, schema)
    references = tuple(
        Reference(table.db, table.name, table.alias_or_name, _predicate(select, table, partition_keys))
        for select, table in _sources(query)
    )
    is_query = isinstance(statement, exp.Query)
    sql = duckdb(_filled_in(statement, holes, query) if holes else query)
    return Translation(sql, references, is_query, tuple(_notes(query)))


def _read(statement: exp.Expr, schema: MappingSchema) -> exp.Expr:
    """A statement with its columns found and typed, in DuckDB's words."""
    try:
        statement = qualify(statement, schema=schema, dialect=Athena, expand_alias_refs=False)
    except SqlglotError as error:
        raise QueryError(_unresolved(error)) from None
    _expand_order(statement)
    annotate(statement, schema)
    _check_output(statement)
    _check_distinct(statement)
    return _in_duckdb(statement)


def _notes(query: exp.Expr) -> Iterator[str]:
    for call in query.find_all(Call):
        function = call.meta["original"].meta.get(FUNCTION)
        if function is not None and function.instead:
            yield f"{function.name} is not Athena's; write {function.instead} there"


# MERGE and DELETE: their expressions are read as those of a query over the same tables


def _holes(statement: exp.Expr) -> list[exp.Expr]:
    """The expressions of a MERGE or a DELETE, its condition first."""
    if isinstance(statement, exp.Delete):
        where = statement.args.get("where")
        return [where.this if where is not None else statement]
    if not isinstance(statement, exp.Merge):
        return []
    found: list[exp.Expr] = [statement.args["on"]]
    for when in statement.args["whens"].expressions:
        if when.args.get("condition") is not None:
            found.append(when.args["condition"])
        match when.args["then"]:
            case exp.Update() as update:
                found += [change.expression for change in update.expressions]
            case exp.Insert() as insert:
                found += insert.expression.expressions
    return found


def _as_query(statement: exp.Expr, holes: list[exp.Expr]) -> exp.Expr:
    if holes == [statement]:
        raise QueryError("DELETE without WHERE is not supported here; write WHERE true")
    query = exp.select(*[exp.alias_(hole.copy(), f"_col{place}") for place, hole in enumerate(holes)])
    query = query.from_(statement.this.copy()).where(holes[0].copy())
    using = statement.args.get("using")
    return query.join(using.copy(), join_type="cross") if isinstance(using, exp.Expr) else query


def _filled_in(statement: exp.Expr, holes: list[exp.Expr], query: exp.Expr) -> exp.Expr:
    assert isinstance(query, exp.Query)  # as _as_query made it
    for hole, column in zip(holes, query.selects, strict=True):
        hole.replace(column.unalias())
    if isinstance(using := statement.args.get("using"), exp.Expr):
        using.replace(query.args["joins"][0].this)
    return statement


# Names and types


def _in_duckdb(statement: exp.Expr) -> exp.Expr:
    """The statement with what means something else in DuckDB replaced, the innermost first."""
    for node in reversed(list(statement.walk())):
        rewrite = _REWRITES.get(type(node))
        replaced = rewrite(node) if rewrite is not None else node
        if replaced is not node:
            replaced.meta.setdefault("original", node)
            replaced.type = node.type
            if node is statement:
                return replaced
            node.replace(replaced)
    return statement


# Names


def _name_columns(statement: exp.Expr) -> None:
    """Columns without a name are called _col0, _col1 and so on, as Athena calls them."""
    for select in statement.find_all(exp.Select):
        for place, column in enumerate(select.expressions):
            if not isinstance(column, exp.Alias | exp.Column | exp.Dot | exp.Star):
                column.replace(exp.alias_(column.copy(), f"_col{place}"))


def _find_tables(statement: exp.Expr, tables: Tables, database: str | None) -> None:
    for column in statement.find_all(exp.Column):
        column.set("catalog", None)
    for table in list(statement.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise QueryError(f"{written(table)}: FROM takes a table, a query, VALUES or UNNEST(…) here")
        if not table.db and table.name.lower() in _named_queries(table):
            continue
        if table.catalog and table.catalog.lower() != "awsdatacatalog":
            raise QueryError(f"{written(table)}: there is no catalog {table.catalog}; leave it out")
        base = _database_of(table, tables, database)
        table.set("catalog", None)
        table.set("db", exp.to_identifier(base, quoted=True))


def _database_of(table: exp.Table, tables: Tables, database: str | None) -> str:
    name, wanted = table.name.lower(), (table.db or database or "").lower()
    holders = [base for base, found in tables.items() if name in found and wanted in {"", base.lower()}]
    if len(holders) == 1:
        return holders[0]
    if holders:
        raise QueryError(
            f"{name}: the databases {', '.join(sorted(holders))} have a table of this name; write "
            f'"{sorted(holders)[0]}".{name}, or choose one with --database'
        )
    there = ", ".join(sorted(f"{base}.{found}" for base, names in tables.items() for found in names))
    raise QueryError(
        f"there is no table {table.db + '.' if table.db else ''}{table.name}; there are: {there or 'none'}"
    )


def _named_queries(table: exp.Expr) -> set[str]:
    """Names of the WITH queries that can be read where a table stands."""
    names: set[str] = set()
    node: exp.Expr | None = table
    inside: exp.Expr | None = None
    while node is not None:
        parent = node.parent
        if isinstance(parent, exp.With):
            last = parent.expressions.index(node) + bool(parent.args.get("recursive"))
            names |= {query.alias.lower() for query in parent.expressions[:last]}
            inside = parent
        elif (queries := node.args.get("with_")) is not None and queries is not inside:
            names |= {query.alias.lower() for query in queries.expressions}
        node = parent
    return names


def _unresolved(error: SqlglotError) -> str:
    first = str(error).splitlines()[0].split(". Line", 1)[0]
    return (
        f"{first}; a name that SELECT gives can be used in ORDER BY only" if "could not be resolved" in first else first
    )


def _check_output(statement: exp.Expr) -> None:
    for column in statement.selects if isinstance(statement, exp.Query) else ():
        kind = known(column)
        if kind.is_type(DType.TIMESTAMPLTZ):
            raise QueryError(
                f"{written(column.unalias())}: Athena prints its zone; CAST it AS timestamp, or use date_format"
            )
        if kind.is_type(DType.INTERVAL):
            raise QueryError(
                f"{written(column.unalias())}: an interval prints in another way here; write date_diff('second', a, b)"
            )


def _expand_order(statement: exp.Expr) -> None:
    """In an expression of ORDER BY, a name that SELECT gives is what it stands for."""
    for select in statement.find_all(exp.Select):
        given = {column.alias: column.unalias() for column in select.selects if isinstance(column, exp.Alias)}
        order = select.args.get("order")
        for ordered in order.expressions if order is not None else ():
            for column in list(ordered.this.find_all(exp.Column)):
                if column is not ordered.this and not column.table and column.name in given:
                    column.replace(exp.paren(given[column.name].copy()))


def _check_distinct(statement: exp.Expr) -> None:
    """DuckDB orders by what SELECT DISTINCT does not give."""
    for select in statement.find_all(exp.Select):
        order = select.args.get("order") if select.args.get("distinct") else None
        given = {column.unalias().sql() for column in select.selects}
        for ordered in order.expressions if order is not None else ():
            if isinstance(ordered.this, exp.Column) and not ordered.this.table:
                continue
            if ordered.this.sql() not in given:
                raise QueryError(
                    f"{written(ordered.this)}: SELECT DISTINCT is ordered by what it gives only; add it there"
                )


# Partitions


def _sources(statement: exp.Expr) -> Iterator[tuple[exp.Expr | None, exp.Table]]:
    """The Glue tables that are read, each with the SELECT whose source it is."""
    for table in statement.find_all(exp.Table):
        if table.db:
            yield table.find_ancestor(exp.Select), table


def _predicate(select: exp.Expr | None, table: exp.Table, keys: Mapping[tuple[str, str], frozenset[str]]) -> str | None:
    """What WHERE asks of the partition keys of a table; None where nothing, or where an outer join keeps its rows."""
    where = select.args.get("where") if select is not None else None
    columns = keys.get((table.db, table.name), frozenset())
    if where is None or not _always_filtered(select, table):
        return None
    conditions = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    asked = [one for one in conditions if _asks_only(one, table.alias_or_name, columns)]
    return " AND ".join(f"({duckdb(one)})" for one in asked) or None


def _always_filtered(select: exp.Expr | None, table: exp.Table) -> bool:
    """Whether a row of the table that WHERE refuses has no effect: no outer join would put NULLs in its place."""
    joins = select.args.get("joins") or [] if select is not None else []
    if any(join.side in {"RIGHT", "FULL"} for join in joins):
        return False
    return isinstance(table.parent, exp.From) or (isinstance(table.parent, exp.Join) and not table.parent.side)


def _asks_only(condition: exp.Expr, alias: str, columns: frozenset[str]) -> bool:
    named = list(condition.find_all(exp.Column))
    return (
        bool(named)
        and not condition.find(exp.Query)
        and all(column.table == alias and column.name in columns for column in named)
    )


# Expressions


def _call(node: exp.Anonymous) -> exp.Expr:
    function: Function = node.meta[FUNCTION]
    arguments = call_arguments(node)
    template = _filled(function, node, arguments)
    if function.name == "try" and "error(" in _texts(arguments[0]):
        raise QueryError(
            f"{written(node)}: write try_cast, element_at or a CASE instead; DuckDB's TRY does not take this"
        )
    if function.takes == ("*",):
        arguments = []
    return Call(
        this=template,
        expressions=arguments,
        aggregate=function.kind,
        distinct=bool(node.expressions) and isinstance(_inner(node), exp.Distinct),
        order=_order(node),
    )


def _inner(node: exp.Anonymous) -> exp.Expr:
    last: exp.Expr = node.expressions[-1]
    return last.this if isinstance(last, exp.Order) else last


def _order(node: exp.Anonymous) -> exp.Expr | None:
    last = node.expressions[-1] if node.expressions else None
    return exp.Order(expressions=last.expressions) if isinstance(last, exp.Order) else None


def _filled(function: Function, node: exp.Expr, arguments: list[exp.Expr]) -> str:
    template = function.duckdb if isinstance(function.duckdb, str) else function.duckdb(arguments)
    if "$type" in template:
        first = duckdb_type(known(arguments[0]))
        template = template.replace("$type0", first).replace("$type", duckdb_type(known(node)))
    return template


def _texts(node: exp.Expr) -> str:
    return " ".join(str(call.this) for call in node.find_all(Call))


def _part(name: str) -> Any:
    """Puts what wraps an aggregate (FILTER, OVER and such) beside its arguments."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        call = node.this
        if node.arg_key == "windows":
            return node
        if not isinstance(call, Call) or call.args.get("aggregate") == "scalar":
            raise QueryError(f"{written(node)}: this is no aggregate and no window function")
        match name:
            case "window":
                call.set("window", exp.Window(**{**node.args, "this": exp.Var(this=MARK)}))
            case "filter":
                call.set("filter", exp.Var(this=f" FILTER ({duckdb(node.expression).strip()})"))
            case "order":
                call.set("order", node.expression)
            case "nulls":
                call.set("nulls", True)
        return call

    return rewrite


def _extract(node: exp.Extract) -> exp.Expr:
    function: Function = node.meta[FUNCTION]
    return Call(this=function.duckdb, expressions=[node.expression])


def _cast(node: exp.Cast) -> exp.Expr:
    source, target = known(node.this), known(node)
    safe = isinstance(node, exp.TryCast)
    if isinstance(node.this, exp.Literal) and node.this.is_string and is_form(str(node.this.this), target):
        return Call(this=f"{'TRY_' * safe}CAST($0 AS {duckdb_type(target)})", expressions=[node.this])
    template = cast_template(source, target, safe=safe, what=written(node))
    return Call(this=template, expressions=[node.this])


def _division(node: exp.Div) -> exp.Expr:
    left, right, kind = known(node.left), known(node.right), known(node)
    if types.is_integer(left) and types.is_integer(right):
        template = "($0 // $1)"
    elif kind.is_type(DType.DECIMAL):
        template = _decimal_division(types.as_decimal(left), types.as_decimal(right), types.as_decimal(kind))
    else:
        template = "($0 / $1)"
    return Call(this=template, expressions=[node.left, node.right])


def _decimal_division(left: tuple[int, int], right: tuple[int, int], result: tuple[int, int]) -> str:
    """Athena's quotient of decimals has the larger scale of the two, and is rounded; DuckDB's is a double."""

    def digits(place: int, size: tuple[int, int]) -> str:
        return f"CAST(replace(CAST(CAST(${place} AS DECIMAL({size[0]}, {size[1]})) AS VARCHAR), '.', '') AS HUGEINT)"

    above = f"({digits(0, left)} * CAST({10 ** (result[1] - left[1] + right[1])} AS HUGEINT))"
    below = digits(1, right)
    quotient = f"((2 * abs({above}) + abs({below})) // (2 * abs({below})) * sign({above}) * sign({below}))"
    unit = (
        "CAST(1 AS DECIMAL(1, 0))"
        if not result[1]
        else f"CAST(0.{'0' * (result[1] - 1)}1 AS DECIMAL({result[1] + 1}, {result[1]}))"
    )
    return f"CAST(CAST({quotient} AS DECIMAL(38, 0)) * {unit} AS DECIMAL({result[0]}, {result[1]}))"


def _sum(node: exp.Binary) -> exp.Expr:
    """DuckDB makes a timestamp of a date and an interval."""
    if not known(node).is_type(DType.DATE):
        return node
    sign = "+" if isinstance(node, exp.Add) else "-"
    return Call(this=f"CAST($0 {sign} $1 AS DATE)", expressions=[node.left, node.right])


def _subscript(node: exp.Bracket) -> exp.Expr:
    """DuckDB gives NULL where there is nothing."""
    if known(node.this).is_type(DType.ARRAY):
        template = (
            "CASE WHEN $1 BETWEEN 1 AND len($0) THEN list_extract($0, $1) WHEN $0 IS NOT NULL AND $1 IS NOT NULL "
            "THEN error('array subscript out of bounds; element_at gives NULL there') END"
        )
    else:
        template = (
            "CASE WHEN map_contains($0, $1) THEN map_extract_value($0, $1) WHEN $0 IS NOT NULL AND $1 IS NOT NULL "
            "THEN error('key not present in map; element_at gives NULL there') END"
        )
    return Call(this=template, expressions=[node.this, node.expressions[0]])


def _field(node: exp.Dot) -> exp.Expr:
    name = node.expression.name.replace("'", "''")
    return Call(this=f"struct_extract($0, '{name}')", expressions=[node.this])


def _unnest(node: exp.Unnest) -> exp.Expr:
    """A query that gives the elements side by side, and their number."""
    columns: list[str] = []
    lengths: list[str] = []
    for place, value in enumerate(node.expressions):
        kind = known(value)
        lengths.append(
            f"coalesce(len(map_keys(${place})), 0)" if kind.is_type(DType.MAP) else f"coalesce(len(${place}), 0)"
        )
        if kind.is_type(DType.MAP):
            columns += [f"unnest(map_keys(${place}))", f"unnest(map_values(${place}))"]
        elif kind.expressions[0].is_type(DType.STRUCT):
            rows = f"CAST(${place} AS {duckdb_type(kind)})"
            names = [field.name for field in kind.expressions[0].expressions]
            columns += [f'unnest([one."{name}" FOR one IN {rows}])' for name in names]
        else:
            columns.append(f"unnest(${place})")
    names = list(node.alias_column_names)
    if offset := node.args.get("offset"):
        columns.append(f"unnest(range(1, greatest({', '.join(lengths)}) + 1))")
        names.append(offset.name if isinstance(offset, exp.Identifier) else "ordinality")
    selected = ", ".join(f'{column} AS "{name}"' for column, name in zip(columns, names, strict=True))
    return Call(this=f'(SELECT {selected}) AS "{node.alias}"', expressions=node.expressions)


def _text(template: str, *parts: str) -> Any:
    return lambda node: Call(this=template, expressions=[node.args[part] for part in parts])


_REWRITES: dict[type[exp.Expr], Any] = {
    exp.Add: _sum,
    exp.Anonymous: _call,
    exp.AtTimeZone: _text("timezone($1, CAST($0 AS TIMESTAMPTZ))", "this", "zone"),
    exp.Bracket: _subscript,
    exp.Cast: _cast,
    exp.CurrentTimestamp: _text("date_trunc('millisecond', now())"),
    exp.Div: _division,
    exp.Dot: _field,
    exp.Extract: _extract,
    exp.Filter: _part("filter"),
    exp.HexString: lambda node: Call(this=f"unhex('{node.this}')"),
    exp.IgnoreNulls: _part("nulls"),
    exp.Localtimestamp: _text("CAST(date_trunc('millisecond', now()) AS TIMESTAMP)"),
    exp.RespectNulls: lambda node: node.this,
    exp.Sub: _sum,
    exp.TryCast: _cast,
    exp.Unnest: _unnest,
    exp.Window: _part("window"),
    exp.WithinGroup: _part("order"),
}
