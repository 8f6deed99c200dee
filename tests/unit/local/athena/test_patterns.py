"""Constants that are patterns, in DuckDB's words."""

from __future__ import annotations

import pytest

from clickstream_local.athena.errors import QueryError
from clickstream_local.athena.patterns import check_group, joda_format, json_path, mysql_format, replacement


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("%Y-%m-%d %H:%i:%s", "%Y-%m-%d %H:%M:%S"), ("%M %e, %h%p 100%%", "%B %-d, %I%p 100%%"), ("plain", "plain")],
)
def test_a_mysql_format_is_translated(pattern: str, found: str) -> None:
    assert mysql_format(pattern) == found


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "%Y-%m-%dT%H:%M:%S.%g"),
        ("h 'o''clock' a", "%-I o'clock %p"),
        ("d''EEEE", "%-d'%A"),
        ("yyyy%", "%Y%%"),
    ],
)
def test_a_joda_format_is_translated(pattern: str, found: str) -> None:
    assert joda_format(pattern) == found


@pytest.mark.parametrize(
    ("path", "found"), [("$", "$"), ("$.a.b_c", '$."a"."b_c"'), ("$[0].x[12]", '$[0]."x"[12]'), ('$["a b"]', '$."a b"')]
)
def test_a_json_path_is_translated(path: str, found: str) -> None:
    assert json_path(path) == found


@pytest.mark.parametrize(
    ("text", "found"), [("$1-$2", r"\1-\2"), (r"\$5", "$5"), (r"a\\b", r"a\\b"), ("plain", "plain")]
)
def test_a_replacement_is_translated(text: str, found: str) -> None:
    assert replacement(text) == found


@pytest.mark.parametrize(
    ("translate", "pattern"),
    [
        (mysql_format, "%u"),
        (mysql_format, "%D"),
        (mysql_format, "100%"),
        (joda_format, "yyyy Z"),
        (joda_format, "w"),
        (json_path, "a"),
        (json_path, "$..a"),
        (json_path, "$.*"),
        (json_path, "$.a[?(@.b)]"),
        (json_path, ""),
        (replacement, "${name}"),
        (replacement, "cost $"),
        (replacement, "end\\"),
    ],
)
def test_a_pattern_that_duckdb_has_not_is_refused(translate: object, pattern: str) -> None:
    with pytest.raises(QueryError, match="not supported here"):
        translate(pattern)  # type: ignore[operator]


@pytest.mark.parametrize("pattern", ["(a)?b", "(a)*", "(a)|b", "(a){0,2}"])
def test_a_group_that_may_take_no_part_is_refused(pattern: str) -> None:
    with pytest.raises(QueryError, match="may take no part"):
        check_group(pattern, 1)
    check_group(pattern, 0)
    check_group("(a+)b?", 1)
