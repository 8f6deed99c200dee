"""Which derived columns a pipeline gets: those its schema declares ``readOnly``, by the enrichments it has on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checks import Check, Report
from .enrich import ip
from .envelope import Envelope
from .errors import ConfigError
from .options import Options
from .schema import Schema
from .timestamps import format_millis

_SAMPLES: Mapping[str, Any] = {
    "received_at": "2026-01-01T00:00:00.000Z",
    "event_time": "2026-01-01T00:00:00.000Z",
    "ip_address": "203.0.113.0",
    "user_agent": "text",
    "country": "NL",
    "event_fingerprint": "0" * 32,
    "enrich_flags": ["text"],
}
"""Every column that the server can make, with a value of the kind it makes."""


class Deriver:
    """Fills what the server knows about a record and what follows from an event's own columns.

    Raises:
        ConfigError: the schema declares one of these columns with a type that cannot hold its values.
    """

    def __init__(self, schema: Schema, options: Options) -> None:
        self._checks: dict[str, Check] = {}
        for name, column in schema.columns.items():
            if not column.read_only or name not in _SAMPLES:
                continue
            report = Report()
            column.check(_SAMPLES[name], report)
            if report.reasons:
                reason = report.reasons[0]
                raise ConfigError(f"#/properties/{name}: the transform fills it, but {reason.message}; rename it")
            self._checks[name] = column.check
        self._anonymise = ip.anonymise if options.ip_anonymisation == "truncate" else ip.normalise

    def record_columns(self, envelope: Envelope, report: Report) -> dict[str, Any]:
        """The columns that all events of a record share."""
        address, agent, country = envelope.text("ip"), envelope.text("user_agent"), envelope.text("country")
        found: dict[str, Any] = {
            "received_at": format_millis(envelope.received_at),
            "ip_address": self._anonymise(address) if address else None,
            "user_agent": agent,
            "country": country if country and len(country) == 2 and country.isalpha() and country.isupper() else None,
        }
        return self._declared(found, report)

    def add_derived(self, row: dict[str, Any], report: Report) -> None:
        """Add the columns that follow from an event's own."""

    def _declared(self, found: Mapping[str, Any], report: Report) -> dict[str, Any]:
        columns = {}
        for name, value in found.items():
            if value is not None and (check := self._checks.get(name)) is not None:
                kept = check(value, report)
                if kept is not None:
                    columns[name] = kept
        return columns
