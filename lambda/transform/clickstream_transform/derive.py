"""Which derived columns a pipeline gets: those its schema declares ``readOnly``, by the enrichments it has on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .checks import Check, Report
from .enrich import ip
from .enrich.bot import bot_indicators
from .enrich.campaign import UTM, campaign_columns
from .enrich.referrer import classify
from .enrich.url import split_url
from .enrich.user_agent import agent_columns
from .envelope import Envelope
from .errors import ConfigError
from .options import Options
from .schema import Schema
from .timestamps import format_millis

_TIME = "2026-01-01T00:00:00.000Z"
_ALWAYS: Mapping[str, Any] = {
    "received_at": _TIME,
    "event_time": _TIME,
    "ip_address": "203.0.113.0",
    "user_agent": "text",
    "country": "NL",
    "event_fingerprint": "text",
    "enrich_flags": ["text"],
}
_BY_ENRICHMENT: Mapping[str, Mapping[str, Any]] = {
    "url": {"page_host": "text", "page_path": "text", "page_query": "text"},
    "campaign": dict.fromkeys([*sorted(UTM), "click_id", "click_id_type"], "text"),
    "referrer": {"referrer_host": "text", "referrer_medium": "text", "referrer_source": "text"},
    "device": dict.fromkeys(["device_type", "browser_name", "browser_version", "os_name", "os_version"], "text"),
    "bot": {"is_bot": True, "bot_indicators": ["text"]},
}
"""Every column that the server can make, with a value of the kind it makes."""

_MAX_AGENT = 1_000
_CACHED_AGENTS = 4_096


class Deriver:
    """Fills what the server knows about a record and what follows from an event's own columns.

    Raises:
        ConfigError: the schema declares one of these columns with a type that cannot hold its values.
    """

    def __init__(self, schema: Schema, options: Options) -> None:
        samples = dict(_ALWAYS)
        for name in options.enrichments:
            samples |= _BY_ENRICHMENT[name]
        self._checks: dict[str, Check] = {}
        for name, column in schema.columns.items():
            if not column.read_only or name not in samples:
                continue
            report = Report()
            column.check(samples[name], report)
            if report.reasons:
                reason = report.reasons[0]
                raise ConfigError(f"#/properties/{name}: the transform fills it, but {reason.message}; rename it")
            self._checks[name] = column.check
        self._anonymise = ip.anonymise if options.ip_anonymisation == "truncate" else ip.normalise
        self._has = {name: not self._checks.keys().isdisjoint(made) for name, made in _BY_ENRICHMENT.items()}

    def record_columns(self, envelope: Envelope, report: Report) -> dict[str, Any]:
        """The columns that all events of a record share."""
        address, agent, country = envelope.text("ip"), envelope.text("user_agent"), envelope.text("country")
        found: dict[str, Any] = {"received_at": format_millis(envelope.received_at)}
        if address:
            found["ip_address"] = self._anonymise(address)
        if country and len(country) == 2 and country.isascii() and country.isupper() and country.isalpha():
            found["country"] = country
        if agent:
            found["user_agent"] = agent
            if self._has["device"] or self._has["bot"]:
                found |= _known_by_agent(agent[:_MAX_AGENT])
        return self._declared(found, report)

    def add_derived(self, row: dict[str, Any], report: Report) -> None:
        """Add the columns that follow from an event's own ``page_url`` and ``page_referrer``."""
        has = self._has
        page_url, page_referrer = row.get("page_url"), row.get("page_referrer")
        page_host = None
        found: dict[str, Any] = {}
        if page_url.__class__ is str:
            page_host, path, query = split_url(page_url)
            found["page_host"], found["page_path"], found["page_query"] = page_host, path, query
            if query is not None and has["campaign"]:
                found |= campaign_columns(query)
        if page_referrer.__class__ is str and has["referrer"]:
            host = split_url(page_referrer)[0]
            if host is not None:
                found["referrer_host"] = host
                found["referrer_medium"], found["referrer_source"] = classify(host, page_host)
        if found:
            row.update(self._declared(found, report))

    def _declared(self, found: Mapping[str, Any], report: Report) -> dict[str, Any]:
        columns = {}
        for name, value in found.items():
            if value is not None and (check := self._checks.get(name)) is not None:
                kept = check(value, report)
                if kept is not None:
                    columns[name] = kept
        return columns


@lru_cache(maxsize=_CACHED_AGENTS)
def _known_by_agent(agent: str) -> Mapping[str, Any]:
    # Bounded: a client chooses its user agent, and the texts are what fills the memory.
    columns: dict[str, Any] = dict(agent_columns(agent))
    indicators = bot_indicators(agent)
    columns["is_bot"] = bool(indicators)
    if indicators:
        columns["bot_indicators"] = indicators
        columns["device_type"] = "bot"
    return columns
