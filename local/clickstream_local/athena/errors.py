"""What is said of a query that is not run."""

from __future__ import annotations


class QueryError(Exception):
    """A query was refused, or failed; the message is one line."""
