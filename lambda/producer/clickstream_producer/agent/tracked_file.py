"""One file that is followed: where it is, how far it was read, what it begins with."""

from __future__ import annotations

import os
import time
from typing import Final, NamedTuple

from clickstream_producer.agent.checkpoints import Position, State
from clickstream_producer.agent.head import HEAD_BYTES, Head
from clickstream_producer.agent.line_splitter import LineSplitter

VANISHED: Final = 60.0
"""Seconds that a file without a path is kept open after its last growth: its writer may not know yet."""


class Block(NamedTuple):
    """Lines read in one go, and where the first of them begins in the file."""

    path: str
    start: int
    lines: list[bytes]


class TrackedFile:
    """A file by its inode, whatever its name becomes.

    Parameters
    ----------
    file
        Device and inode, as in :class:`Position`.
    path
        Where it is.
    descriptor
        Open for reading; closed by :meth:`close`.
    offset
        Where to begin.
    splitter
        Makes its lines.
    rotated
        Whether nobody is expected to go on writing it.

    Attributes
    ----------
    size
        Bytes it had at the last look.
    changed_at
        When it was last seen to grow, on the monotonic clock.
    """

    def __init__(
        self, file: str, path: str, descriptor: int, offset: int, splitter: LineSplitter, *, rotated: bool = False
    ) -> None:
        self.file = file
        self.path = path
        self.rotated = rotated
        self.vanished = False
        self.size = os.fstat(descriptor).st_size
        self.changed_at = time.monotonic()
        self._descriptor: int | None = descriptor
        self._splitter = splitter
        self._read_at = offset
        self._first = os.pread(descriptor, min(HEAD_BYTES, offset), 0)
        self._modified_ns = 0

    @property
    def offset(self) -> int:
        """Where the first byte stands that was in no line given out."""
        return self._read_at - self._splitter.held

    @property
    def has_more(self) -> bool:
        """Whether it had unread bytes at the last look."""
        return self.size > self._read_at

    @property
    def holds(self) -> bool:
        """Whether bytes were read that are in no line given out."""
        return self._splitter.held > 0

    @property
    def waits_for_next(self) -> bool:
        """Whether a record of whole lines is held, since the next line may belong to it."""
        return self._splitter.waits_for_next

    @property
    def first(self) -> bytes:
        """Its first bytes, as they were read; as they are, when nothing was read yet."""
        if self._read_at or self._descriptor is None:
            return self._first
        return os.pread(self._descriptor, HEAD_BYTES, 0)

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._descriptor is not None

    def position(self) -> Position:
        """Say what to save when every line given out is acknowledged."""
        state: State = "rotated" if self.rotated else "open"
        if self.vanished and not self.has_more and not self.holds and self.quiet_for(VANISHED):
            state = "finished"
        return Position(self.file, self.path, self.offset, Head.of(self._first[: self.offset]), state)

    def quiet_for(self, seconds: float) -> bool:
        """Whether it has not grown for so long."""
        return time.monotonic() - self.changed_at >= seconds

    def look(self, status: os.stat_result) -> bool:
        """Note size and time; False when the content is not the one that was read: truncated, or written anew."""
        if (status.st_size, status.st_mtime_ns) != (self.size, self._modified_ns):
            self.size = status.st_size
            self._modified_ns = status.st_mtime_ns
            self.changed_at = time.monotonic()
            if status.st_size < self._read_at:
                return False
            return os.pread(self._opened(), len(self._first), 0) == self._first
        return True

    def look_again(self) -> None:
        """Note the size of a file that no path leads to."""
        if self._descriptor is not None:
            self.look(os.fstat(self._descriptor))
        else:
            self.size = self._read_at

    def may_have_held(self, size: int) -> bool:
        """Whether it has so many bytes, or had them before it was truncated a moment ago."""
        now = os.fstat(self._opened()).st_size
        return now >= size or now < self._read_at

    def continues_like(self, copy: int, size: int) -> bool:
        """Whether another open file of so many bytes ends as this one goes on there; nothing is asked of read ones.

        Equal first bytes alone are little where both are about to be read: two logs may begin with the same lines.
        """
        start = max(0, size - HEAD_BYTES)
        length = size - start
        return self._read_at > 0 or os.pread(self._opened(), length, start) == os.pread(copy, length, start)

    def read(self, size: int) -> Block:
        """Read at most so many bytes; the lines that are complete now."""
        start = self.offset
        data = os.pread(self._opened(), size, self._read_at)
        if not data:
            self.size = self._read_at  # it became shorter since the last look
            return Block(self.path, start, [])
        if self._read_at == len(self._first) < HEAD_BYTES:
            self._first += data[: HEAD_BYTES - len(self._first)]
        self._read_at += len(data)
        self.size = max(self.size, self._read_at)
        return Block(self.path, start, self._splitter.feed(data))

    def release(self) -> Block:
        """Give out the record that waits for its next line."""
        return Block(self.path, self.offset, self._splitter.release())

    def finish(self) -> Block:
        """Give out everything held, a last line without newline included."""
        return Block(self.path, self.offset, self._splitter.finish())

    def duplicate(self) -> int:
        """Give another descriptor of the same file."""
        return os.dup(self._opened())

    def close(self) -> None:
        """Close it; it is opened again by its path when it grows."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            if identity(os.fstat(descriptor)) != self.file:
                os.close(descriptor)
                raise FileNotFoundError(f"{self.path} is another file now")
            self._descriptor = descriptor
        return self._descriptor


def identity(status: os.stat_result) -> str:
    """Device and inode: what a file is called in the checkpoints."""
    return f"{status.st_dev}:{status.st_ino}"
