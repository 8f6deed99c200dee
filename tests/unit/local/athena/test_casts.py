"""CAST and TRY_CAST give what Athena gives, or are refused: https://trino.io/docs/current/functions/conversion.html."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from clickstream_local.athena.errors import QueryError
from support.athena import value

MOMENT = "timestamp '2026-11-21 10:11:12.500'"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        # Half away from zero, where DuckDB takes the even neighbour of a double.
        ("CAST(2.5e0 AS bigint)", 3),
        ("CAST(-2.5e0 AS integer)", -3),
        ("CAST(2.5 AS bigint)", 3),
        ("CAST('abc' AS varchar(2))", "ab"),
        ("CAST('12' AS integer)", 12),
        ("CAST('-1.5e2' AS double)", -150.0),
        ("CAST('1.256' AS decimal(10, 2))", Decimal("1.26")),
        ("CAST('T' AS boolean)", True),
        ("CAST('0' AS boolean)", False),
        ("CAST('2026-11-21' AS date)", datetime.date(2026, 11, 21)),
        ("CAST('2026-11-21 10:11' AS timestamp) = timestamp '2026-11-21 10:11:00'", True),
        ("CAST(date '2026-11-21' AS varchar)", "2026-11-21"),
        (f"CAST({MOMENT} AS date)", datetime.date(2026, 11, 21)),
        # All digits of the type, where DuckDB leaves zeros out.
        ("CAST(timestamp '2026-11-21 10:11:12.500' AS varchar)", "2026-11-21 10:11:12.500"),
        ("CAST(timestamp '2026-11-21 10:11:12' AS varchar)", "2026-11-21 10:11:12"),
        ("CAST(true AS varchar)", "true"),
        ("CAST(true AS integer)", 1),
        ("CAST(0 AS boolean)", False),
        ("CAST(1.50 AS varchar)", "1.50"),
        ("CAST(7 AS varchar) || '!'", "7!"),
        ("CAST(NULL AS varchar)", None),
        ("CAST(CAST(NULL AS varchar) AS integer)", None),
        ("CAST(json_parse('\"abc\"') AS varchar)", "abc"),
        ("CAST(json_parse('12') AS bigint)", 12),
        ("CAST(json_parse('[1, 2]') AS array(bigint))", [1, 2]),
        ('CAST(json_parse(\'{"a": "b"}\') AS map(varchar, varchar))', {"a": "b"}),
        ("json_format(CAST('abc' AS json))", '"abc"'),
        ("TRY_CAST('abc' AS integer)", None),
        ("TRY_CAST('2.5' AS integer)", None),
        ("TRY_CAST('99999999999' AS integer)", None),
        ("TRY_CAST('2026-13-01' AS date)", None),
        ("TRY_CAST('yes' AS boolean)", None),
        ("TRY_CAST('2026-11-21T10:11:12' AS timestamp)", None),
        ("try(CAST('2026-11-21' AS date))", datetime.date(2026, 11, 21)),
    ],
)
def test_a_cast_gives_what_athena_gives(expression: str, found: Any) -> None:
    given = value(expression)
    assert (given, type(given)) == (found, type(found))


@pytest.mark.parametrize(
    "expression",
    [
        "CAST('2.5' AS integer)",
        "CAST(' 12 ' AS bigint)",
        "CAST('yes' AS boolean)",
        "CAST('2026/11/21' AS date)",
        "CAST('2026-11-21T10:11:12' AS timestamp)",
        "CAST('2026-11-21 10:11:12 Europe/Berlin' AS timestamp)",
        "CAST('1d' AS double)",
    ],
)
def test_a_text_that_only_duckdb_reads_is_an_error(expression: str) -> None:
    with pytest.raises(duckdb.Error, match="cannot cast"):
        value(expression)


@pytest.mark.parametrize(
    ("expression", "way_out"),
    [
        ("CAST(1e0 AS varchar)", "CAST it AS decimal"),
        ("CAST(now() AS varchar)", "date_format"),
        (f"CAST({MOMENT} AT TIME ZONE 'Europe/Berlin' AS varchar)", "date_format"),
        (f"CAST({MOMENT} AS bigint)", "CAST it AS a type between them"),
        ("CAST(1 AS date)", "CAST it AS a type between them"),
        ("CAST(123 AS varchar(2))", "write varchar"),
        ("CAST('a' AS char(3))", "write varchar"),
        ("timestamp '2026-11-21 10:11:12 UTC'", "from_iso8601_timestamp"),
        ("CAST(ARRAY[1] AS varchar)", "CAST it AS a type between them"),
    ],
)
def test_a_cast_that_would_differ_is_refused(expression: str, way_out: str) -> None:
    with pytest.raises(QueryError, match=way_out):
        value(expression)
