"""What Athena refuses by type, and DuckDB would convert; and the types that results have."""

from __future__ import annotations

import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.translate import translate
from support.athena import rows, tables, value

EVENTS = tables(
    event_name="string",
    event_date="string",
    event_time="timestamp",
    count="int",
    price="double",
    cost="decimal(10,2)",
    tags="array<string>",
    more="map<string,int>",
    shop="struct<city:string,size:int>",
    is_bot="boolean",
)

REFUSED = {
    "event_date = DATE '2026-01-31'": "write the day as a text, '2026-01-31'",
    "event_date > current_date": "Athena does not compare varchar and date",
    "event_time > '2026-01-31'": "write timestamp '2026-01-31 12:00:00'",
    "event_name = 1": "Athena does not compare varchar and integer; CAST one of them",
    "count IN ('1', '2')": "Athena does not compare integer and varchar",
    "count BETWEEN 1 AND 'x'": "Athena does not compare integer and varchar",
    "is_bot = 1": "Athena does not compare boolean and integer",
    "count": "count is integer, and has to be boolean",
    "NOT event_name": "and has to be boolean",
    "event_name AND is_bot": "and has to be boolean",
    "count LIKE '1%'": "and has to be varchar",
    "is_bot IS TRUE": "IS NULL and IS NOT NULL only",
    "event_name || count = 'x'": r"has no '\|\|' of varchar and integer",
    "event_date + 1 > 2": r"has no '\+' of varchar and integer",
    "event_date - INTERVAL '1' DAY > DATE '2026-01-31'": "has no '-' of varchar and interval",
    "DATE '2026-01-31' - DATE '2026-01-01' > 1": r"write date_diff\('day', a, b\)",
    "DATE '2026-01-31' + INTERVAL '1' HOUR > event_time": "CAST it AS timestamp for others",
    "event_time + INTERVAL '1' WEEK > event_time": "units are year, month, day",
    "event_time AT TIME ZONE 'Europe/Berlin' > event_time": "another time zone than UTC",
    "event_name AT TIME ZONE 'UTC' > event_time": "AT TIME ZONE takes a timestamp",
    "EXTRACT(EPOCH FROM event_time) > 1": r"EXTRACT\(EPOCH FROM …\) is not supported here",
    "EXTRACT(DAY FROM event_date) > 1": "it takes a date or a timestamp",
    "shop.street = 'x'": "shop has no field street; it has city, size",
    "tags['x'] = 'x'": "has no subscript of",
    "more[1] = 1": "has no subscript of",
    "CASE WHEN is_bot THEN 1 ELSE 'x' END = 1": "has no type for integer and varchar",
    "CASE count WHEN 'x' THEN true END": "Athena does not compare integer and varchar",
    "coalesce(count, 'x') = 1": r"coalesce\(integer, varchar\) is not taken here",
    "lower(count) = 'x'": r"lower\(integer\) is not taken here; write lower\(varchar\)",
    "date_trunc('day', event_date) = event_time": "is not taken here",
    "date_trunc('decade', event_time) = event_time": "unit 'decade' is not supported here",
    "date_trunc('hour', DATE '2026-01-01') = event_time": "unit 'hour' is not supported here for this type",
    "date_diff('day', event_date, event_date) = 1": "is not taken here",
    "contains(tags, 1)": "is not taken here",
    "count(event_name, price) = 1": "is not taken here",
    "avg(cost) > 1": r"write avg\(CAST\(x AS double\)\)",
    "99999999999999999999 > 1": "no integer of this size",
    "(event_name, count) = ('x', 1)": "the type of a side is not known here",
    "strftime(event_time, '%Y') = 'x'": "strftime: this function is not on the list .*; write date_format",
    "bing_tile_at(1, 2, 3) = 'x'": "docs/athena-functions.md has the list",
}


@pytest.mark.parametrize(("condition", "said"), REFUSED.items())
def test_what_athena_does_not_take_is_refused(condition: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        translate(f"SELECT 1 FROM events WHERE {condition}", EVENTS)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1 UNION ALL SELECT 'x'", "has no type for integer and varchar"),
        ("SELECT 1, 2 UNION SELECT 1", "one side has 2 columns, the other 1"),
        ("SELECT x FROM (VALUES 1, 'x') AS t(x)", "has no type for integer and varchar"),
        ("SELECT ARRAY[1, 'x']", "has no type for integer and varchar"),
        ("SELECT x FROM events CROSS JOIN UNNEST(event_name) AS t(x)", "UNNEST takes arrays and maps"),
        ("SELECT * FROM events CROSS JOIN UNNEST(tags) AS t", "give its 1 columns names"),
        ("SELECT k FROM events CROSS JOIN UNNEST(more) AS t(k)", "give its 2 columns names"),
        ("SELECT 1 FROM events JOIN events AS e ON events.count", "and has to be boolean"),
        ("SELECT event_time AT TIME ZONE 'UTC' FROM events", "CAST it AS timestamp"),
        ("SELECT event_time - event_time FROM events", "write date_diff"),
        ("SELECT event_name AS n FROM events WHERE n = 'x'", "'n' could not be resolved"),
        ("SELECT event_name AS n, count(*) FROM events GROUP BY n", "'n' could not be resolved"),
        ("SELECT event_name, count(*) AS n FROM events GROUP BY 1 HAVING n > 1", "n: there is no such column"),
        ("SELECT DISTINCT event_name FROM events ORDER BY price", "SELECT DISTINCT is ordered by what it gives"),
        ("SELECT nothing FROM events", "'nothing' could not be resolved"),
        ("SELECT try(tags[9]) FROM events", "write try_cast, element_at or a CASE"),
        ("SELECT lower(event_name) OVER () FROM events", "no aggregate and no window function"),
    ],
)
def test_a_query_that_athena_does_not_take_is_refused(sql: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        translate(sql, EVENTS)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("7 / 2", "INTEGER"),
        ("CAST(7 AS bigint) / 2", "BIGINT"),
        ("sum(count)", "BIGINT"),
        ("count(*)", "BIGINT"),
        ("count_if(is_bot)", "BIGINT"),
        ("avg(count)", "DOUBLE"),
        ("sum(cost)", "DECIMAL(38,2)"),
        ("max(cost) / 3", "DECIMAL(10,2)"),
        ("max(cost) * 1.5", "DECIMAL(12,3)"),
        ("date_trunc('day', DATE '2026-01-31')", "DATE"),
        ("DATE '2026-01-31' - INTERVAL '1' MONTH", "DATE"),
        ("date_diff('day', DATE '2026-01-01', DATE '2026-01-31')", "BIGINT"),
        ("max(event_time)", "TIMESTAMP"),
        ("histogram(event_name)", "MAP(VARCHAR, BIGINT)"),
        ("cardinality(array_agg(tags))", "BIGINT"),
        ("coalesce(max(count), CAST(1 AS bigint))", "BIGINT"),
    ],
)
def test_a_result_has_athena_s_type(expression: str, kind: str) -> None:
    from support.athena import engine

    runnable = translate(f"SELECT {expression} AS x FROM events", EVENTS).sql
    columns = (
        "event_name VARCHAR, event_date VARCHAR, event_time TIMESTAMP, count INTEGER, price DOUBLE, "
        "cost DECIMAL(10, 2), tags VARCHAR[], more MAP(VARCHAR, INTEGER), "
        "shop STRUCT(city VARCHAR, size INTEGER), is_bot BOOLEAN"
    )
    engine().execute("CREATE SCHEMA IF NOT EXISTS web")
    engine().execute(f"CREATE OR REPLACE TABLE web.events ({columns})")
    assert engine().execute(f"DESCRIBE {runnable}").fetchall()[0][1] == kind


def test_every_field_of_extract_is_the_function_of_its_name() -> None:
    moment = "timestamp '2026-11-29 03:04:05.321'"
    fields = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAY_OF_WEEK", "DOW", "DOY", "YOW", "HOUR", "MINUTE", "SECOND")
    found = [value(f"EXTRACT({field} FROM {moment})") for field in fields]
    assert found == [2026, 4, 11, 48, 29, 7, 7, 333, 2026, 3, 4, 5]


def test_columns_of_a_query_keep_their_types() -> None:
    sql = "WITH a AS (SELECT 7 AS n UNION ALL SELECT 8), b AS (SELECT n FROM a) SELECT max(b.n) / 2 FROM b"
    assert rows(sql) == [(4,)]
