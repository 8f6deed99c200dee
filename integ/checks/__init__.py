"""All checks; importing this registers them in :data:`integ.check.CHECKS`, in the order of a run."""

from __future__ import annotations

from integ.check import CHECKS
from integ.checks import access_log, context, delivery, edges, endpoint, queries, records, rights, sources

__all__ = [
    "CHECKS",
    "access_log",
    "context",
    "delivery",
    "edges",
    "endpoint",
    "queries",
    "records",
    "rights",
    "sources",
]
