"""One flow: what becomes of the lines of its files, until they are acknowledged."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.delivery import Delivery
from clickstream_producer.agent.line_encoder import line_encoder, why_no_object
from clickstream_producer.agent.line_splitter import TOO_LONG
from clickstream_producer.agent.options import FlowOptions
from clickstream_producer.agent.path_pattern import shown
from clickstream_producer.agent.tracked_file import Block, TrackedFile
from clickstream_producer.errors import InvalidEvent

log = logging.getLogger("clickstream_producer.agent")

_SHOWN: Final = 10
"""Lines left out that are named in the log between two lines of statistics; the rest is only counted."""

_BRACE: Final = ord("{")

_NONE_OF: Final = 100
"""Lines left out of a file, and none sent, after which it is said that the format is another one."""

_FIRST_LINGER: Final = 0.5
"""Most seconds that the very first lines wait for company: a wrong stream or identity shows at once."""


@dataclass(slots=True)
class FlowCounts:
    """What a flow has done since it was started.

    Attributes
    ----------
    lines
        Lines, or records of several, that were put.
    bytes
        Bytes of them as sent.
    left_out
        Lines that do not match the log format, which processing leaves out.
    invalid
        Lines that cannot be sent: not a JSON object, or above the limit of 1,023,999 bytes.
    """

    lines: int = 0
    bytes: int = 0
    left_out: int = 0
    invalid: int = 0


class Flow:
    """Turns lines into events, and puts them until a chunk is full or the oldest of them has waited for ``linger``.

    Parameters
    ----------
    options
        What to read, and where to send it.
    """

    def __init__(self, options: FlowOptions) -> None:
        self.name = shown(options.name)
        self.options = options
        self.counts = FlowCounts()
        self._encode = line_encoder(options)
        self._objects_only = options.line_format == "json" and not options.steps
        self.delivery = Delivery(
            options.target,
            events_per_record=options.events_per_record,
            record_bytes=options.record_bytes,
            chunk_bytes=options.chunk_bytes,
            check_json=self._objects_only,
        )
        self._linger = min(_FIRST_LINGER, options.linger)
        self._chunk_bytes = 0
        self._chunk_since = 0.0
        self._shown = 0
        self.without_match: dict[TrackedFile, None] = {}
        """Files of which lines were left out, and none was sent."""
        self.put_until = 0
        """Where the first line stands that was not put, after :meth:`put` has raised an error."""

    @property
    def has_put(self) -> bool:
        """Whether something was put and is not acknowledged."""
        return self._chunk_bytes > 0

    @property
    def is_due(self) -> bool:
        """Whether what was put has to be sent now."""
        full = self._chunk_bytes >= self.options.chunk_bytes
        return full or (self._chunk_bytes > 0 and time.monotonic() - self._chunk_since >= self._linger)

    def settle(self, stop: threading.Event, timeout: float) -> bool:
        """Send what was put and wait for its acknowledgement, as :meth:`Delivery.settle`."""
        if self._chunk_bytes:
            if not self.delivery.settle(stop, timeout):
                return False
            self._linger = self.options.linger
            self._chunk_bytes = 0
        return True

    def put(self, file: TrackedFile, block: Block) -> None:
        """Put the lines of a block; what cannot be sent is left out, counted and named."""
        self.put_until = block.start
        encoded = [*map(self._encode, block.lines)]
        if self._objects_only:  # what begins with { and is one JSON value is an object
            events = [event for event in encoded if event and event[0] == _BRACE]
        else:
            events = [event for event in encoded if event]
        if not self._chunk_bytes:
            self._chunk_since = time.monotonic()
        bad: dict[int, str] = {}
        done = 0
        while done < len(events):
            before = self.delivery.stats().put
            try:
                self.delivery.put_many(events[done:] if done else events)
                done = len(events)
            except InvalidEvent as error:
                done += self.delivery.stats().put - before
                bad[id(events[done])] = TOO_LONG if len(events[done]) > MAX_EVENT_BYTES else str(error)
                done += 1
            except BaseException:
                done += self.delivery.stats().put - before
                self._count(file, events[:done], bad)
                if not any(len(line) > MAX_EVENT_BYTES for line in block.lines):
                    index = next(index for index, event in enumerate(encoded) if event is events[done])
                    self.put_until = _start_of(block, index)
                raise
        self._count(file, events, bad)
        if bad or len(events) != len(encoded):
            self._leave_out(file, block, encoded, bad)

    def close(self) -> None:
        """Give up what is not acknowledged."""
        self.delivery.close()

    def statistics(self, behind: int) -> str:
        """One line for the log."""
        self._shown = 0
        counts, stats = self.counts, self.delivery.stats()
        return (
            f"{self.name}: {counts.lines} lines read ({counts.bytes} bytes), {stats.sent} acknowledged in "
            f"{stats.requests} requests, {counts.left_out} left out, {counts.invalid} invalid, "
            f"{stats.failed_requests + stats.partial_requests} requests failed at least in part, "
            f"{behind} bytes behind"
        )

    def _count(self, file: TrackedFile, events: list[bytes], bad: dict[int, str]) -> None:
        good = [event for event in events if id(event) not in bad] if bad else events
        size = sum(map(len, good)) + len(good)
        self._chunk_bytes += size
        self.counts.bytes += size
        self.counts.lines += len(good)
        if good:
            file.sent += len(good)
            self.without_match.pop(file, None)

    def _leave_out(self, file: TrackedFile, block: Block, encoded: list[bytes | None], bad: dict[int, str]) -> None:
        """Count the lines that cannot be sent, and name them."""
        for index, event in enumerate(encoded):
            if event is None:
                self.counts.left_out += 1
                reason = "it does not match the log format"
            elif event and (id(event) in bad or (self._objects_only and event[0] != _BRACE)):
                self.counts.invalid += 1
                reason = bad.get(id(event)) or why_no_object(event) or ""
            else:
                continue
            file.left_out += 1
            if self._shown < _SHOWN:
                self._shown += 1
                log.warning("%s, line at byte %d is left out: %s", shown(file.path), _start_of(block, index), reason)
        if file.left_out and not file.sent:
            self.without_match[file] = None
            if file.left_out - len(block.lines) < _NONE_OF <= file.left_out:
                log.warning("%s: none of its first %d lines can be sent", shown(file.path), file.left_out)


def _start_of(block: Block, index: int) -> int:
    return block.start + sum(len(line) + 1 for line in block.lines[:index])
