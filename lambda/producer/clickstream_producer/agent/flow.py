"""One flow: reads the files of a pattern, sends their lines, saves how far it got."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.checkpoints import Checkpoints
from clickstream_producer.agent.delivery import Delivery
from clickstream_producer.agent.file_set import FileSet
from clickstream_producer.agent.line_encoder import line_encoder
from clickstream_producer.agent.line_splitter import TOO_LONG
from clickstream_producer.agent.options import FlowOptions
from clickstream_producer.agent.tracked_file import Block, TrackedFile
from clickstream_producer.errors import InvalidEvent

log = logging.getLogger("clickstream_producer.agent")

_BLOCK: Final = 256 * 1024
"""Bytes read in one go; files take turns after each."""

_SCAN: Final = 1.0
"""Most seconds between two looks at the folder while there is something to read."""

_FORGET: Final = 3600.0
"""Seconds between two removals of old positions."""

_SHOWN: Final = 10
"""Bad lines that are named in the log between two lines of statistics; the rest is only counted."""


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
        Lines that cannot be sent: no JSON, or above the limit of 1,023,999 bytes.
    """

    lines: int = 0
    bytes: int = 0
    left_out: int = 0
    invalid: int = 0


class Flow:
    """Follows the files of one pattern.

    It puts lines until a chunk is full or the oldest of them has waited for ``linger``, waits until each is
    acknowledged, then saves the positions, all in one thread. So a position is never ahead of an acknowledgement, and
    what a ``kill -9`` can cause to be sent twice is at most one chunk.

    Parameters
    ----------
    options
        What to read, and where to send it.
    checkpoints
        Where positions are saved.
    """

    def __init__(self, options: FlowOptions, checkpoints: Checkpoints) -> None:
        self.name = options.name
        self.counts = FlowCounts()
        self._options = options
        self._encode = line_encoder(options)
        self._files = FileSet(options, checkpoints)
        self._delivery = Delivery(
            options.target,
            events_per_record=options.events_per_record,
            record_bytes=options.record_bytes,
            chunk_bytes=options.chunk_bytes,
            check_json=options.line_format == "json" and not options.steps,
        )
        self._chunk_bytes = 0
        self._chunk_since = 0.0
        self._shown = 0
        self._busy = False
        self._next_scan = 0.0
        self._forget_after = 0.0
        self._next_forget = 0.0

    def run(self, stop: threading.Event, shutdown_timeout: float, forget_after: float, *, once: bool = False) -> bool:
        """Follow the files until ``stop`` is set, or with ``once`` until all is read; True: that is acknowledged."""
        self._delivery.retry_rejected = not once
        self._forget_after = forget_after
        try:
            while self._turn(stop, shutdown_timeout):
                if stop.is_set():
                    return True
                if once and not self._busy and not any(file.waits_for_next for file in self._files):
                    return self._settle(stop, shutdown_timeout)
                if not self._busy:
                    stop.wait(self._options.poll)
            return False
        finally:
            self._delivery.close()
            self._files.close()

    def statistics(self) -> str:
        """One line for the log."""
        self._shown = 0
        counts, stats = self.counts, self._delivery.stats()
        return (
            f"{self.name}: {counts.lines} lines read ({counts.bytes} bytes), {stats.sent} acknowledged in "
            f"{stats.requests} requests, {counts.left_out} left out, {counts.invalid} invalid, "
            f"{stats.failed_requests + stats.partial_requests} requests failed at least in part, "
            f"{self._files.behind()} bytes behind"
        )

    def _turn(self, stop: threading.Event, shutdown_timeout: float) -> bool:
        """Read for a while; settle when it is time. False: could not settle before the deadline of stopping."""
        if not self._busy or time.monotonic() >= self._next_scan:
            self._files.scan()
            self._next_scan = time.monotonic() + _SCAN
        self._busy = self._fill(stop)
        full = self._chunk_bytes >= self._options.chunk_bytes
        waited = time.monotonic() - self._chunk_since >= self._options.linger
        if not self._chunk_bytes or full or waited or stop.is_set():
            return self._settle(stop, shutdown_timeout)
        return True

    def _settle(self, stop: threading.Event, shutdown_timeout: float) -> bool:
        if self._chunk_bytes and not self._delivery.settle(stop, shutdown_timeout):
            return False
        self._chunk_bytes = 0
        self._files.save()
        if time.monotonic() >= self._next_forget:
            self._next_forget = time.monotonic() + _FORGET
            self._files.forget(self._forget_after)
        return True

    def _fill(self, stop: threading.Event) -> bool:
        """Put what the files have, in turns, until the chunk is full; True: there is more to read at once."""
        until = time.monotonic() + _SCAN
        while True:
            read = 0
            for file in self._files:
                if stop.is_set():
                    return False
                read += self._read(file)
                if self._chunk_bytes >= self._options.chunk_bytes or time.monotonic() >= until:
                    return True
            if not read:
                return False

    def _read(self, file: TrackedFile) -> int:
        """Put one block of a file; how many bytes it advanced."""
        before = file.offset
        if file.has_more:
            try:
                block = file.read(min(_BLOCK, self._options.chunk_bytes))
            except OSError as error:
                log.warning("%s cannot be read: %s", file.path, error)
                return 0
        elif file.waits_for_next and file.quiet_for(self._options.record_quiet):
            block = file.release()
        elif file.holds and file.rotated and file.quiet_for(self._options.line_quiet):
            block = file.finish()
        else:
            return 0
        self._put(block)
        return max(file.offset - before, int(file.has_more))

    def _put(self, block: Block) -> None:
        encoded = [*map(self._encode, block.lines)]
        events = [event for event in encoded if event]
        if not self._chunk_bytes:
            self._chunk_since = time.monotonic()
        size = sum(map(len, events)) + len(events)
        self._chunk_bytes += size
        self.counts.bytes += size
        self.counts.lines += len(events)
        self.counts.left_out += encoded.count(None)
        done = 0
        while done < len(events):
            before = self._delivery.stats().put
            try:
                self._delivery.put_many(events[done:] if done else events)
                return
            except InvalidEvent as error:
                done += self._delivery.stats().put - before
                self._leave_out(block, encoded, events[done], done, error)
                done += 1

    def _leave_out(
        self, block: Block, encoded: list[bytes | None], event: bytes, position: int, error: InvalidEvent
    ) -> None:
        """Count a line that cannot be sent, and name it: it is the one whose event has this position among all."""
        counts = self.counts
        counts.invalid += 1
        counts.lines -= 1
        counts.bytes -= len(event) + 1
        if self._shown < _SHOWN:
            self._shown += 1
            index = [index for index, event in enumerate(encoded) if event][position]
            start = block.start + sum(len(line) + 1 for line in block.lines[:index])
            reason = TOO_LONG if len(event) > MAX_EVENT_BYTES else str(error)
            log.warning("%s, line at byte %d is left out: %s", block.path, start, reason)
