"""CloudWatch Logs as files: one directory per log group, one file of JSON lines per log stream."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from clickstream_local.common.log_entry import LogEntry
from clickstream_local.common.unforeseen import describe, say
from clickstream_local.common.window import Window

_MAX_OPEN_FILES = 64


@dataclass(frozen=True)
class LogEvent:
    """One event of a log stream; ``timestamp`` is epoch milliseconds."""

    group: str
    stream: str
    timestamp: int
    message: str


class Logs:
    """Log groups below ``<root>/logs``: ``<group>/<stream>.log``, one JSON object a line.

    Parameters
    ----------
    root
        The data directory.
    console
        Whether events that are written as errors also go to standard error.
    clock
        Seconds since the epoch, for events that come without a time.
    """

    def __init__(
        self,
        root: Path,
        *,
        console: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._root = root / "logs"
        self._console = console
        self._clock = clock
        self._files: dict[tuple[str, str], BinaryIO] = {}
        self._subscribers: list[Callable[[LogEvent], None]] = []

    def subscribe(self, subscriber: Callable[[LogEvent], None]) -> None:
        """Call ``subscriber`` with every event from now on, in the thread that writes it."""
        self._subscribers.append(subscriber)

    def path(self, group: str, stream: str) -> Path:
        """The file of a log stream; the group's leading slash is dropped."""
        parts = [*group.strip("/").split("/"), *f"{stream}.log".split("/")]
        if not group.strip("/") or not stream or any(part in {"", ".", ".."} or "\0" in part for part in parts):
            raise ValueError(f"log group {group!r}, stream {stream!r}: empty, '.' and '..' are not allowed in a name")
        return self._root.joinpath(*parts)

    def write(
        self, group: str, stream: str, message: str, *, timestamp: int | None = None, error: bool = False
    ) -> None:
        """Append one event; ``timestamp`` is epoch milliseconds, by default now.

        A log that cannot be written (a full disk) is reported on standard error and fails nothing: the records may
        still be saved.
        """
        if timestamp is None:
            timestamp = int(self._clock() * 1000)
        try:
            file = self._files.get((group, stream)) or self._open(group, stream)
            file.write(_line(timestamp, message))
            file.flush()
        except OSError as problem:
            self._files.pop((group, stream), None)
            say(f"cannot write the log {self.path(group, stream)}: {problem.strerror or problem}; {message}")
        if error and self._console:
            say(f"{group} {stream} {message}")
        for subscriber in self._subscribers:
            try:
                subscriber(LogEvent(group, stream, timestamp, message))
            except Exception as failure:  # who logs a line is not to fail by who reads it
                say(f"log group {group}: a subscription failed: {describe(failure)}")

    def events(self, group: str, stream: str | None = None) -> Iterator[LogEvent]:
        """The events of one stream, or of all streams of a group by name; none when nothing was logged."""
        directory = self._root.joinpath(*group.strip("/").split("/"))
        paths = sorted(directory.rglob("*.log")) if stream is None else [self.path(group, stream)]
        for path in paths:
            if path.is_file():
                name = path.relative_to(directory).as_posix().removesuffix(".log")
                with path.open(encoding="utf-8") as lines:
                    for line in lines:
                        entry = json.loads(line)
                        yield LogEvent(group, name, entry["timestamp"], entry["message"])

    def entries(self, group: str, stream: str, window: Window, pattern: str) -> Iterator[LogEntry]:
        """As :class:`~clickstream_local.common.log_entry.LogReader` says; all events match every pattern."""
        for event in self.events(group, stream or None):
            if window.holds(event.timestamp):
                yield LogEntry(event.timestamp, event.message)

    def close(self) -> None:
        """Close the files; a later write opens its file again."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _open(self, group: str, stream: str) -> BinaryIO:
        path = self.path(group, stream)
        if len(self._files) >= _MAX_OPEN_FILES:
            self.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        file = self._files[group, stream] = path.open("ab")
        return file


def _line(timestamp: int, message: str) -> bytes:
    event = {"timestamp": timestamp, "message": message}
    try:
        return orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half of a surrogate pair
        return f"{json.dumps(event)}\n".encode()
