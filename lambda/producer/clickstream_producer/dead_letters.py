"""A file of events that were given up, and the way back."""

from __future__ import annotations

import base64
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from clickstream_producer.errors import InvalidOption, check_type
from clickstream_producer.stats import DropReason

if TYPE_CHECKING:
    from clickstream_producer.producer import Producer

log = logging.getLogger("clickstream_producer")

MAX_BYTES: Final = 64 * 1024 * 1024
"""Default size that the file does not pass."""


class DeadLetter(NamedTuple):
    """One event that was given up: when (Unix seconds), why, and its bytes."""

    dropped_at: float
    reason: str
    event: bytes


class DeadLetters:
    """An ``on_drop`` callback that keeps lost events in a file, one JSON object a line.

    >>> letters = DeadLetters("/var/lib/clicks/dead.jsonl")  # doctest: +SKIP
    >>> producer = Producer(FirehoseStream("clicks"), on_drop=letters)  # doctest: +SKIP
    >>> letters.replay(producer)  # when the cause is repaired  # doctest: +SKIP

    Processes may share a file: a line is one write at its end. The file holds payloads, so it is readable for its owner
    only.

    Parameters
    ----------
    path
        The file; its directory has to be there. It is made by the first loss.
    max_bytes
        Size that it does not pass; what comes then is lost, counted in ``left_out``, and logged once.

    Attributes
    ----------
    left_out
        Events that did not fit, or that the disk refused.
    """

    def __init__(self, path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> None:
        check_type("path", path, isinstance(path, str | os.PathLike), "the path of a file")
        if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
            raise InvalidOption(
                f"max_bytes={max_bytes!r} must be at least 1, in bytes: leave the callback out to keep no dead letters"
            )
        self._path = Path(path)
        self._max_bytes = max_bytes
        self._lock = threading.RLock()  # a signal handler may put, and drop
        self.left_out = 0

    def __call__(self, events: Sequence[bytes], reason: DropReason) -> None:
        """Append events; never raises for a disk that fails."""
        lines = [_line(event, reason) for event in events]
        with self._lock:
            kept = 0
            try:
                file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                try:
                    room = self._max_bytes - os.fstat(file).st_size
                    for line in lines:
                        room -= len(line)
                        if room < 0:
                            break
                        os.write(file, line)
                        kept += 1
                finally:
                    os.close(file)
                why = f"it would pass max_bytes={self._max_bytes:,}"
            except OSError as error:
                why = error.strerror or str(error)
            missed = len(lines) - kept
            if missed and not self.left_out:
                log.warning("dead letters %s: events are left out (%s)", self._path, why)
            self.left_out += missed

    def read(self) -> Iterator[DeadLetter]:
        """Read what is there, oldest first; a torn last line is left out."""
        for path in (self._replaying, self._path):
            if path.exists():
                with path.open("rb") as lines:
                    yield from map(_letter, (line for line in lines if line.endswith(b"\n")))

    def replay(self, producer: Producer, timeout: float | str = 60.0) -> int:
        """Put everything again, and forget it once all of it is sent or dropped anew; return how many were put.

        When ``timeout`` runs out first, the file is kept, and the next replay sends all of it again (at least once).
        What is dropped anew comes back by the callback.
        """
        with self._lock:
            if not self._replaying.exists() and self._path.exists():
                self._path.rename(self._replaying)
        if not self._replaying.exists():
            return 0
        count = 0
        with self._replaying.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    count += producer.put(_letter(line).event)
        if producer.flush(timeout).complete:
            self._replaying.unlink()
        return count

    @property
    def _replaying(self) -> Path:
        return self._path.with_name(self._path.name + ".replaying")


def _line(event: bytes, reason: DropReason) -> bytes:
    letter: dict[str, object] = {"dropped_at": round(time.time(), 3), "reason": str(reason)}
    try:
        letter["event"] = event.decode()
    except UnicodeDecodeError:
        letter["event_base64"] = base64.b64encode(event).decode()
    return json.dumps(letter).encode() + b"\n"


def _letter(line: bytes) -> DeadLetter:
    letter = json.loads(line)
    event = letter["event"].encode() if "event" in letter else base64.b64decode(letter["event_base64"])
    return DeadLetter(letter["dropped_at"], letter["reason"], event)
