"""The click processor: one event in, one row with the columns of the pipeline's schema out."""

from __future__ import annotations

from typing import Any

from .checks import Check, Report, json_type
from .codec import compact, without_surrogates
from .derive import Deriver
from .digest import digest
from .enrich import clock
from .enrich.redact import Redactor
from .envelope import Envelope, read_json
from .errors import EventRejectedError, Reason
from .options import Options
from .processor import Quick
from .schema import Schema
from .timestamps import format_millis, to_millis

MOVED_SUFFIX = "_top"
"""Added to the name of a top-level member that moves to ``properties`` and finds its name taken there."""

_PROPERTIES = "properties"
_MISSING = "a value is required and is missing"
_UNUSABLE = "a value is required and is of the right type but not usable"
_VOLATILE = frozenset({"event_id", "sent_at"})


class ClickProcessor:
    """Checks events by the schema, stamps what the server knows, derives what the schema asks for.

    A column gets a value only where the schema declares it; the server's columns only where they are ``readOnly``.
    Members that no column takes, and a client's values for ``readOnly`` columns, go to ``properties``; where the
    client's own ``properties`` has the name already, that one stays, the moved one gets ``_top`` appended and the row
    the flag ``renamed:properties``. A schema without such a column gets the flag ``unknown_members`` instead.
    """

    quick: Quick | None = None
    read = staticmethod(read_json)

    def __init__(self, schema: Schema, options: Options) -> None:
        columns = schema.columns
        bag = columns.get(_PROPERTIES)
        self.bag = bag if bag is not None and bag.json_object and not bag.read_only else None
        self.order = tuple(columns)
        self.checks = {
            name: column.check for name, column in columns.items() if not column.read_only and column is not self.bag
        }
        self.required = tuple(name for name, column in columns.items() if column.required and not column.read_only)
        self.identifying = tuple(
            name for name, column in columns.items() if not column.read_only and name not in _VOLATILE
        )
        self.judges_times = all(
            columns[name].format == "date-time" for name in ("client_time", "sent_at") if name in self.checks
        )
        self.gives_ids = "event_id" in self.checks and _keeps_ids(self.checks["event_id"])
        self.dedupes = options.dedupe and self.gives_ids
        self.declared = frozenset(name for name, column in columns.items() if column.read_only)
        self.fingerprints = self.dedupes or "event_fingerprint" in self.declared
        self.redactor = Redactor(options.redact, options.redact_query_keys)
        self.deriver = Deriver(schema, options)

    def begin(self) -> ClickBatch:
        """Begin an invocation."""
        return ClickBatch(self)


class ClickBatch:
    """One invocation's rows; remembers the ids it has seen."""

    def __init__(self, processor: ClickProcessor) -> None:
        self.deduplicated = 0
        self._processor = processor
        self._seen: dict[str, set[str]] = {}
        self._envelope: Envelope | None = None
        self._stamps: dict[str, Any] = {}
        self._stamp_flags: list[str] = []

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes | None:
        """The row of one event; None where it is a copy of one that this invocation has seen."""
        processor = self._processor
        report = Report()
        row = self._checked(value, report)
        processor.redactor.redact(row, report)
        fingerprint = _fingerprint(row, processor.identifying) if processor.fingerprints else ""
        event_id = row.get("event_id") if processor.dedupes else None
        if event_id and event_id != value["event_id"]:
            event_id = None  # it was cut, and two different ids may be equal now
        if event_id:
            seen = self._seen.get(event_id)
            if seen is not None:
                if fingerprint in seen:
                    self.deduplicated += 1
                    return None
                report.flag("duplicate_id")
        if processor.gives_ids and not row.get("event_id"):
            row["event_id"] = derived_id(envelope.identity, envelope.first + index)
        if "event_fingerprint" in processor.declared:
            row["event_fingerprint"] = fingerprint
        if envelope is not self._envelope:
            self._open(envelope)
        row.update(self._stamps)
        report.flags.extend(self._stamp_flags)
        self._set_times(row, envelope.received_at, report)
        processor.deriver.add_derived(row, report)
        line = self._line(row, report)
        if event_id:
            self._seen.setdefault(event_id, set()).add(fingerprint)
        return line

    def _checked(self, event: Any, report: Report) -> dict[str, Any]:
        """The client's columns, checked; raises where the event must be rejected."""
        if event.__class__ is not dict:
            raise EventRejectedError([Reason("", "type", f"event is {json_type(event)}, an object is wanted")])
        processor = self._processor
        checks = processor.checks
        row: dict[str, Any] = {}
        others: dict[str, Any] | None = None
        for name, given in event.items():
            check = checks.get(name)
            if check is not None:
                if given is not None:
                    kept = check(given, report)
                    if kept is not None:
                        row[name] = kept
            elif name != _PROPERTIES or processor.bag is None:
                if others is None:
                    others = {}
                others[name] = given
        bag = processor.bag
        if bag is not None:
            members = event.get(_PROPERTIES)
            if others is not None and (members is None or members.__class__ is dict):
                members = _merged(members or {}, others, report)
            if members is not None:
                members = processor.redactor.redacted_members(members, report)
                kept = bag.check(members, report)
                if kept is not None:
                    row[_PROPERTIES] = kept
        elif others is not None:
            report.flag("unknown_members")
        for name in processor.required:
            if name not in row and all(reason.path != name for reason in report.reasons):
                report.reasons.append(Reason(name, "required", _MISSING if event.get(name) is None else _UNUSABLE))
        if report.reasons:
            raise EventRejectedError(report.reasons)
        return row

    def _open(self, envelope: Envelope) -> None:
        report = Report()
        self._stamps = self._processor.deriver.record_columns(envelope, report)
        self._stamp_flags = report.flags
        self._envelope = envelope

    def _set_times(self, row: dict[str, Any], received_at: int, report: Report) -> None:
        processor = self._processor
        event_time = received_at
        if processor.judges_times and ("client_time" in row or "sent_at" in row):
            client_time, sent_at = row.get("client_time"), row.get("sent_at")
            times = clock.correct(
                to_millis(client_time) if client_time else None, to_millis(sent_at) if sent_at else None, received_at
            )
            for name, time in (("client_time", times.client_time), ("sent_at", times.sent_at)):
                if time is None and row.pop(name, None) is not None and name in processor.required:
                    raise EventRejectedError([Reason(name, "required", _UNUSABLE)])
            report.flags.extend(times.flags)
            event_time = times.event_time
        if "event_time" in processor.declared:
            row["event_time"] = format_millis(event_time)

    def _line(self, row: dict[str, Any], report: Report) -> bytes:
        order = self._processor.order
        if report.flags and "enrich_flags" in self._processor.declared:
            row["enrich_flags"] = report.flags
        try:
            return compact({name: row[name] for name in order if name in row}).encode() + b"\n"
        except UnicodeEncodeError:
            # A lone surrogate, or a byte that was no UTF-8: neither can be written to a column.
            report.flag("encoding")
            if "enrich_flags" in self._processor.declared:
                row["enrich_flags"] = report.flags
            return compact(without_surrogates({name: row[name] for name in order if name in row})).encode() + b"\n"


def _keeps_ids(check: Check) -> bool:
    """Whether a column takes the ids that are made here: a schema of the user's own may have numbers there."""
    made = derived_id("", 0)
    return bool(check(made, Report()) == made)


def derived_id(identity: str, position: int) -> str:
    """The id of an event that came without one: 32 hex digits.

    It rests on the record's bytes and the position in it, so two equal anonymous clicks stay two rows, and an
    invocation that is retried, or a request that is replayed, gives the same ids again.
    """
    return digest(f"{identity}/{position}".encode())


def _fingerprint(row: dict[str, Any], names: tuple[str, ...]) -> str:
    canonical = compact([(name, row[name]) for name in names if name in row])
    return digest(canonical.encode("utf-8", "surrogatepass"))


def _merged(members: dict[str, Any], others: dict[str, Any], report: Report) -> dict[str, Any]:
    merged = dict(members)
    for name, value in others.items():
        while name in merged:
            name += MOVED_SUFFIX
            report.flag("renamed:properties")
        merged[name] = value
    return merged
