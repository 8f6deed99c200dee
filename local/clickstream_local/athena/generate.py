"""Writes DuckDB's statement, of which some parts are given as templates."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.generators.duckdb import DuckDBGenerator

from clickstream_local.athena.errors import QueryError


class Call(exp.Expression):
    """A part of DuckDB's statement by its template; an aggregate has what belongs to it."""

    arg_types: ClassVar[dict[str, bool]] = {
        "this": True,
        "expressions": False,
        "aggregate": False,
        "distinct": False,
        "order": False,
        "nulls": False,
        "filter": False,
        "window": False,
    }


_OF_AN_AGGREGATE = {
    "distinct": "DISTINCT",
    "order": "ORDER BY",
    "nulls": "IGNORE NULLS",
    "filter": "FILTER",
    "window": "OVER",
}
_PLACE = re.compile(r"\$(\d|all|joined|null|over)")
_ATOMIC = (exp.Column, exp.Literal, exp.Star, Call, exp.Boolean, exp.Null, exp.Array, exp.Paren)
_MAX_CHARACTERS = 200_000
MARK = "x"
"""What a window stands behind until its aggregate takes it."""


class Generator(DuckDBGenerator):
    """DuckDB's own, that knows templates."""

    def call_sql(self, call: Call) -> str:
        """A template with its arguments."""
        texts = [self._argument(argument) for argument in call.expressions]
        for part, words in _OF_AN_AGGREGATE.items():
            if call.args.get(part) and ("$over" not in call.this or not (texts or part in {"filter", "window"})):
                raise QueryError(f"{call.meta['original'].name}: {words} is not supported here for this function")
        if call.args.get("distinct"):
            texts[0] = f"DISTINCT {texts[0]}"
        if call.args.get("nulls"):
            texts[-1] += " IGNORE NULLS"
        if call.args.get("order"):
            texts[-1] += self.sql(call, "order")
        fills = {
            "all": ", ".join(texts),
            "joined": " || ".join(texts),
            "null": " OR ".join(f"{text} IS NULL" for text in texts),
            "over": self.sql(call, "filter") + self.sql(call, "window").removeprefix(MARK),
        }
        text = _PLACE.sub(lambda found: fills[found[1]] if found[1] in fills else texts[int(found[1])], str(call.this))
        if len(text) > _MAX_CHARACTERS:  # a template may name an argument several times
            raise QueryError("functions are nested too deeply here; divide the query by WITH")
        return text

    def _argument(self, argument: exp.Expr) -> str:
        text = self.sql(argument)
        return text if isinstance(argument, _ATOMIC) else f"({text})"

    TRANSFORMS: ClassVar[dict[Any, Any]] = {**DuckDBGenerator.TRANSFORMS, Call: call_sql}


def duckdb(node: exp.Expr) -> str:
    """A statement, or a part of one, in DuckDB's SQL."""
    return str(Generator(dialect="duckdb").generate(node, copy=False))  # a copy would hold all originals


def written_call(generator: Any, call: Call) -> str:
    """What a template was made of."""
    return str(generator.sql(call.meta["original"]))
