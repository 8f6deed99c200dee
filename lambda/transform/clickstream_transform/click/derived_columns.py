"""The derived columns of a pipeline: those that its schema declares ``readOnly``, by the enrichments that are on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_transform.click.enrich import ip
from clickstream_transform.click.enrich.bot import bot_indicators
from clickstream_transform.click.enrich.campaign import UTM, campaign_columns
from clickstream_transform.click.enrich.redact import Redactor
from clickstream_transform.click.enrich.referrer import classify, without_www
from clickstream_transform.click.enrich.url import split_url
from clickstream_transform.click.enrich.user_agent import agent_columns, read_agent
from clickstream_transform.columns.checks import Report
from clickstream_transform.columns.compiled_column import Columns, CompiledColumn
from clickstream_transform.columns.text_cache import TextCache
from clickstream_transform.errors import ConfigError
from clickstream_transform.options import Options
from clickstream_transform.records.codec import compact, utf8_members
from clickstream_transform.records.envelope import Envelope
from clickstream_transform.timestamps import format_millis

_TIME = "2026-01-01T00:00:00.000Z"
ENCODING = "encoding"
"""The flag of a row in which text had to be mended."""

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
    "campaign": dict.fromkeys([*UTM, "click_id", "click_id_type"], "text"),
    "referrer": {"referrer_host": "text", "referrer_medium": "text", "referrer_source": "text"},
    "device": dict.fromkeys(["device_type", "browser_name", "browser_version", "os_name", "os_version"], "text"),
    "bot": {"is_bot": True, "bot_indicators": ["text"]},
}
"""Every column that the server can make, with a value of the kind it makes."""

_MAX_AGENT = 1_000

Piece = tuple[bytes, tuple[str, ...]]
"""Columns as the members of a JSON object, without its braces, and the flags that making them raised."""

Address = tuple[str, str | None, tuple[bytes, ...], tuple[str, ...]]
"""An address without what must not be kept, its host without ``www.``, and as in a piece the columns that follow from
it and the flags."""

_NO_FLAGS: tuple[str, ...] = ()
NO_ADDRESS: Address = ("", None, (), _NO_FLAGS)


class DerivedColumns:
    """Makes the columns of what the server knows about a record and of what follows from an event's addresses.

    They come as pieces of JSON, remembered by user agent, network address, and front and query of an address.

    Raises
    ------
    ConfigError
        The schema declares one of these columns with a type that cannot hold its values.
    """

    def __init__(self, columns: Columns, options: Options, redactor: Redactor) -> None:
        samples = dict(_ALWAYS)
        for name in options.enrichments:
            samples |= _BY_ENRICHMENT[name]
        self._columns: dict[str, CompiledColumn] = {}
        for name, column in columns.items():
            if not column.read_only or name not in samples:
                continue
            report = Report()
            column.check(samples[name], report)
            if report.reasons:
                must = report.reasons[0].message
                raise ConfigError(f"#/properties/{name}: the transform fills it, and its value {must}; rename it")
            self._columns[name] = column
        received_at = self._columns.get("received_at")
        self._keeps_received_at = received_at is not None and received_at.check(_TIME, Report()) == _TIME
        self._anonymise = ip.anonymise if options.ip_anonymisation == "truncate" else ip.normalise
        self._has = {name: not self._columns.keys().isdisjoint(made) for name, made in _BY_ENRICHMENT.items()}
        self._redactor = redactor
        self._sender = (
            ("ip", TextCache(self._by_ip)),
            ("user_agent", TextCache(self._by_agent)),
            ("country", TextCache(self._by_country)),
        )
        self._page = TextCache(self._by_page)
        self._query = TextCache(self._by_query)
        self._referrer = TextCache(self._by_referrer)
        self._own_referrer = TextCache(self._by_own_referrer)

    def record_columns(self, envelope: Envelope) -> Piece:
        """The columns that all events of a record share."""
        time = format_millis(envelope.received_at)
        if self._keeps_received_at:
            members, flags = f'"received_at":"{time}"'.encode(), _NO_FLAGS
        else:
            members, flags = self._piece({"received_at": time})
        context = envelope.context
        if not context:
            return members, flags
        pieces = [members] if members else []
        for name, made in self._sender:
            text = context.get(name)
            if text and text.__class__ is str:
                members, more_flags = made[text]
                if members:
                    pieces.append(members)
                flags += more_flags
        return b",".join(pieces), flags

    def page(self, url: str) -> Address:
        """The address of a page, redacted, and the columns that follow from it."""
        if "?" not in url:
            return self._page[url]
        front, query = _split_query(url)
        page = self._page[front]
        if not query:
            return page
        text, (members, flags) = self._query[query]
        return page[0] + text, page[1], (*page[2], members), page[3] + flags

    def referrer(self, url: str, page_host: str | None) -> Address:
        """The address that led to a page of ``page_host``, redacted, and the columns that follow from it."""
        front, query = _split_query(url) if "?" in url else (url, "")
        referrer = self._referrer[front]
        if page_host is not None and referrer[1] == page_host:
            referrer = self._own_referrer[front]
        if not query:
            return referrer
        text = self._redactor.redacted("page_referrer", query)
        flags = referrer[3] if text == query else (*referrer[3], "redacted:page_referrer")
        return referrer[0] + text, referrer[1], referrer[2], flags

    def _by_country(self, country: str) -> Piece:
        known = len(country) == 2 and country.isascii() and country.isupper() and country.isalpha()
        return self._piece({"country": country if known else None})

    def _by_ip(self, address: str) -> Piece:
        return self._piece({"ip_address": self._anonymise(address)})

    def _by_agent(self, agent: str) -> Piece:
        found: dict[str, Any] = {"user_agent": agent}
        if self._has["device"] or self._has["bot"]:
            read = read_agent(agent[:_MAX_AGENT])
            known = agent_columns(read)
            indicators = bot_indicators(read, known)
            found |= known
            found["is_bot"] = bool(indicators)
            if indicators:
                found["bot_indicators"] = indicators
                found["device_type"] = "bot"
        return self._piece(found)

    def _by_page(self, url: str) -> Address:
        text = self._redactor.redacted("page_url", url)
        host, path, query = split_url(text)
        flags = _NO_FLAGS if text == url else ("redacted:page_url",)
        members, flags = self._piece({"page_host": host, "page_path": path} | self._query_columns(query), flags)
        return text, host and without_www(host), (members,), flags

    def _by_query(self, query: str) -> tuple[str, Piece]:
        text = self._redactor.redacted("page_url", query)
        columns = self._query_columns(text[1:].partition("#")[0] or None)
        return text, self._piece(columns, () if text == query else ("redacted:page_url",))

    def _query_columns(self, query: str | None) -> dict[str, Any]:
        columns: dict[str, Any] = {"page_query": query}
        return columns | campaign_columns(query) if query is not None and self._has["campaign"] else columns

    def _by_referrer(self, front: str) -> Address:
        return self._referring(front, internal=False)

    def _by_own_referrer(self, front: str) -> Address:
        return self._referring(front, internal=True)

    def _referring(self, front: str, *, internal: bool) -> Address:
        text = self._redactor.redacted("page_referrer", front)
        host = split_url(text)[0] if self._has["referrer"] else None
        found: dict[str, Any] = {}
        if host is not None:
            found["referrer_host"] = host
            found["referrer_medium"], found["referrer_source"] = classify(host, host if internal else None)
        members, flags = self._piece(found, () if text == front else ("redacted:page_referrer",))
        return text, host and without_www(host), (members,), flags

    def _piece(self, found: Mapping[str, Any], flags: tuple[str, ...] = ()) -> Piece:
        """Those of the columns that the schema declares, checked."""
        report = Report()
        columns = {}
        for name, value in found.items():
            column = self._columns.get(name)
            if value is None or column is None:
                continue
            if value.__class__ is str and len(value) <= column.fast_path_limit:
                columns[name] = value
            elif (kept := column.check(value, report)) is not None:
                columns[name] = kept
        members, mended = utf8_members(compact(columns)[1:-1])
        if mended:
            report.flag(ENCODING)
        return members, (*flags, *report.flags)


def _split_query(url: str) -> tuple[str, str]:
    """An address up to its query, which many share, and the query with its question mark, which may be unique.

    Nothing that is redacted reaches over a question mark, unless a parameter's value is redacted that begins before it.
    An address with one, or whose question mark may not begin a query, because it is in the fragment or a scheme such as
    ``mailto:`` has no such part, stays whole.
    """
    front, mark, query = url.partition("?")
    colon = front.find(":")
    if "#" in front or "=" in front or (colon >= 0 and not front.startswith("//", colon + 1)):
        return url, ""
    return front, mark + query
