"""Statements that mean something else in DuckDB give what they give on Athena."""

from __future__ import annotations

import random
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.translate import translate
from support.athena import engine, rows, tables, value

EVENTS = tables(event_name="string", event_date="string", hour="int", n="int")
TABLES = {
    "web": {"events": {**EVENTS["web"]["events"]}},
    "app": {"events": EVENTS["web"]["events"], "taps": EVENTS["web"]["events"]},
}
LISTS = "(VALUES (1, ARRAY[5]), (2, NULL)) AS t(id, a)"
KEYS = {("web", "events"): frozenset({"event_date", "hour"})}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 3", -1),
        ("7 / 2e0", 3.5),
        ("1e0 / 0", float("inf")),
        # https://trino.io/docs/current/functions/decimal.html: the larger scale of the two
        ("1.0 / 3", Decimal("0.3")),
        ("2.00 / 3", Decimal("0.67")),
        ("-2.00 / 3", Decimal("-0.67")),
        ("100.0 * 1 / 3", Decimal("33.3")),
        ("CAST(1 AS double) / 3 > 0.33e0", True),
        ("'a' || NULL", None),
        ("DATE '2026-03-31' - INTERVAL '1' MONTH = DATE '2026-02-28'", True),
        ("INTERVAL '1' DAY > INTERVAL '23' HOUR", True),
        ("hour(timestamp '2026-07-01 22:30:00' AT TIME ZONE 'Europe/Berlin')", 0),
        ("CAST(timestamp '2026-07-01 22:30:00' AT TIME ZONE 'Europe/Berlin' AS date) = DATE '2026-07-02'", True),
        ("current_date = CAST(now() AS date)", True),
        ("current_timestamp = now()", True),
        ("localtimestamp = now()", True),
        ("ARRAY['a', 'b'][2]", "b"),
        ("map(ARRAY['a'], ARRAY[1])['a']", 1),
        ("CAST(NULL AS array(integer))[1]", None),
        ("x'6162'", b"ab"),
        ("CAST(row(1, 'x') AS row(a integer, b varchar)).a", 1),
        ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b"),
        ("1 IS DISTINCT FROM NULL", True),
        ("'a_c' LIKE 'a!_c' ESCAPE '!'", True),
        ("2147483647 + CAST(1 AS bigint)", 2147483648),
        ("(SELECT max(x) FROM (VALUES 1, 2) AS t(x))", 2),
        ("EXISTS (SELECT 1 WHERE false)", False),
        ("'B' < 'a' AND 'Z' < 'ä'", True),
        ("ARRAY[1, 2] || ARRAY[3]", [1, 2, 3]),
    ],
)
def test_an_expression_gives_what_it_gives_on_athena(expression: str, found: Any) -> None:
    given = value(expression)
    assert (given, type(given)) == (found, type(found))


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1 / 0", "Division by zero"),
        ("1.0 / 0", "Division by zero"),
        ("2147483647 + 1", "Overflow"),
        ("CAST(9223372036854775807 AS bigint) + 1", "Overflow"),
        ("ARRAY[1][2]", "array subscript out of bounds"),
        ("ARRAY[1][0]", "array subscript out of bounds"),
        ("ARRAY[1][-1]", "array subscript out of bounds"),
        ("map(ARRAY['a'], ARRAY[1])['b']", "key not present in map"),
        ("element_at(ARRAY[1], 0)", "indices start at 1"),
        ("split_part('a', ',', 0)", "greater than zero"),
        ("from_iso8601_timestamp('2026-07-01T12:00:00+02:00')", "only yyyy-MM-ddTHH:mm:ssZ"),
        ("(SELECT x FROM (VALUES 1, 2) AS t(x))", "More than one row"),
        ("json_parse('{')", "Malformed JSON"),
        ("sequence(1, 5, -1)", "does not lead from start to stop"),
        ("sequence(5, 1, 1)", "does not lead from start to stop"),
        ("sequence(1, 5, 0)", "does not lead from start to stop"),
        ("sequence(date '2026-01-01', date '2026-01-03', interval '-1' day)", "does not lead from start to stop"),
        ("sequence(date '2026-01-01', date '2026-03-01', interval '-1' month)", "does not lead from start to stop"),
        ("sequence(date '2026-01-01', date '2026-01-03', interval '12' hour)", "whole days"),
        ("sequence(date '2026-01-31', date '2026-03-31', interval '1' month)", "is not supported here"),
    ],
)
def test_an_error_of_athena_is_an_error_here(expression: str, said: str) -> None:
    with pytest.raises(duckdb.Error, match=said):
        value(expression)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x", [(1,), (2,), (None,)]),
        ("SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x DESC", [(2,), (1,), (None,)]),
        ("SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x NULLS FIRST LIMIT 1", [(None,)]),
        ("SELECT x FROM (VALUES 1, 2, 3) AS t(x) ORDER BY x OFFSET 1 LIMIT 1", [(2,)]),
        ("SELECT x FROM (VALUES 1, 2) AS t(x) ORDER BY x DESC FETCH FIRST 1 ROWS ONLY", [(2,)]),
        ("SELECT x FROM (VALUES 1, 2) AS t(x) ORDER BY 1 LIMIT ALL", [(1,), (2,)]),
        ("SELECT x, count(*) FROM (VALUES 1, 1) AS t(x) GROUP BY 1", [(1, 2)]),
        ("SELECT -x AS x FROM (VALUES 1, 2) AS t(x) ORDER BY x", [(-2,), (-1,)]),
        ("SELECT -x AS x FROM (VALUES 1, 2) AS t(x) ORDER BY x + 0", [(-2,), (-1,)]),
        ("SELECT x AS y FROM (VALUES 'b', 'a') AS t(x) ORDER BY length(x), y", [("a",), ("b",)]),
        (f"SELECT id, x, n FROM {LISTS} CROSS JOIN UNNEST(a) WITH ORDINALITY AS u(x, n)", [(1, 5, 1)]),
        ("SELECT k, v FROM UNNEST(map(ARRAY['a'], ARRAY[1])) AS t(k, v)", [("a", 1)]),
        ("SELECT a, b FROM UNNEST(ARRAY[1, 2], ARRAY['x']) AS t(a, b)", [(1, "x"), (2, None)]),
        ("SELECT a, b FROM UNNEST(ARRAY[row(1, 'x'), row(2, 'y')]) AS t(a, b)", [(1, "x"), (2, "y")]),
        ("SELECT n / 2 FROM UNNEST(ARRAY[7]) AS t(n)", [(3,)]),
        (f"SELECT id, x FROM {LISTS} LEFT JOIN UNNEST(a) AS u(x) ON true ORDER BY 1", [(1, 5), (2, None)]),
        (f"SELECT id FROM {LISTS} CROSS JOIN UNNEST(a) AS u(x)", [(1,)]),
        ("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT sum(n) FROM t", [(6,)]),
        ("SELECT x FROM (VALUES 1, 2) AS t(x) INTERSECT SELECT 2", [(2,)]),
        ("SELECT a.x FROM (VALUES 1) AS a(x) JOIN (VALUES 1) AS b(x) USING (x)", [(1,)]),
        ("SELECT sum(x) FILTER (WHERE x > 1) OVER (PARTITION BY 1) FROM (VALUES 1, 2) AS t(x) LIMIT 1", [(2,)]),
        ("SELECT sum(x) OVER w FROM (VALUES 1, 2) AS t(x) WINDOW w AS (ORDER BY x) ORDER BY 1", [(1,), (3,)]),
        ("SELECT sum(sum(x)) OVER (ORDER BY x) FROM (VALUES 1, 1) AS t(x) GROUP BY x", [(2,)]),
        ("SELECT x, count(*) FROM (VALUES 1) AS t(x) GROUP BY GROUPING SETS ((x), ()) ORDER BY 1", [(1, 1), (None, 1)]),
        ("VALUES (1, 'a')", [(1, "a")]),
    ],
)  # fmt: skip
def test_a_query_gives_what_it_gives_on_athena(sql: str, found: list[Any]) -> None:
    assert rows(sql) == found


@pytest.mark.parametrize(
    ("call", "part"),
    [
        ("map_agg(k, v) FILTER (WHERE v > 1)", "FILTER"),
        ("map_agg(k, v) OVER ()", "OVER"),
        ("map_agg(DISTINCT k, v)", "DISTINCT"),
        ("map_agg(k, v ORDER BY v)", "ORDER BY"),
        ("map_agg(k, v) IGNORE NULLS OVER ()", "IGNORE NULLS"),
        ("lower(DISTINCT k)", "DISTINCT"),
        ("row_number() IGNORE NULLS OVER ()", "IGNORE NULLS"),
        ("count(DISTINCT *)", "DISTINCT"),
    ],
)
def test_a_function_is_refused_with_a_part_that_its_translation_would_lose(call: str, part: str) -> None:
    with pytest.raises(QueryError, match=f"^(?i:{call.partition('(')[0]}): {part} is not supported here"):
        translate(f"SELECT {call} FROM (VALUES ('a', 1)) AS t(k, v)", {})


def test_columns_without_a_name_are_called_as_on_athena() -> None:
    runnable = translate("SELECT 1, 'a' AS Named, count(*) FROM (VALUES 1) AS t(x)", {}).sql
    assert [column[0] for column in engine().execute(runnable).description or ()] == ["_col0", "named", "_col2"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM events", "the databases app, web have a table of this name"),
        ("SELECT * FROM nothing", "there is no table nothing; there are: app.events, app.taps, web.events"),
        ("SELECT * FROM web.taps", "there is no table web.taps"),
        ("SELECT * FROM other.web.events", "there is no catalog other"),
        ("SELECT * FROM read_text('/etc/hostname')", "FROM takes a table, a query, VALUES or UNNEST"),
        ("SELECT * FROM '/etc/hostname'", "there is no table /etc/hostname"),
        ('SELECT * FROM "/etc/hostname"', "there is no table /etc/hostname"),
    ],
)
def test_a_table_that_is_not_known_is_refused(sql: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        translate(sql, TABLES)


@pytest.mark.parametrize(
    ("sql", "references"),
    [
        ("SELECT 1 FROM AwsDataCatalog.web.events", [("web", "events")]),
        ('SELECT 1 FROM "WEB"."Events"', [("web", "events")]),
        # The name of a query hides that of the table, but not in the query itself.
        ("WITH events AS (SELECT * FROM web.events) SELECT * FROM events", [("web", "events")]),
        ("WITH events AS (SELECT * FROM events) SELECT * FROM events", [("web", "events")]),
        ("WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b", []),
    ],
)
def test_the_tables_that_are_read_are_told(sql: str, references: list[tuple[str, str]]) -> None:
    found = translate(sql, TABLES, database="web").references
    assert [(one.database, one.table) for one in found] == references


@pytest.mark.parametrize(
    ("rest", "predicate"),
    [
        ("WHERE event_date = 'a'", '("e"."event_date" = \'a\')'),
        (
            "WHERE event_date = 'a' AND n = 1 AND hour IN (1, 2)",
            '("e"."event_date" = \'a\') AND ("e"."hour" IN (1, 2))',
        ),
        ("WHERE event_date > 'a' OR hour = 1", '("e"."event_date" > \'a\' OR "e"."hour" = 1)'),
        ("WHERE event_date = 'a' OR n = 1", None),
        ("WHERE n = 1", None),
        ("", None),
        ("WHERE event_date = (SELECT max(event_date) FROM web.events)", None),
        ("LEFT JOIN (VALUES 1) AS v(x) ON true WHERE event_date = 'a'", '("e"."event_date" = \'a\')'),
        ("RIGHT JOIN (VALUES 1) AS v(x) ON true WHERE event_date = 'a'", None),
        ("FULL JOIN (VALUES 1) AS v(x) ON true WHERE event_date = 'a'", None),
    ],
)
def test_what_is_asked_of_partition_keys_alone_is_told(rest: str, predicate: str | None) -> None:
    found = translate(f"SELECT 1 FROM web.events AS e {rest}", TABLES, partition_keys=KEYS)
    assert [one.predicate for one in found.references if one.alias == "e"] == [predicate]


def test_a_function_that_athena_has_not_is_run_and_told() -> None:
    assert translate("SELECT to_timestamp(1)", {}).notes == ("to_timestamp is not Athena's; write from_unixtime there",)


def test_arguments_that_multiply_are_bounded() -> None:
    with pytest.raises(QueryError, match="nested too deeply"):
        translate(f"SELECT {'substr(' * 20}'x'{', 1)' * 20}", {})


WHOLE = (
    """SELECT event_name, sum(n) FILTER (WHERE n > 1) OVER (PARTITION BY hour ORDER BY n) FROM web.events e
    WHERE n IN (1, 2)""",
    """WITH a AS (SELECT * FROM web.events) SELECT CAST(x AS decimal(5, 2)), u.v FROM (VALUES (1, 'a')) AS t(x, y)
    CROSS JOIN UNNEST(ARRAY[1, 2], map(ARRAY['a'], ARRAY[1])) WITH ORDINALITY AS u(v, k, w, n) ORDER BY 1 LIMIT 5""",
    """SELECT count(DISTINCT event_name), array_agg(n ORDER BY hour), listagg(event_name, ',') WITHIN GROUP (ORDER BY n)
    FROM web.events GROUP BY GROUPING SETS ((hour), ()) HAVING max(n) > 1 UNION ALL SELECT 1, NULL, 'x'""",
    """SELECT CASE n WHEN 1 THEN 'a' ELSE NULL END, EXTRACT(DOW FROM DATE '2026-01-01'), INTERVAL '1' DAY,
    CAST(row(1, 'x') AS row(a integer, b varchar)).a, EXISTS (SELECT 1), x'61' FROM web.events
    WHERE NOT event_name LIKE 'a!%' ESCAPE '!' AND n BETWEEN 1 AND (SELECT max(n) FROM web.events)""",
    """MERGE INTO web.events t USING (SELECT 1 AS n) s ON t.n = s.n WHEN MATCHED AND s.n > 1 THEN DELETE
    WHEN NOT MATCHED THEN INSERT (n) VALUES (s.n)""",
)


def test_no_text_is_a_crash() -> None:
    """Statements with some of their words gone, doubled or in another's place."""
    chosen = random.Random(20261130)
    texts = [re.findall(r"'[^']*'|\w+|\S", sql) for sql in WHOLE]
    words = sorted({word for text in texts for word in text})
    outcomes = Counter[str]()
    for _ in range(600):
        text = list(chosen.choice(texts))
        for _ in range(chosen.randint(1, 3)):
            place = chosen.randrange(len(text))
            text[place : place + chosen.randint(0, 2)] = chosen.choices(words, k=chosen.randint(0, 2))
        try:
            translate(" ".join(text), TABLES)
            outcomes["read"] += 1
        except QueryError as error:
            outcomes["two lines" if "\n" in str(error) else "refused"] += 1
    assert min(outcomes["read"], outcomes["refused"]) > 10
    assert not outcomes["two lines"]


DAILY = {
    "lake": {
        "daily": tables(day="date", site="string", views="bigint")["web"]["events"],
        "fresh": tables(day="date", site="string", views="int")["web"]["events"],
    }
}
MERGE = """
MERGE INTO daily t USING (
  WITH summed AS (SELECT day, site, sum(views) AS views FROM fresh GROUP BY 1, 2)
  SELECT s.*, s.views = 0 AS gone FROM summed s WHERE s.day >= date '2026-01-01'
) s ON t.day = s.day AND t.site = s.site AND t.day < date '2026-02-01'
WHEN MATCHED AND s.gone THEN DELETE
WHEN MATCHED THEN UPDATE SET views = s.views / 2
WHEN NOT MATCHED THEN INSERT (day, site, views) VALUES (s.day, s.site, s.views)
"""


def test_statements_that_write_are_read_too() -> None:
    """By the code that is to run them: `clickstream query` itself takes none."""
    run = engine().cursor()
    run.execute("CREATE SCHEMA IF NOT EXISTS lake")
    run.execute("CREATE OR REPLACE TABLE lake.daily (day DATE, site VARCHAR, views BIGINT)")
    run.execute("CREATE OR REPLACE TABLE lake.fresh (day DATE, site VARCHAR, views INTEGER)")
    run.execute("INSERT INTO lake.daily VALUES ('2026-01-01', 'a', 9), ('2026-01-01', 'b', 9)")
    run.execute("INSERT INTO lake.fresh VALUES ('2026-01-01', 'a', 7), ('2026-01-01', 'b', 0), ('2026-01-02', 'c', 5)")
    for sql in (
        MERGE,
        "INSERT INTO daily SELECT day, 'd', count(*) FROM fresh f WHERE NOT EXISTS "
        "(SELECT 1 FROM daily d WHERE d.day = f.day) GROUP BY 1",
        "DELETE FROM daily WHERE site = 'c' AND day = date '2026-01-02'",
    ):
        found = translate(sql, DAILY)
        assert not found.is_query
        run.execute(found.sql)
    assert run.execute("SELECT site, views FROM lake.daily").fetchall() == [("a", 3)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (MERGE.replace("s.views / 2", "strftime(s.day, '%Y')"), "write date_format"),
        (MERGE.replace("t.site = s.site", "t.site = s.day"), "Athena does not compare varchar and date"),
        (MERGE.replace("VALUES (s.day", "VALUES (s.nothing"), "Unknown column: nothing"),
        ("DELETE FROM daily WHERE day = '2026-01-01'", "Athena does not compare date and varchar"),
        ("DELETE FROM daily", "write WHERE true"),
        ("INSERT INTO daily SELECT day, site, median(views) FROM fresh GROUP BY 1, 2", "write approx_percentile"),
    ],
)
def test_statements_that_write_are_checked_as_queries_are(sql: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        translate(sql, DAILY)
