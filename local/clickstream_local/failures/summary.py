"""What failed, in groups: objects are read one after the other and forgotten, however many there are."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from clickstream_local.common.layout import StreamLayout, failure_locations, pipeline_of
from clickstream_local.common.window import Window
from clickstream_local.failures.examples import example
from clickstream_local.failures.log_entries import FUNCTION_CODES
from clickstream_local.failures.objects import FailedRecord, record_of
from clickstream_local.s3.object_source import FoundObject, ObjectSource, lines_of
from clickstream_local.s3.store import StoreError

FIELDS = ("pipeline", "type", "code", "reason", "hour")
"""What failed events can be grouped by."""

MAX_GROUPS = 10_000
"""Further reasons share one group, so that what clients send cannot make the command's memory grow."""

OTHER_REASONS = "(further reasons)"

_READERS = 8
_ATTEMPTS = 3
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_NUMBER = re.compile(r"\d+")

Key = tuple[str, ...]


class NoFailuresError(Exception):
    """An object that lies among failed records and holds something else."""


@dataclass
class Group:
    """Failed events of a kind.

    Attributes
    ----------
    events, records
        How many failed, and in how many records or reject objects they lay.
    first, last
        When the first and the last of them arrived, in epoch milliseconds.
    example
        The beginning of one of them: a whole record is up to 1 MB.
    """

    events: int
    records: int
    first: int
    last: int
    example: str = ""

    def add(self, other: Group) -> None:
        """Take in another group."""
        self.events += other.events
        self.records += other.records
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)


@dataclass
class Summary:
    """The failed events of some objects.

    Attributes
    ----------
    groups
        By the values of the chosen fields.
    calls
        By pipeline, when the first and the last record arrived whose function failed, in epoch milliseconds.
    unreadable
        Those that hold something else.
    """

    groups: dict[Key, Group] = field(default_factory=dict)
    calls: dict[str, tuple[int, int]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def add(self, other: Summary, fields: Sequence[str]) -> None:
        """Take in what another object held."""
        self.unreadable += other.unreadable[: max(0, MAX_GROUPS - len(self.unreadable))]
        for pipeline, (first, last) in other.calls.items():
            _extend(self.calls, pipeline, first, last)
        for key, group in other.groups.items():
            self._add_group(key, group, fields)

    def add_record(self, record: FailedRecord, pipeline: str, fields: Sequence[str]) -> None:
        """Take in one record of a pipeline."""
        note_call(self.calls, record, pipeline)
        group = Group(record.event_count, 1, record.arrival, record.arrival)
        if self._add_group(_key(record, pipeline, fields), group, fields) is group:
            group.example = example(record)

    def _add_group(self, key: Key, group: Group, fields: Sequence[str]) -> Group:
        """Returns the group that it went into: itself, where it is the first of its key."""
        if key not in self.groups and len(self.groups) >= MAX_GROUPS and "reason" in fields:
            place = fields.index("reason")
            key = (*key[:place], OTHER_REASONS, *key[place + 1 :])
        if key in self.groups:
            self.groups[key].add(group)
        return self.groups.setdefault(key, group)


def failures_at(
    source: ObjectSource, streams: Sequence[StreamLayout], chosen: Sequence[StreamLayout], window: Window
) -> Iterator[tuple[FoundObject, str]]:
    """Every object of failures of the chosen ones among some streams, with its pipeline."""
    rejects = {stream.reject_stream for stream in chosen}
    names = {stream.name for stream in chosen}
    for location in failure_locations([*chosen, *(stream for stream in streams if stream.name in rejects)]):
        for found in source.walk(location, window):
            pipeline = pipeline_of(streams, found.bucket, found.key)
            if pipeline in names:
                yield found, pipeline


def records_in_object(source: ObjectSource, found: FoundObject, window: Window) -> Iterator[FailedRecord]:
    """The failed records of an object that arrived in a range of time.

    Raises
    ------
    StoreError
        If it cannot be read.
    NoFailuresError
        If it holds something else.
    """
    file = source.path_of(found)
    for line in lines_of(source.chunks(found)):
        if line.strip():
            try:
                record = record_of(json.loads(line), file)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise NoFailuresError(str(file)) from None
            if window.holds(record.arrival):
                yield record


def summarize(
    source: ObjectSource,
    streams: Sequence[StreamLayout],
    chosen: Sequence[StreamLayout],
    window: Window,
    fields: Sequence[str],
    progress: Callable[[FoundObject], None],
) -> Summary:
    """Group the failed events of the chosen ones among some streams by some of :data:`FIELDS`.

    Raises
    ------
    StoreError
        If objects cannot be listed or read.
    """

    def read(one: tuple[FoundObject, str]) -> Summary:
        return _summary_of(source, *one, window, fields)

    total = Summary()
    wanted = failures_at(source, streams, chosen, window)
    with ThreadPoolExecutor(_READERS) as pool:
        # A few at a time: neither the listing nor what was read of it is ever held as a whole.
        under_way: deque[tuple[FoundObject, Future[Summary]]] = deque()

        def start(more: Iterable[tuple[FoundObject, str]]) -> None:
            under_way.extend((one[0], pool.submit(read, one)) for one in more)

        try:
            start(islice(wanted, 2 * _READERS))
            while under_way:
                found, future = under_way.popleft()
                total.add(future.result(), fields)
                progress(found)
                start(islice(wanted, 1))
        finally:
            for _, future in under_way:
                future.cancel()
    return total


def _summary_of(
    source: ObjectSource, found: FoundObject, pipeline: str, window: Window, fields: Sequence[str]
) -> Summary:
    for attempt in range(_ATTEMPTS):
        summary = Summary()
        try:
            for record in records_in_object(source, found, window):
                summary.add_record(record, pipeline, fields)
        except StoreError:
            if attempt + 1 == _ATTEMPTS:
                raise
        except NoFailuresError as error:
            summary.unreadable.append(str(error))
            break
        else:
            break
    return summary


def grouped(records: Iterable[FailedRecord], pipeline: str, fields: Sequence[str]) -> Summary:
    """Group records of one pipeline."""
    summary = Summary()
    for record in records:
        summary.add_record(record, pipeline, fields)
    return summary


def note_call(calls: dict[str, tuple[int, int]], record: FailedRecord, pipeline: str) -> None:
    """Extend the time in which a pipeline's function failed to that of a record, if it was its function that failed."""
    if record.code in FUNCTION_CODES:
        _extend(calls, pipeline, record.arrival, record.arrival)


def _extend(calls: dict[str, tuple[int, int]], pipeline: str, first: int, last: int) -> None:
    found = calls.get(pipeline, (first, last))
    calls[pipeline] = min(found[0], first), max(found[1], last)


def _key(record: FailedRecord, pipeline: str, fields: Sequence[str]) -> Key:
    values = {
        "pipeline": pipeline,
        "type": record.kind,
        "code": record.code,
        "reason": plain_reason(record),
        "hour": datetime.fromtimestamp(record.arrival / 1000, UTC).strftime("%Y-%m-%dT%H:00Z"),
    }
    return tuple(values[name] for name in fields)


def plain_reason(record: FailedRecord) -> str:
    """The reason without what Firehose quotes of the payload, so that one fault is one group."""
    if record.kind == "rejected":
        return record.message
    return _NUMBER.sub("#", _QUOTED.sub('"…"', record.message))


def failure_document(record: FailedRecord, pipeline: str, shown: str) -> dict[str, Any]:
    """A failed record as one line of ``--json``."""
    return {
        "pipeline": pipeline,
        "kind": record.kind,
        "code": record.code,
        "reason": record.reason,
        "arrival": record.arrival,
        "events": record.event_count,
        "raw": shown,
        "file": str(record.file),
    }
