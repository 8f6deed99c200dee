"""The durable part of the spool: this process's own directory of segments, and what dead ones left."""

from __future__ import annotations

import errno
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from clickstream_producer.errors import InvalidOption, SpoolBroken
from clickstream_producer.spool.record import Record
from clickstream_producer.spool.segment import RecordLocation, Segment, reason_of

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

_PASSES: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors of a disk that may work in a moment: no reason to refuse a spool."""

SET_ASIDE: Final = "set-aside"
"""Directory of files that are not understood, beside those of the owners."""

RETRY_SECONDS: Final = 30.0
"""Pause before a disk that failed is tried again; events are kept in memory meanwhile."""


class DiskSpool:
    """Stores records under ``<path>/<stream>/<owner>/``, one owner a process, locked while it lives.

    The system gives a lock back when its process ends, however it ends: a directory that can be locked is a dead
    owner's, and its records are this process's to send.

    Parameters
    ----------
    path
        The spool's directory.
    stream
        Subdirectory for the target, so that records never reach another one.
    """

    def __init__(self, path: Path, stream: str) -> None:
        self._path = path
        self._root = path / stream
        self._segment: Segment | None = None
        self._segments = 0
        self._own: _Owner | None = None
        self._owners: list[_Owner] = []  # this one, and dead ones whose records are not all sent
        self._troubles: list[SpoolBroken] = []
        self._broken_until = 0.0

    def check(self) -> None:
        """Make the directory and try it out, before the first event.

        Raises
        ------
        InvalidOption
            Nothing can be written there, and that will not pass by itself.
        """
        if fcntl is None:
            raise InvalidOption(f"spool={str(self._path)!r} needs a POSIX system (file locks); leave it out here")
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            tempfile.TemporaryFile(dir=self._root).close()
        except OSError as error:
            if error.errno not in _PASSES:
                raise InvalidOption(
                    f"spool={str(self._path)!r} cannot be written ({error.strerror}: {error.filename!r}): give a "
                    "directory of this user, on a local disk"
                ) from error

    @property
    def broken(self) -> bool:
        """Whether the disk has failed just now, so that it is not tried again yet."""
        return time.monotonic() < self._broken_until

    @property
    def has_troubles(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._troubles)

    def take_troubles(self) -> list[SpoolBroken]:
        """Take what has to be told since the last time."""
        troubles, self._troubles = self._troubles, []
        return troubles

    def begin(self, size: int, key: str | None) -> RecordLocation | None:
        """Begin a record with room for so many bytes; None while the disk fails: it is in memory only."""
        try:
            if self._segment is not None:
                location = self._segment.begin(size, key)
                if location is not None:
                    return location
                self._segment.finish()
                self._segment = None
            if self.broken:
                return None
            if self._own is None:
                self._own = _Owner.new(self._root, self._tell)
                self._owners.append(self._own)
            self._segments += 1
            self._segment = self._own.add(f"{self._segments:08d}.seg")
            return self._segment.begin(size, key)
        except Exception as error:  # whatever it is, the event is in memory
            self._break(error)
            return None

    def append(self, lines: bytes) -> bool:
        """Store events, each ended by a newline, in the record begun last; False: it is in memory only from now on."""
        try:
            assert self._segment is not None
            self._segment.append(lines)
        except Exception as error:
            self._break(error)
            return False
        return True

    def recover(self) -> list[Record]:
        """Take over what dead processes left, oldest first; what is not understood is set aside and told."""
        found: list[Record] = []
        try:
            directories = sorted(self._root.glob("[!.]*"))
        except Exception as error:
            self._tell(f"{self._root} cannot be looked through ({reason_of(error)})")
            return []
        for directory in directories:
            if directory.name == SET_ASIDE:
                continue
            try:
                owner = _Owner.adopt(directory, self._tell)
            except Exception as error:
                if any(directory.glob("*.seg")):
                    self._tell(
                        f"{directory} is left as it is, its lock cannot be opened ({reason_of(error)}): whose events "
                        "these are is not known. If no process uses them, make an empty file `lock` there"
                    )
                continue
            if owner is not None:
                self._owners.append(owner)
                found += owner.records()
                owner.tidy()
        return sorted(found, key=lambda record: record.created)

    def _break(self, error: Exception) -> None:
        """Do without the disk for a while."""
        self._broken_until = time.monotonic() + RETRY_SECONDS
        trouble = SpoolBroken(
            f"the spool {str(self._root)!r} cannot be written ({reason_of(error)}): events are kept in memory only, "
            f"and are lost if the process dies; it is tried again in {RETRY_SECONDS:.0f} seconds. Free space there, or "
            "give the spool another directory"
        )
        trouble.__cause__ = error
        self._troubles.append(trouble)
        segment, self._segment = self._segment, None
        if segment is not None:
            with suppress(Exception):
                segment.fail()

    def _tell(self, what: str) -> None:
        self._troubles.append(SpoolBroken(f"spool: {what}"))

    def close(self) -> None:
        """Release everything; directories in which nothing is left are removed."""
        if self._segment is not None:
            with suppress(Exception):
                self._segment.finish()
            self._segment = None
        for owner in self._owners:
            owner.tidy()
        self.abandon()
        self._owners, self._own = [], None

    def abandon(self) -> None:
        """Release the parent's files in a forked child, so that the locks end with the parent."""
        for owner in self._owners:
            owner.abandon()


class _Owner:
    """A locked directory of segments."""

    def __init__(self, directory: Path, lock: int, tell: Callable[[str], None]) -> None:
        self._directory = directory
        self._lock = lock
        self._tell = tell
        self._segments: list[Segment] = []

    @classmethod
    def new(cls, root: Path, tell: Callable[[str], None]) -> _Owner:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        hidden = root / f".{name}"
        hidden.mkdir(mode=0o700)
        lock = os.open(hidden / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # It appears under its name only now that it is locked, so that nobody takes it for a dead owner's.
            return cls(hidden.rename(root / name), lock, tell)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def adopt(cls, directory: Path, tell: Callable[[str], None]) -> _Owner | None:
        lock = os.open(directory / "lock", os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None  # its owner lives
        except BaseException:
            os.close(lock)
            raise
        return cls(directory, lock, tell)

    def add(self, name: str) -> Segment:
        segment = Segment(self._directory / name, new=True, set_aside=self._set_aside, tell=self._tell)
        self._segments = [kept for kept in self._segments if not kept.gone]
        self._segments.append(segment)
        return segment

    def records(self) -> Iterator[Record]:
        try:
            paths = sorted(self._directory.iterdir())
        except Exception as error:
            self._tell(f"{self._directory} cannot be looked through ({reason_of(error)})")
            return
        for path in paths:
            try:
                if path.suffix == ".seg":
                    yield from self._records_of(path)
                elif path.name != "lock":
                    self._set_aside(path)
            except Exception as error:
                self._tell(f"{path} cannot be read ({reason_of(error)}) and is left where it is")

    def _records_of(self, path: Path) -> Iterator[Record]:
        segment = Segment(path, new=False, set_aside=self._set_aside, tell=self._tell)
        try:
            frames = list(segment.frames())
        except BaseException:
            segment.abandon()  # it is not known to be empty
            raise
        self._segments.append(segment)
        if segment.damaged:
            events = sum(frame.events for frame in frames)
            self._tell(f"{path} is damaged: {events:,} events in it are sent or counted, others may be lost")
        for frame in frames:
            created = time.monotonic() if frame.created is None else frame.created
            yield Record(b"", frame.events, created, frame.key, RecordLocation(segment, frame.offset), frame.size)

    def _set_aside(self, path: Path) -> None:
        folder = self._directory.parent / SET_ASIDE
        folder.mkdir(exist_ok=True, mode=0o700)
        kept = path.rename(folder / f"{self._directory.name}-{path.name}")
        self._tell(f"{path} is not understood, as a whole or in part; it is kept as {kept}")

    def tidy(self) -> None:
        """Remove the directory when nothing is left in it. Never raises."""
        unfinished = [segment for segment in self._segments if not segment.remove_if_released()]
        with suppress(Exception):
            if not unfinished and [path.name for path in self._directory.iterdir()] == ["lock"]:
                (self._directory / "lock").unlink()
                self._directory.rmdir()

    def abandon(self) -> None:
        for segment in self._segments:
            segment.abandon()
        lock, self._lock = self._lock, -1
        if lock >= 0:
            with suppress(Exception):
                os.close(lock)
