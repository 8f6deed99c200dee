"""DuckDB as the queries of this package use it: Athena's defaults, and bounds on what it takes of the machine."""

from __future__ import annotations

from pathlib import Path

import duckdb

MEMORY = "1GiB"
"""What DuckDB holds in memory before it writes to its temporary folder."""

TEMPORARY = "10GiB"
"""What it writes there at most; a query that needs more fails."""


def connect(temporary: Path) -> duckdb.DuckDBPyConnection:
    """An empty database in memory.

    Parameters
    ----------
    temporary
        The folder for what does not fit into memory; it need not exist.
    """
    connection = duckdb.connect(
        config={
            # Of what DuckDB brings itself, nothing is fetched.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "default_null_order": "nulls_last",
            "max_temp_directory_size": TEMPORARY,
            "memory_limit": MEMORY,
            "temp_directory": str(temporary),
        }
    )
    connection.execute("LOAD icu")
    connection.execute("SET TimeZone = 'UTC'")
    return connection
