"""Queries of the landed tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_local.common.catalog import Catalog
from clickstream_local.tables.landed_tables import LandedTables, QueryError


def test_a_failing_query_names_the_dialect(tmp_path: Path) -> None:
    Catalog.of([]).write(tmp_path)
    tables = LandedTables(tmp_path)
    with pytest.raises(QueryError, match="the dialect is DuckDB's"):
        tables.query("SELECT approx_most_frequent(3, 'a', 10)")
    tables.close()
