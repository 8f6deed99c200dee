"""A statement of Athena's dialect, answered without objects."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from clickstream_local.athena.translate import Tables, translate
from clickstream_local.athena.types import glue_type
from clickstream_local.glue.hive_types import parse_type
from clickstream_local.tables.engine import connect


def tables(**columns: str) -> Tables:
    """One table ``web.events`` with columns of Glue's types."""
    return {"web": {"events": {name: glue_type(parse_type(kind)) for name, kind in columns.items()}}}


@cache
def engine() -> DuckDBPyConnection:
    return connect(Path("unused"))


def rows(sql: str, known: Tables | None = None) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    return engine().execute(translate(sql, known or {}).sql).fetchall()


def value(expression: str) -> Any:
    """What an expression gives; a whole query its one value."""
    query = expression if expression.lower().startswith(("select", "with")) else f"SELECT {expression}"
    ((found,),) = rows(query)
    return found
