"""Follows the files of all flows into one stream: reads, sends, saves how far it got."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from typing import Final

from clickstream_producer.agent.checkpoints import Checkpoints
from clickstream_producer.agent.descriptors import Descriptors
from clickstream_producer.agent.file_set import IDLE_SHARE, NAMED, FileSet, said
from clickstream_producer.agent.flow import Flow
from clickstream_producer.agent.line_splitter import MAX_LINES
from clickstream_producer.agent.options import FlowOptions
from clickstream_producer.agent.path_pattern import shown
from clickstream_producer.agent.tracked_file import Block, TrackedFile

log = logging.getLogger("clickstream_producer.agent")

_BLOCK: Final = 256 * 1024
"""Bytes read in one go; files take turns after each."""

_SCAN: Final = 1.0
"""Most seconds between two looks at the folders while there is something to read."""

_FORGET: Final = 3600.0
"""Seconds between two removals of old positions."""

_ABANDONED: Final = 3600.0
"""Seconds without growth after which any last line counts as complete without its newline."""

_PAUSE_CAP: Final = 60.0
"""Most seconds between two attempts after an error that nobody foresaw."""

_SAVE_CAP: Final = 10.0
"""Most seconds between two attempts to save positions."""


class Follower:
    """Follows the files of the flows into one stream, in one thread.

    It puts lines until a chunk is due, waits until each is acknowledged, then saves the positions. So a position is
    never ahead of an acknowledgement, and what a ``kill -9`` can cause to be sent twice is at most one chunk. Positions
    that cannot be saved hold everything: the lines are safe in their files. An error that nobody foresaw is said, the
    lines under way go back into their file, and it is tried again.

    Parameters
    ----------
    flows
        What to read; all into one stream.
    """

    def __init__(self, flows: Sequence[FlowOptions]) -> None:
        self.stream = flows[0].stream
        self.flows = [Flow(flow) for flow in flows]
        self._poll = min(flow.poll for flow in flows)
        self._files: FileSet | None = None
        self._once = False
        self._busy = False
        self._next_scan = 0.0
        self._next_forget = 0.0
        self._next_completion = 0.0
        self._failing: dict[str, tuple[float, float]] = {}
        self._told: set[tuple[str, str]] = set()

    def run(
        self,
        checkpoints: Checkpoints,
        most_open: int,
        stop: threading.Event,
        *,
        shutdown_timeout: float,
        forget_after: float,
        once: float | None,
    ) -> bool:
        """Follow the files until ``stop`` is set, or with ``once`` until all is read, or nothing taken for so long.

        Returns
        -------
        bool
            True: that is acknowledged, its positions are saved, and with ``once`` no file was left out as a whole.
        """
        self._once = once is not None
        if once is not None:
            for flow in self.flows:
                flow.delivery.patience = once
        pause = 1.0
        try:
            while True:
                try:
                    if self._files is None:
                        options = [flow.options for flow in self.flows]
                        self._files = FileSet(self.stream, options, checkpoints, Descriptors(most_open))
                    files = self._files
                    if not self._turn(files, stop, shutdown_timeout, forget_after):
                        return False
                    if stop.is_set():
                        return not self._failing
                    if self._once and self._is_done(files):
                        return self._settle(files, stop, shutdown_timeout) and self._all_sent(files)
                    if not self._busy:
                        stop.wait(self._poll)
                except Exception as error:
                    log.error("%s: %s; lines are kept, next attempt in %.0f s", shown(self.stream), said(error), pause)
                    if self._once or stop.wait(pause):
                        return False
                    pause = min(_PAUSE_CAP, pause * 2)
        finally:
            self.close()
            if self._files is not None:
                self._files.close()

    def close(self) -> None:
        """Give up what is not acknowledged."""
        for flow in self.flows:
            flow.close()

    def statistics(self) -> list[str]:
        """Lines for the log."""
        return [
            flow.statistics(self._files.behind(number) if self._files else 0) for number, flow in enumerate(self.flows)
        ]

    def _turn(self, files: FileSet, stop: threading.Event, shutdown_timeout: float, forget_after: float) -> bool:
        """Read for a while; settle when it is time. False: could not settle before the deadline of stopping."""
        if not self._busy or files.is_discovering or time.monotonic() >= self._next_scan:
            files.scan(stop)
            self._next_scan = time.monotonic() + _SCAN
        self._busy = self._fill(files, stop) or files.is_discovering
        if stop.is_set() or any(flow.is_due for flow in self.flows) or not any(flow.has_put for flow in self.flows):
            if not self._settle(files, stop, shutdown_timeout):
                return False
            if time.monotonic() >= self._next_forget and not files.is_discovering:
                self._next_forget = time.monotonic() + _FORGET
                files.forget(forget_after)
        return True

    def _settle(self, files: FileSet, stop: threading.Event, timeout: float) -> bool:
        if not all(flow.settle(stop, timeout) for flow in self.flows):
            for given_up in filter(None, [flow.delivery.given_up for flow in self.flows]):
                log.error("%s: %s: given up", shown(self.stream), given_up)
            return False
        pause, since = 0.5, time.monotonic()
        while True:
            stopping = stop.is_set()
            try:
                files.save()
            except OSError as error:
                log.warning("%s: positions are not saved (%s); nothing is read until they are", self.stream, error)
                if stopping or (self._once and time.monotonic() - since >= timeout):
                    return False
                stop.wait(pause)
                pause = min(_SAVE_CAP, pause * 2)
            else:
                return True

    def _fill(self, files: FileSet, stop: threading.Event) -> bool:
        """Put what the files have, in turns, until a chunk is due; True: there is more to read at once."""
        until = time.monotonic() + _SCAN
        progress = True
        while progress and (active := files.active):
            progress = False
            for file in active:
                if stop.is_set():
                    return False
                flow = self.flows[file.flow]
                if file.file in self._failing and time.monotonic() < self._failing[file.file][1]:
                    continue
                progress = True
                block = files.read(file, min(_BLOCK, flow.options.chunk_bytes))
                if block is not None:
                    self._put(files, file, block)
                if flow.is_due or time.monotonic() >= until:
                    return True
            if files.is_discovering:
                return True
        return self._complete_all(files)

    def _complete_all(self, files: FileSet) -> bool:
        """Put what nothing more is expected to come for; whether there was something."""
        if time.monotonic() < self._next_completion:
            return False
        begun = time.thread_time()
        completed = [self._complete(files, file) for file in files.holding]
        self._next_completion = time.monotonic() + (time.thread_time() - begun) * IDLE_SHARE
        return any(completed)

    def _put(self, files: FileSet, file: TrackedFile, block: Block) -> None:
        flow = self.flows[file.flow]
        try:
            flow.put(file, block)
        except Exception as error:
            pause = min(_PAUSE_CAP, 2 * self._failing.get(file.file, (0.5, 0.0))[0])
            self._failing[file.file] = (pause, time.monotonic() + pause)
            log.error(
                "%s at byte %d: %s; the line stays in its file, next attempt in %.0f s",
                *(shown(file.path), flow.put_until, said(error), pause),
            )
            files.rewind(file, flow.put_until)
        else:
            self._failing.pop(file.file, None)
            if file.unmatched and self._is_news(file, "multi-line"):
                log.warning(
                    "%s: a record begins with a line that %r does not match; records end after %d lines",
                    *(shown(file.path), flow.options.multi_line, MAX_LINES),
                )

    def _complete(self, files: FileSet, file: TrackedFile) -> bool:
        """Put what a file holds if nothing more is expected to come for it; whether that is so."""
        options = self.flows[file.flow].options
        if file.waits_for_next:
            if file.quiet_for(options.record_quiet):
                self._put(files, file, files.release(file))
                return True
        elif file.quiet_for(options.line_quiet):
            news = self._is_news(file, f"held {file.offset} {len(file.last_line)}")
            if (
                file.rotated
                or file.quiet_for(_ABANDONED)
                or files.is_older_generation(file)
                or (news and options.line_format == "json" and _is_object(file.last_line))
            ):
                self._put(files, file, files.finish(file))
                return True
            if news:
                log.warning("%s: the last line, at byte %d, has no newline; it waits", shown(file.path), file.offset)
        return False

    def _is_done(self, files: FileSet) -> bool:
        return not self._busy and not any(file.waits_for_next for file in files.holding)

    def _all_sent(self, files: FileSet) -> bool:
        """Say what was left out as a whole, or waits; whether there is no such file."""
        left = [
            f"{shown(file.path)}: the last line, at byte {file.offset}, has no newline; it waits"
            for file in files.holding
            if self._is_news(file, f"held {file.offset} {len(file.last_line)}")
        ]
        unmatched = [file for flow in self.flows for file in flow.without_match]
        left += [f"{shown(file.path)}: none of its {file.left_out} lines can be sent" for file in unmatched]
        for one in left[:NAMED]:
            log.warning("%s", one)
        if len(left) > NAMED:
            log.warning("and %d more files", len(left) - NAMED)
        return not unmatched and not files.has_unreadable and not self._failing

    def _is_news(self, file: TrackedFile, what: str) -> bool:
        """Whether it was not said of a file before; from now on it was."""
        if (file.file, what) in self._told:
            return False
        self._told.add((file.file, what))
        return True


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
