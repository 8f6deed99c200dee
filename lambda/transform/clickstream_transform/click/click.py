"""The click processor: one event in, one row with the columns of the pipeline's schema out.

A row is put together from pieces of JSON: the client's columns, encoded once for the row and its fingerprint; what the
events of a record share, encoded once a record; what follows from an address, encoded once for each address.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from clickstream_transform.click.derived_columns import ENCODING, NO_ADDRESS, Address, DerivedColumns, Piece
from clickstream_transform.click.enrich.clock import EventTimes, correct, undoubted
from clickstream_transform.click.enrich.redact import ADDRESSES, TEXT_MEMBER, Redactor, may_have_to_go
from clickstream_transform.columns.checks import Check, Report, not_an_object
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.columns.row_check import OVERFLOW_COLUMN, merged
from clickstream_transform.contract.processor import FastPath
from clickstream_transform.digest import digest
from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.options import Options
from clickstream_transform.records.codec import compact, fragment, quote, utf8_members
from clickstream_transform.records.envelope import Envelope, read_json
from clickstream_transform.timestamps import format_millis, to_millis

_PROPERTIES_PREFIX = f'"{OVERFLOW_COLUMN}":'
_MISSING = "is required, but missing"
_UNUSABLE = "is required, but the value is not usable"
_HANDLED = ADDRESSES | {"event_id", "client_time", "sent_at"}
_BATCHES = ("batch", "events", "data", "records", "messages", "items", "payload", "hits")
_MAX_SHAPES = 256
_MAX_SHAPE_LENGTH = 4_000
"""Clients choose the names that are remembered, and these bound the memory."""


class _Shape(NamedTuple):
    """What is to do with every event that has the same members in the same order.

    The client's columns among them, each with the length up to which a text is taken as it is and its check, those
    first that are looked at again before they are written, then ``plain`` ones, with the beginning of their JSON and
    the range in which an integer is taken as it is; ``others`` are the members that no column takes, ``missing`` the
    required columns that are not among them. ``names_secret`` says whether one of the others has the name of a secret,
    ``deep`` are the members whose values may hold such names, but for those that become free members.
    """

    handled: tuple[tuple[str, int, Check], ...]
    plain: tuple[tuple[str, str, int, int, int, Check], ...]
    others: tuple[str, ...]
    missing: tuple[str, ...]
    names_secret: bool
    deep: tuple[str, ...]


class ClickProcessor:
    """Checks events by the schema, stamps what the server knows, derives what the schema asks for.

    A column gets a value only where the schema declares it; the server's columns only where they are ``readOnly``.
    Members that no column takes, and a client's values for ``readOnly`` columns, go to ``properties``; where the
    client's own ``properties`` has the name already, that one stays, the moved one gets ``_top`` appended (``_top2``,
    ``_top3`` where that is taken) and the row the flag ``renamed:properties``. A schema without such a column gets the
    flag ``unknown_members`` instead.

    The order of a row's members means nothing: the converter reads them by name.
    """

    fast_path: FastPath | None = None
    one_row_an_event = True
    read = staticmethod(read_json)

    def __init__(self, columns: Columns, options: Options) -> None:
        overflow = columns.get(OVERFLOW_COLUMN)
        self.overflow_column = overflow if overflow is not None and overflow.takes_members else None
        self.columns = {
            name: column
            for name, column in columns.items()
            if not column.read_only and column is not self.overflow_column
        }
        self.required = {
            name: column.requirements for name, column in columns.items() if column.requirements is not None
        }
        self.corrects_clock = all(columns[name].is_time for name in ("client_time", "sent_at") if name in self.columns)
        self.gives_ids = "event_id" in self.columns and _keeps_ids(self.columns["event_id"].check)
        self.dedupes = options.dedupe and self.gives_ids
        self.declared = frozenset(name for name, column in columns.items() if column.read_only)
        self.stamps_time = "event_time" in self.declared
        self.stamps_fingerprint = "event_fingerprint" in self.declared
        self.fingerprints = self.dedupes or self.stamps_fingerprint
        client_columns = frozenset(name for name, column in columns.items() if not column.read_only)
        self.redactor = Redactor(options.redact, options.redact_query_keys, client_columns)
        self.derived_columns = DerivedColumns(columns, options, self.redactor)
        self.shapes: dict[tuple[str, ...], _Shape] = {}

    def begin(self) -> ClickBatch:
        """Begin an invocation."""
        return ClickBatch(self)

    def new_shape(self, event: dict[str, Any]) -> _Shape:
        """What is to do with the members of an event; kept in ``shapes`` by their names."""
        handled, plain = [], []
        for name, column in self.columns.items():
            if name in event:
                if name in _HANDLED:
                    handled.append((name, column.fast_path_limit, column.check))
                else:
                    plain.append((name, f'"{name}":', column.fast_path_limit, *column.fast_path_range, column.check))
        overflow = None if self.overflow_column is None else self.overflow_column.name
        others = [name for name in event if name not in self.columns and name != overflow]
        missing = [name for name in self.required if name not in event and name != overflow]
        # An object in any other column is rejected, or flagged; members that no column takes are among the free ones.
        deep = [name for name in event if (self.columns[name].is_nested if name in self.columns else not overflow)]
        secret = self.redactor.names_secret(others)
        shape = _Shape(tuple(handled), tuple(plain), tuple(others), tuple(missing), secret, tuple(deep))
        if sum(map(len, event)) <= _MAX_SHAPE_LENGTH:
            if len(self.shapes) == _MAX_SHAPES:
                self.shapes.clear()
            self.shapes[tuple(event)] = shape
        return shape


class ClickBatch:
    """One invocation's rows; remembers the ids it has seen, with the fingerprint that each was first seen with."""

    unknown_members = 0
    """Its rows are flagged instead."""

    def __init__(self, processor: ClickProcessor) -> None:
        self.deduplicated = 0
        self._processor = processor
        self._first_seen: dict[str, str] = {}
        self._seen_later: set[tuple[str, str]] = set()
        self._envelope: Envelope | None = None
        self._shared: Piece = (b"", ())

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The row of one event; None where it is a copy of one that this invocation has seen."""
        processor = self._processor
        report = Report()
        row: dict[str, Any] = {}
        plain, named = self._checked(value, row, report)
        event_id = row.get("event_id")
        if processor.redactor.reads_events and (
            named or report.flags or may_have_to_go(plain + event_id if event_id.__class__ is str else plain)
        ):
            clean, changed = processor.redactor.redacted_event(value, envelope.work)
            if changed:
                report, row = Report(), {}
                plain, _ = self._checked(clean, row, report)
                for name in changed:
                    report.flag(f"redacted:{name}")
                if "event_id" in changed:
                    row.pop("event_id", None)  # what is left of it is no id of its own
        page, referrer = self._addresses(row, report)
        event_id, sent_at = row.pop("event_id", None), row.pop("sent_at", None)
        text = _members(row, plain)
        client, mended = utf8_members(text)
        fingerprint = ""
        if processor.fingerprints:
            fingerprint = digest(text.encode("utf-8", "surrogatepass") if mended else client)
        own_id = event_id if processor.dedupes else None
        if own_id and own_id != str(value["event_id"]):
            own_id = None  # it was cut, and two different ids may be equal now
        first_seen = self._first_seen.get(own_id) if own_id else None
        if first_seen is not None:
            if fingerprint == first_seen or (own_id, fingerprint) in self._seen_later:
                self.deduplicated += 1
                return None
            report.flag("duplicate_id")
        if not event_id and processor.gives_ids:
            event_id = derived_id(envelope.identity, envelope.first + index)
        if envelope is not self._envelope:
            self._shared = processor.derived_columns.record_columns(envelope)
            self._envelope = envelope
        event_time = envelope.received_at
        client_time = row.get("client_time")
        if processor.corrects_clock and (client_time or sent_at):
            known = report.millis.get
            made, sent = known("client_time"), known("sent_at")
            if made and sent and (corrected := undoubted(made, sent, event_time)):
                event_time = corrected
            else:
                times = self._judged(client_time, sent_at, event_time, report)
                event_time = times.event_time
                if times.sent_at is None:
                    sent_at = None
                if client_time and times.client_time is None:
                    del row["client_time"]
                    client = utf8_members(_members(row, plain))[0]
        head, head_mended = utf8_members(self._head(event_id, sent_at, event_time, fingerprint))
        if mended or head_mended:
            report.flag(ENCODING)
        shared, flags = self._shared
        for flag in page[3] + referrer[3] + flags:
            report.flag(flag)
        stamp = b""
        if report.flags and "enrich_flags" in processor.declared:
            stamp = f'"enrich_flags":{compact(report.flags)}'.encode()
        members = filter(None, (head, client, *page[2], *referrer[2], shared, stamp))
        if own_id and first_seen is None:
            self._first_seen[own_id] = fingerprint
        elif own_id:
            self._seen_later.add((own_id, fingerprint))
        return b"".join((b"{", b",".join(members), b"}\n"))

    def _checked(self, event: Any, row: dict[str, Any], report: Report) -> tuple[str, bool]:
        """Check the client's columns: those that are looked at again go into the row, the others come as JSON.

        With them comes whether a member has the name of a secret, or a text may be JSON itself, with members of its
        own.

        Raises
        ------
        EventRejectedError
            The event cannot become a row.
        """
        if event.__class__ is not dict:
            raise not_an_object(event)
        processor = self._processor
        shape = processor.shapes.get(tuple(event)) or processor.new_shape(event)
        handled, plain, others, absent, named, deep = shape
        redactor = processor.redactor
        for name, limit, check in handled:
            given = event[name]
            if given.__class__ is str and limit >= 0:
                if len(given) <= limit:
                    row[name] = given
                    continue
                clean = redactor.redacted(name, given)  # before it is cut
                if clean != given:
                    report.flag(f"redacted:{name}")
                    given = clean
            kept = None if given is None else check(given, report)
            if kept is not None:
                row[name] = kept
            else:
                absent += (name,)
        parts = []
        for name, prefix, limit, low, high, check in plain:
            given = event[name]
            kind = given.__class__
            if kind is str and len(given) <= limit:
                parts.append(prefix + quote(given))
                continue
            if kind is int and low <= given <= high:
                parts.append(f"{prefix}{given}")
                continue
            kept = None if given is None else check(given, report)
            if kept is not None:
                parts.append(prefix + fragment(kept))
            else:
                absent += (name,)
        columns = ",".join(parts)
        if deep:
            named = named or redactor.holds_secret_name([event[name] for name in deep])
        named = named or ("\\" in columns and TEXT_MEMBER in columns)
        if processor.overflow_column is not None:
            members = event.get(OVERFLOW_COLUMN)
            if others and (members is None or members.__class__ is dict):
                members = merged(members or {}, {name: event[name] for name in others}, report)
            text = None if members is None else processor.overflow_column.check(members, report)
            if members is not None and text is not None:
                # Without a bracket inside there is no name but the members' own.
                named = (
                    named
                    or ("\\" in text and TEXT_MEMBER in text)
                    or redactor.names_secret(members)
                    or ((text.rfind("{") or "[" in text) and redactor.holds_secret_name(members.values()))
                )
                columns += ("," if columns else "") + _PROPERTIES_PREFIX + quote(text)
            else:
                absent += (OVERFLOW_COLUMN,)
        elif others:
            report.flag("unknown_members")
        if absent:
            for name in processor.required:
                if name in absent and all(reason.path != name for reason in report.reasons):
                    report.reasons.append(self._why_missing(name, event.get(name), report))
        if report.reasons:
            if "event_name" not in event:
                report.reasons += _envelope_reasons(event)
            raise EventRejectedError(report.reasons)
        return columns, named

    def _why_missing(self, name: str, given: Any, report: Report) -> Reason:
        if given is None:
            return Reason(name, "required", _MISSING)
        for rule, text in self._processor.required[name].items():
            if f"{rule}:{name}" in report.flags:
                return Reason(name, rule, text)
        return Reason(name, "required", _UNUSABLE)

    def _addresses(self, row: dict[str, Any], report: Report) -> tuple[Address, Address]:
        """Redact the event's addresses; what follows from those of its page and referrer."""
        url = row.get("element_href")
        if url.__class__ is str:
            clean = self._processor.redactor.redacted("element_href", url)
            if clean is not url:
                row["element_href"] = clean
                report.flag("redacted:element_href")
        derived_columns = self._processor.derived_columns
        page = referrer = NO_ADDRESS
        url = row.get("page_url")
        if url.__class__ is str:
            page = derived_columns.page(url)
            row["page_url"] = page[0]
        url = row.get("page_referrer")
        if url.__class__ is str:
            referrer = derived_columns.referrer(url, page[1])
            row["page_referrer"] = referrer[0]
        return page, referrer

    def _judged(self, client_time: str | None, sent_at: str | None, received_at: int, report: Report) -> EventTimes:
        known = report.millis.get
        times = correct(
            (known("client_time") or to_millis(client_time)) if client_time else None,
            (known("sent_at") or to_millis(sent_at)) if sent_at else None,
            received_at,
        )
        if times.flags:
            for name, given in (("client_time", client_time), ("sent_at", sent_at)):
                if given and getattr(times, name) is None and name in self._processor.required:
                    raise EventRejectedError([Reason(name, "required", _UNUSABLE)])
            report.flags.extend(times.flags)
        return times

    def _head(self, event_id: Any, sent_at: Any, event_time: int, fingerprint: str) -> str:
        """The members that differ between copies of an event, and its fingerprint."""
        processor = self._processor
        members = [] if event_id is None else [f'"event_id":{fragment(event_id)}']
        if sent_at is not None:
            members.append(f'"sent_at":{fragment(sent_at)}')
        if processor.stamps_time:
            members.append(f'"event_time":"{format_millis(event_time)}"')
        if processor.stamps_fingerprint:
            members.append(f'"event_fingerprint":"{fingerprint}"')
        return ",".join(members)


def _envelope_reasons(event: dict[str, Any]) -> list[Reason]:
    """What to do about an object that holds the events, as the libraries of other services send them."""
    for name in _BATCHES:
        events = event.get(name)
        if events.__class__ is list and events and all(one.__class__ is dict for one in events):
            text = f"the events are inside its member {name!r}: send one event, or the JSON array of them alone"
            return [Reason(name, "batch_envelope", text)]
    return []


def _keeps_ids(check: Check) -> bool:
    """Whether a column takes the ids that are made here: a schema of the user's own may have numbers there."""
    made = derived_id("", 0)
    return bool(check(made, Report()) == made)


def _members(row: dict[str, Any], plain: str) -> str:
    members = [f'"{name}":{quote(value) if value.__class__ is str else fragment(value)}' for name, value in row.items()]
    if plain:
        members.append(plain)
    return ",".join(members)


def derived_id(identity: str, position: int) -> str:
    """The id of an event that came without one: 32 hex digits.

    It rests on the record's bytes and the position in it, so two equal anonymous clicks stay two rows, and an
    invocation that is retried, or a request that is replayed, gives the same ids again.
    """
    return digest(f"{identity}/{position}".encode())
