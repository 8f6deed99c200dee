"""Queries that Athena keeps by name."""

from __future__ import annotations

from collections.abc import Sequence

from clickstream_local.athena.errors import QueryError
from clickstream_local.common.model import SavedQuery


def chosen_query(queries: Sequence[SavedQuery], name: str, database: str | None) -> SavedQuery:
    """The saved query of a name, in a database if one is given.

    Raises
    ------
    QueryError
        If there is none, or several databases have one.
    """
    named = [one for one in queries if one.name == name]
    # Glue folds names to lower case.
    wanted = [one for one in named if database is None or one.database.lower() == database.lower()]
    if len(wanted) == 1:
        return wanted[0]
    if wanted:
        databases = ", ".join(sorted(one.database for one in wanted))
        raise QueryError(f"several databases have a saved query {name!r}: {databases}; choose one with --database")
    names = ", ".join(sorted({one.name for one in queries}))
    raise QueryError(f"there is no saved query {name!r}; there are: {names or 'none'}")
