"""What is not Athena's SQL, or is not read here, is refused in words."""

from __future__ import annotations

import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.syntax import parse

REFUSED = {
    "": "the query is empty",
    "-- nothing": "the query is empty",
    "SELECT 1; SELECT 2": "give one statement, not 2",
    "SELEC 1": "SELEC is not supported here; give a SELECT",
    "SELECT 1 WHERE a IN (1, 2": "this is not Athena's SQL: Expecting ) at line 1",
    "SELECT a FROM t WHERE 'open": "this is not Athena's SQL",
    "SHOW TABLES": "SHOW is not supported here; give a SELECT",
    "DESCRIBE t": "DESCRIBE is not supported here; give a SELECT",
    "CREATE TABLE x AS SELECT 1": "CREATE is not supported here",
    "DROP TABLE t": "DROP is not supported here",
    "SET x = 1": "SET is not supported here",
    "COPY t TO 'x'": "COPY is not supported here",
    "ATTACH 'x.db'": "ATTACH is not supported here",
    # What other dialects have, and the reader would take.
    "SELECT `a` FROM t": 'write "name"',
    "SELECT a::int FROM t": "write CAST(x AS type)",
    "SELECT a FROM t WHERE a ILIKE 'x'": "write lower(x) LIKE lower(pattern)",
    "FROM t": "begins with FROM",
    "SELECT * FROM (FROM t) AS x": "begins with FROM",
    "SELECT * EXCLUDE (a) FROM t": "name the columns",
    "SELECT * EXCEPT (a) FROM t": "name the columns",
    "SELECT * REPLACE (1 AS a) FROM t": "name the columns",
    "SELECT a FROM t GROUP BY ALL": "name the columns, or their numbers",
    "SELECT a FROM t ORDER BY ALL": "name the columns, or their numbers",
    "SELECT a FROM t LIMIT 5 OFFSET 10": "OFFSET 10 LIMIT 5",
    "SELECT [1, 2]": "write ARRAY",
    "SELECT {'a': 1}": "write ROW",
    "SELECT 'a' 'b'": "write 'a' || 'b'",
    "SELECT a == 1 FROM t": "write =",
    "SELECT DISTINCT ON (a) b FROM t": "write row_number()",
    "SELECT a FROM t QUALIFY a = 1": "this is not Athena's SQL",
    "PIVOT t ON a USING sum(b)": "PIVOT is not supported here",
    # What Athena has, and is not read here.
    "SELECT filter(a, x -> x > 1) FROM t": "write CROSS JOIN UNNEST",
    "SELECT a FROM t TABLESAMPLE BERNOULLI (10)": "write WHERE random",
    "SELECT a FROM t NATURAL JOIN u": "NATURAL JOIN is not supported here",
    "SELECT a FROM t LEFT SEMI JOIN u ON t.a = u.a": "SEMI JOIN is not supported here",
    "SELECT a FROM t FETCH FIRST 1 ROWS WITH TIES": "WITH TIES is not supported here",
    "SELECT ? FROM t": "write the value",
    "SELECT a FROM t FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00'": "Version is not supported here",
    "SELECT CURRENT_TIME": "CurrentTime is not supported here",
}


@pytest.mark.parametrize(("sql", "said"), REFUSED.items())
def test_it_is_refused_in_one_line(sql: str, said: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(sql)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_query_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(QueryError, match="nested too deeply"):
        parse("SELECT " + "(" * 2_000 + "1" + ")" * 2_000)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t OFFSET 10 LIMIT 5",
        "SELECT (SELECT 1 LIMIT 1) FROM t OFFSET 2",
        "SELECT a[1], m['x'], ARRAY[1][1] FROM t",
        "SELECT a FROM t LIMIT ALL;",
        "WITH x AS (SELECT 1) SELECT * FROM x UNION ALL SELECT 2",
    ],
)
def test_what_athena_takes_is_read(sql: str) -> None:
    parse(sql)
