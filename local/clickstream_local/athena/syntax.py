"""Reads one statement of Athena's dialect, and refuses what Athena would not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.generators.trino import TrinoGenerator
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.generate import Call, written_call


class Athena(Trino):
    """Trino's grammar, in which every function keeps its name and its arguments."""

    INDEX_OFFSET = 0

    class Parser(TrinoParser):
        """Reads a function as it is written; what it means is on the list of functions."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: TrinoParser.FUNCTION_PARSERS[name] for name in ("CAST", "EXTRACT", "TRY_CAST")
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {"CASE": TrinoParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}

    class Generator(TrinoGenerator):
        """Writes what was read, also where a part is DuckDB's already."""

        TRANSFORMS: ClassVar[dict[Any, Any]] = {**TrinoGenerator.TRANSFORMS, Call: written_call}


_FIRST = frozenset(
    {TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN, TokenType.VALUES, TokenType.FROM}
    | {TokenType.INSERT, TokenType.MERGE, TokenType.DELETE}
)
_TAKEN: tuple[type[exp.Expr], ...] = (
    # Statements
    exp.Select, exp.SetOperation, exp.Subquery, exp.Insert, exp.Merge, exp.Delete, exp.When, exp.Whens, exp.Update,
    # Clauses
    exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group, exp.GroupingSets, exp.Cube, exp.Rollup, exp.Having,
    exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.Distinct, exp.Values, exp.Unnest, exp.Table,
    exp.TableAlias, exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup,
    exp.LimitOptions, exp.Schema,
    # Values
    exp.Alias, exp.Column, exp.Dot, exp.Identifier, exp.Star, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Tuple,
    exp.Interval, exp.Var, exp.Array, exp.Bracket, exp.Anonymous, exp.Case, exp.If, exp.Cast, exp.TryCast,
    exp.Extract, exp.AtTimeZone, exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp, exp.HexString,
    exp.DataType, exp.DataTypeParam, exp.ColumnDef,
    # Conditions and arithmetic
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Is, exp.In, exp.Between, exp.Like, exp.Escape, exp.Exists, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg,
    exp.DPipe,
)  # fmt: skip
_SELECT_PARTS = frozenset(
    {
        "with_",
        "expressions",
        "distinct",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "windows",
    }
)
_WAY_OUT: dict[type[exp.Expr], str] = {
    exp.Lambda: "write CROSS JOIN UNNEST(…) instead of a function with ->",
    exp.ILike: "write lower(x) LIKE lower(pattern)",
    exp.TableSample: "write WHERE random() < 0.1",
    exp.Placeholder: "write the value",
    exp.Parameter: "write the value",
    exp.RegexpLike: "write regexp_like(x, pattern)",
}


def parse(sql: str) -> exp.Expr:
    """The one statement that a text holds: a query, or an INSERT, MERGE or DELETE.

    Raises
    ------
    QueryError
        If it holds no statement or several, or what Athena or this reader does not take.
    """
    try:
        tokens = Athena().tokenize(sql)
        _check_tokens(tokens)
        if tokens and tokens[0].token_type not in _FIRST:
            raise QueryError(f"{tokens[0].text.upper()} is not supported here; give a SELECT")
        statements = [one for one in Athena().parser().parse(tokens, sql) if one is not None]
    except SqlglotError as error:
        raise QueryError(f"this is not Athena's SQL: {_one_line(error)}") from None
    except RecursionError:
        raise QueryError("the query is nested too deeply; divide it by WITH") from None
    if len(statements) != 1:
        raise QueryError(
            f"give one statement, not {len(statements)}" if statements else "the query is empty; give a SELECT"
        )
    _check_nodes(statements[0])
    return statements[0]


def written(node: exp.Expr) -> str:
    """A part of a statement as it would be written for Athena, shortened."""
    text = " ".join(node.sql(Athena, copy=False).replace('"', "").split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _one_line(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if details and details[0].get("description"):
        first = details[0]
        near = first.get("highlight") or ""
        return f"{first['description'].rstrip('.')} at line {first['line']}, near {near!r}"
    return str(error).splitlines()[0].split(". Line", 1)[0]


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Refuse forms that the reader takes from other dialects."""
    depth, limited = 0, set[int]()
    for place, token in enumerate(tokens):
        kind, before = token.token_type, tokens[place - 1].token_type if place else None
        if kind in {TokenType.L_PAREN, TokenType.L_BRACKET}:
            depth += 1
        elif kind in {TokenType.R_PAREN, TokenType.R_BRACKET}:
            limited.discard(depth)
            depth -= 1
        if kind == TokenType.LIMIT:
            limited.add(depth)
        message = ""
        if kind == TokenType.DCOLON:
            message = "Athena has no '::'; write CAST(x AS type)"
        elif kind == TokenType.ILIKE:
            message = "Athena has no ILIKE; write lower(x) LIKE lower(pattern)"
        elif token.text == "`":
            message = 'Athena takes `names` in DDL only; write "name"'
        elif kind == TokenType.L_BRACE:
            message = "Athena has no {…}; write ROW(…) or MAP(ARRAY[…], ARRAY[…])"
        elif kind == TokenType.OFFSET and depth in limited:
            message = "Athena takes OFFSET before LIMIT: OFFSET 10 LIMIT 5"
        elif kind == TokenType.FROM and before in {None, TokenType.L_PAREN}:
            message = "Athena has no query that begins with FROM; write SELECT * FROM …"
        elif kind == TokenType.STRING and before == TokenType.STRING:
            message = "Athena does not join texts that follow each other; write 'a' || 'b'"
        elif token.text.upper() == "ALL" and before in {TokenType.GROUP_BY, TokenType.ORDER_BY}:
            message = "Athena has no GROUP BY ALL or ORDER BY ALL; name the columns, or their numbers"
        elif kind == TokenType.EQ and token.text == "==":
            message = "Athena has no '=='; write ="
        elif kind == TokenType.L_BRACKET and before is not None and before not in _BEFORE_SUBSCRIPT:
            message = "Athena has no […] alone; write ARRAY[…]"
        if message:
            raise QueryError(message)


_BEFORE_SUBSCRIPT = frozenset(
    {TokenType.VAR, TokenType.IDENTIFIER, TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.ARRAY, TokenType.MAP}
)


def _check_nodes(statement: exp.Expr) -> None:
    for node in statement.walk():
        if not isinstance(node, _TAKEN):
            way_out = _WAY_OUT.get(type(node), "write it in another way, or use --dialect duckdb")
            raise QueryError(f"{written(node)}: {type(node).__name__} is not supported here; {way_out}")
        if isinstance(node, exp.Select):
            parts = {name for name, value in node.args.items() if value} - _SELECT_PARTS
            if not node.expressions:
                raise QueryError("SELECT names no column; write SELECT *")
            if parts:
                raise QueryError(
                    f"SELECT … {sorted(parts)[0].strip('_').upper()} is not supported here; write it in another way"
                )
            if node.args.get("distinct") and node.args["distinct"].args.get("on"):
                raise QueryError("Athena has no DISTINCT ON; write row_number() OVER (…) = 1")
        if isinstance(node, exp.Join) and (node.method or node.kind not in {"", "INNER", "CROSS", "OUTER"}):
            raise QueryError(f"{node.method or node.kind} JOIN is not supported here; write JOIN … ON, or EXISTS")
        if isinstance(node, exp.LimitOptions) and node.args.get("with_ties"):
            raise QueryError("WITH TIES is not supported here; write rank() OVER (ORDER BY …) <= n")
        if isinstance(node, exp.Star) and any(node.args.values()):
            raise QueryError("Athena has no SELECT * EXCEPT or REPLACE; name the columns")
