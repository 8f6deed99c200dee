"""DuckDB with Athena's defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.tables.engine import connect


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        # Athena's session is in UTC, wherever the laptop is.
        ("SELECT CAST(TIMESTAMPTZ '2026-07-01 12:00:00+02' AS TIMESTAMP)::VARCHAR", "2026-07-01 10:00:00"),
        ("SELECT x FROM (VALUES (NULL), (1)) AS t(x) ORDER BY x LIMIT 1", 1),
        ("SELECT x FROM (VALUES (NULL), (1)) AS t(x) ORDER BY x DESC LIMIT 1", 1),
        ("SELECT current_setting('autoinstall_known_extensions')", False),
    ],
)
def test_it_behaves_as_athena_s_session(tmp_path: Path, sql: str, found: object) -> None:
    assert connect(tmp_path / "temporary").execute(sql).fetchall() == [(found,)]


def test_times_with_a_zone_can_be_fetched(tmp_path: Path) -> None:
    """By pytz, which DuckDB does not declare."""
    ((now,),) = connect(tmp_path).execute("SELECT now()").fetchall()
    assert now.utcoffset().total_seconds() == 0
