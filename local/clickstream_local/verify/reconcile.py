"""What came into a stream against what became of it, event by event, from the objects alone.

The source backup has every record as it came. Each of its events has to be a row, a rejected event, a failed record, or
on its way; and no row may stand there more often than its event came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from clickstream_local.common.layout import StreamLayout, origin_of
from clickstream_local.common.window import Window
from clickstream_local.failures.events import RecordEvents, events_of
from clickstream_local.failures.source_backup import content_of, records_in, time_begun
from clickstream_local.failures.summary import failures_at, records_in_object
from clickstream_local.s3.object_source import FoundObject, ObjectSource
from clickstream_local.verify.identity import Key, SourceEvent, failed_events, key_of, record_identity, source_events
from clickstream_local.verify.rows import rows_of

HOUR = 3_600_000
_MARGIN = HOUR
"""How much earlier than the range backups are read: an object begins up to 900 s before its last record."""

_SETTLING = 120_000
"""Milliseconds beyond the buffers that a record may be on its way: the call of the function, and writing."""

# What is known of an event: bits of a number, so that a million of them fit into memory.
_ROW, _REJECTED, _FAILED, _OUTSIDE, _RECENT, _AGAIN = 1, 2, 4, 8, 16, 32
_HOUR_BITS = 6


@dataclass
class Account:
    """Events of an hour, or those without an identity: what came in, and what became of it.

    An event that failed and is a row now, because it was put again, counts as a row.
    """

    came: int = 0
    rows: int = 0
    rejected: int = 0
    failed: int = 0
    waiting: int = 0
    missing: int = 0
    twice: int = 0

    @property
    def differs(self) -> bool:
        """Whether something is missing, or there twice."""
        return bool(self.missing or self.twice)

    def add(self, other: Account) -> None:
        """Take in another account."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Reconciliation:
    """The result for one stream.

    Attributes
    ----------
    hours
        By the hour in which the events were received, in epoch milliseconds.
    without_identity
        Events that no object shows an identity of; they are counted, and not matched.
    without_source
        Rows that were received in the range and of which no backup has the event.
    counted_only
        Whether rows have no ids at all, so that everything is counted only.
    """

    stream: str
    hours: dict[int, Account] = field(default_factory=dict)
    without_identity: Account = field(default_factory=Account)
    without_source: int = 0
    counted_only: bool = False

    @property
    def total(self) -> Account:
        """All hours, and what has no identity."""
        total = Account()
        for account in (*self.hours.values(), self.without_identity):
            total.add(account)
        return total

    @property
    def differs(self) -> bool:
        """Whether what came in is not what is there."""
        return self.total.differs or self.without_source > 0


class Reconciler:
    """Reconciles one stream.

    Parameters
    ----------
    source
        Where the objects are.
    stream, streams
        The stream, which has a source backup, and all of the stack: failures are attributed with them in sight.
    window
        When the events were received. One without a context line counts for the time at which its backup begins.
    now
        Epoch milliseconds.
    progress
        Called with each object that was read.
    """

    def __init__(
        self,
        source: ObjectSource,
        stream: StreamLayout,
        streams: tuple[StreamLayout, ...],
        window: Window,
        now: int,
        progress: Callable[[FoundObject], None],
    ) -> None:
        self._source = source
        self._stream = stream
        self._streams = streams
        self._window = window
        self._settled = now - stream.longest_wait * 1000 - _SETTLING
        self._backed_up = now - stream.longest_backup_wait * 1000 - _SETTLING
        self._progress = progress
        self._events: dict[Key, int] = {}
        self._aliases: dict[Key, Key] = {}
        self._states: dict[int, int] = {}
        self._records: set[Key] = set()
        self._came: dict[Key, int] = {}
        self._rows: dict[Key, int] = {}
        self._loose: Counter[str] = Counter()

    def run(self) -> Reconciliation:
        """Read everything and compare.

        Raises
        ------
        StoreError
            If objects cannot be listed or read.
        NoFailuresError
            If an object among the failed records holds something else.
        """
        self._read_backups()
        ids, rows, strange = self._read_rows()
        self._read_failures()
        return self._compared(counted_only=rows > 0 and ids == 0, strange=strange)

    def _read_backups(self) -> None:
        reading = Window(max(0, self._window.since - _MARGIN), self._window.until)
        for found in self._source.walk(self._stream.backup, reading):
            begun = time_begun(found.key)
            if not self._is_own(found, self._stream.backup) or (begun is not None and begun >= self._window.until):
                continue
            for record in records_in(content_of(b"".join(self._source.chunks(found)), found.key)):
                self._take(events_of(record), begun)
            self._progress(found)

    def _take(self, found: RecordEvents, begun: int | None) -> None:
        received = found.context.get("received_at")
        time = received if isinstance(received, int) else begun if begun is not None else self._window.since
        again = found.context.get("kind") in ("replay", "split", "transformed")
        if found.context and not again:
            identity = record_identity(found)
            again = identity in self._records  # the same request, put again
            self._records.add(identity)
        state = 0 if self._window.holds(time) else _OUTSIDE
        state |= _RECENT if time >= self._settled else 0
        state |= time // HOUR << _HOUR_BITS
        first = state | (_AGAIN if again else 0)
        state, first = (self._states.setdefault(one, one) for one in (state, first))
        for event in source_events(found):
            if event.key is None:
                if not again and not state & _OUTSIDE:
                    self._loose["came"] += 1
                    self._loose["recent"] += bool(state & _RECENT)
                continue
            if event.key not in self._events:
                self._events[event.key] = first
                if event.derived is not None:
                    self._aliases[event.derived] = event.key
            elif not again and self._events[event.key] & _AGAIN:
                self._events[event.key] = state  # objects of one second come in any order
            elif not again:
                self._came[event.key] = self._came.get(event.key, 1) + 1

    def _read_rows(self) -> tuple[int, int, int]:
        """How many rows have an id, how many there are, and how many of them no backup explains."""
        ids = rows = strange = 0
        since = Window(max(0, self._window.since - _MARGIN)) if not self._stream.dynamic else Window()
        for found in self._source.walk(self._stream.data, since):
            if not self._is_own(found, self._stream.data):
                continue
            begun = time_begun(found.key)
            for row in rows_of(self._source, found):
                rows += 1
                key = None if row.event_id is None else self._known(key_of(row.event_id))
                ids += row.event_id is not None
                if key is not None:
                    self._mark(key, _ROW)
                    self._rows[key] = self._rows[key] + 1 if key in self._rows else 1
                    continue
                time = row.received_at if row.received_at is not None else begun
                if time is None or self._window.holds(time):
                    self._loose["rows"] += 1
                    strange += time is not None and time >= self._backed_up
            self._progress(found)
        return ids, rows, strange

    def _read_failures(self) -> None:
        since = Window(max(0, self._window.since - _MARGIN))
        for found, _ in failures_at(self._source, self._streams, [self._stream], since):
            for record in records_in_object(self._source, found, Window()):
                bit, name = (_REJECTED, "rejected") if record.kind == "rejected" else (_FAILED, "failed")
                for event in failed_events(record):
                    self._fail(event, bit, name, record.arrival)
            self._progress(found)

    def _fail(self, event: SourceEvent, bit: int, name: str, arrival: int) -> None:
        for key in (event.key, event.derived):
            if key is not None and (known := self._known(key)) is not None:
                self._mark(known, bit)
                return
        if self._window.holds(arrival):
            self._loose[name] += 1

    def _known(self, key: Key) -> Key | None:
        return key if key in self._events else self._aliases.get(key)

    def _mark(self, key: Key, bit: int) -> None:
        state = self._events[key] | bit
        self._events[key] = self._states.setdefault(state, state)

    def _is_own(self, found: FoundObject, location: str) -> bool:
        """Whether the stream wrote an object there: another's folder, or that of failures, may lie inside it."""
        return origin_of(self._streams, found.bucket, found.key) == (self._stream.name, location)

    def _compared(self, *, counted_only: bool, strange: int) -> Reconciliation:
        result = Reconciliation(self._stream.name, counted_only=counted_only)
        loose = result.without_identity
        for key, state in self._events.items():
            if state & _OUTSIDE:
                continue
            if counted_only and not state & (_REJECTED | _FAILED):
                if not state & _AGAIN:
                    self._loose["came"] += 1
                    self._loose["recent"] += bool(state & _RECENT)
                continue
            if state & _AGAIN:  # only put again: it came without an identity, and got one when it failed
                self._loose["again"] += 1
                self._loose["recent again"] += bool(state & _RECENT)
            account = result.hours.setdefault((state >> _HOUR_BITS) * HOUR, Account())
            account.came += 1
            name = _outcome(state)
            setattr(account, name, getattr(account, name) + 1)
            account.twice += max(0, self._rows.get(key, 0) - self._came.get(key, 1))
        count = self._loose
        count["came"] = max(0, count["came"] - count["again"])
        count["recent"] = max(0, count["recent"] - count["recent again"])
        loose.rejected, loose.failed = count["rejected"], count["failed"]
        # Records that no function could read may stand in the backup without anything between them, and count as one.
        loose.came = max(count["came"], loose.rejected + loose.failed)
        loose.rows = min(count["rows"], max(0, loose.came - loose.rejected - loose.failed))
        left = loose.came - loose.rows - loose.rejected - loose.failed
        loose.waiting = max(0, min(left, count["recent"]))
        loose.missing = max(0, left - loose.waiting)
        result.without_source = max(0, count["rows"] - loose.rows - strange)
        result.hours = dict(sorted(result.hours.items()))
        return result


def _outcome(state: int) -> str:
    if state & _ROW:
        return "rows"
    if state & _REJECTED:
        return "rejected"
    if state & _FAILED:
        return "failed"
    return "waiting" if state & _RECENT else "missing"
