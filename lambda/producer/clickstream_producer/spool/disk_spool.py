"""The durable part of the spool: this process's own directory of segments, and what dead ones left."""

from __future__ import annotations

import errno
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from clickstream_producer.errors import InvalidOption, SpoolBroken
from clickstream_producer.spool.record import Record
from clickstream_producer.spool.segment import RecordLocation, Segment

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

_PASSES: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors of a disk that may work in a moment: no reason to refuse a spool."""

RETRY_SECONDS: Final = 30.0
"""Pause before a disk that failed is tried again; events are kept in memory meanwhile."""


class DiskSpool:
    """Stores records under ``<path>/<stream>/<owner>/``, one owner a process, locked while it lives.

    The system gives a lock back when its process ends, however it ends: a directory that can be locked is a dead
    owner's, and its records are this process's to send.

    Parameters
    ----------
    path
        The spool's directory; made here, and tried out.
    stream
        Subdirectory for the target, so that records never reach another one.

    Raises
    ------
    InvalidOption
        Nothing can be written there, and that will not pass by itself.
    """

    def __init__(self, path: Path, stream: str) -> None:
        if fcntl is None:
            raise InvalidOption(f"spool={str(path)!r} needs a POSIX system (file locks); leave it out here")
        self._root = path / stream
        self._segment: Segment | None = None
        self._segments = 0
        self._own: _Owner | None = None
        self._owners: list[_Owner] = []  # this one, and dead ones whose records are not all sent
        self._broken_until = 0.0
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            tempfile.TemporaryFile(dir=self._root).close()
        except OSError as error:
            if error.errno not in _PASSES:
                raise InvalidOption(
                    f"spool={str(path)!r} cannot be written ({error.strerror}: {error.filename!r}): give a directory "
                    "of this user, on a local disk"
                ) from error

    @property
    def broken(self) -> bool:
        """Whether the disk has failed just now, so that it is not tried again yet."""
        return time.monotonic() < self._broken_until

    def begin(self, size: int, key: str | None) -> RecordLocation | None:
        """Begin a record with room for so many bytes; None while the disk cannot take one.

        Raises
        ------
        SpoolBroken
            The disk has just failed. Until it works again, records are in memory only.
        """
        if self._segment is not None:
            location = self._segment.begin(size, key)
            if location is not None:
                return location
            self._segment.finish()
            self._segment = None
        if self.broken:
            return None
        try:
            if self._own is None:
                self._own = _Owner.new(self._root)
                self._owners.append(self._own)
            self._segments += 1
            self._segment = self._own.add(f"{self._segments:08d}.seg")
        except OSError as error:
            self._broken_until = time.monotonic() + RETRY_SECONDS
            raise SpoolBroken(
                f"the spool {str(self._root)!r} cannot be written ({error.strerror or error}): events are kept in "
                f"memory only, and are lost if the process dies; it is tried again in {RETRY_SECONDS:.0f} seconds. "
                "Free space there, or give the spool another directory"
            ) from error
        return self._segment.begin(size, key)

    def append(self, event: bytes) -> None:
        """Store an event of the record begun last."""
        assert self._segment is not None
        self._segment.append(event)

    def recover(self) -> list[Record]:
        """Take over what dead processes left, oldest first; what cannot be read is left alone."""
        found: list[Record] = []
        for directory in sorted(self._root.glob("[!.]*")) if self._root.is_dir() else []:
            with suppress(OSError):
                owner = _Owner.adopt(directory)
                if owner is not None:
                    self._owners.append(owner)
                    found += owner.records()
                    owner.tidy()
        return sorted(found, key=lambda record: record.created)

    def close(self) -> None:
        """Release everything; directories in which nothing is left are removed."""
        if self._segment is not None:
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

    def __init__(self, directory: Path, lock: int) -> None:
        self._directory = directory
        self._lock = lock
        self._segments: list[Segment] = []

    @classmethod
    def new(cls, root: Path) -> _Owner:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        hidden = root / f".{name}"
        hidden.mkdir(mode=0o700)
        lock = os.open(hidden / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        # It appears under its name only now that it is locked, so that nobody takes it for a dead owner's.
        return cls(hidden.rename(root / name), lock)

    @classmethod
    def adopt(cls, directory: Path) -> _Owner | None:
        lock = os.open(directory / "lock", os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return None  # its owner lives
        return cls(directory, lock)

    def add(self, name: str) -> Segment:
        segment = Segment(self._directory / name, new=True)
        self._segments = [kept for kept in self._segments if not kept.gone]
        self._segments.append(segment)
        return segment

    def records(self) -> Iterator[Record]:
        clock, wall = time.monotonic(), time.time()
        for path in sorted(self._directory.glob("*.seg")):
            segment = Segment(path, new=False)
            self._segments.append(segment)
            for frame in segment.frames():
                created = clock - max(0.0, wall - frame.wall_time)
                yield Record(b"", frame.events, created, frame.key, RecordLocation(segment, frame.offset), frame.size)

    def tidy(self) -> None:
        """Remove the directory when nothing is left in it."""
        unfinished = [segment for segment in self._segments if not segment.remove_if_released()]
        if not unfinished:
            with suppress(OSError):
                (self._directory / "lock").unlink()
                self._directory.rmdir()

    def abandon(self) -> None:
        for segment in self._segments:
            segment.abandon()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
