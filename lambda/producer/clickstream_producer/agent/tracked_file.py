"""One file that is followed: where it is, how far it was read, what it holds up to there."""

from __future__ import annotations

import codecs
import os
import time
from typing import Final, NamedTuple

from clickstream_producer.agent.checkpoints import Position, State
from clickstream_producer.agent.fingerprint import WINDOW, Fingerprint, digest
from clickstream_producer.agent.line_splitter import LineSplitter

VANISHED: Final = 60.0
"""Seconds that a file without a path is kept open after its last growth: its writer may not know yet."""

_LONG_AGO: Final = 7 * 86_400.0


class Block(NamedTuple):
    """Lines read in one go, and where the first of them begins in the file."""

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
    flow
        Number of the flow that its lines belong to.
    fingerprint
        What is before the byte to begin at.
    splitter
        Makes its lines.
    state
        As in :class:`Position`.

    Attributes
    ----------
    descriptor
        It, open for reading; None while it is closed.
    size, modified_ns
        Bytes it had at the last look, and when it was written.
    changed_at
        When it was last seen to grow, on the monotonic clock; at first by the time of its last write.
    given
        What is before the first byte that was in no line given out.
    original
        The file that this one is a copy of, while its lines are read from that one.
    sample
        Digest of its beginning, by which it is found as the original of a copy; empty while it is short.
    sent, left_out
        Lines of it since it is followed.
    """

    __slots__ = (
        "_read", "_splitter", "changed_at", "descriptor", "file", "flow", "given", "left_out", "modified_ns",
        "original", "path", "rotated", "sample", "seen", "sent", "size", "state", "vanished",
    )  # fmt: skip

    def __init__(
        self,
        file: str,
        path: str,
        flow: int,
        fingerprint: Fingerprint,
        splitter: LineSplitter,
        state: State = "open",
    ) -> None:
        self.file = file
        self.path = path
        self.flow = flow
        self.descriptor: int | None = None
        self.size = self.modified_ns = 0
        self.changed_at = 0.0
        self.given = self._read = fingerprint
        self._splitter = splitter
        self.state: State = state
        self.rotated = state == "rotated"
        self.vanished = False
        self.seen = 0
        self.original: str | None = None
        self.sample = b""
        self.sent = self.left_out = 0

    @property
    def offset(self) -> int:
        """Where the first byte stands that was in no line given out."""
        return self._read.length - self._splitter.held

    @property
    def has_more(self) -> bool:
        """Whether it had unread bytes at the last look."""
        return self.size > self._read.length and self.state != "copy"

    @property
    def holds(self) -> bool:
        """Whether bytes were read that are in no line given out."""
        return self._splitter.held > 0

    @property
    def last_line(self) -> bytes:
        """The last line so far, without its newline."""
        return self._splitter.partial

    @property
    def unmatched(self) -> int:
        """Records given out whose first line is not one that a record begins with."""
        return self._splitter.unmatched

    @property
    def waits_for_next(self) -> bool:
        """Whether a record of whole lines is held, since the next line may belong to it."""
        return self._splitter.waits_for_next

    def position(self) -> Position:
        """Say what to save when every line given out is acknowledged."""
        state: State = self.state
        if state != "copy":
            state = "rotated" if self.rotated else "open"
            if self.is_finished():
                state = "finished"
        return Position(self.file, self.path, self.given, state)

    def is_finished(self) -> bool:
        """Whether it is gone, read to its end, and its writer has been quiet for long enough."""
        return self.vanished and not self.has_more and not self.holds and self.quiet_for(VANISHED)

    def quiet_for(self, seconds: float) -> bool:
        """Whether it has not grown for so long."""
        return time.monotonic() - self.changed_at >= seconds

    def meet(self, status: os.stat_result) -> None:
        """Take a first look."""
        self.look(status)
        self.changed_at -= min(max(0.0, time.time() - status.st_mtime), _LONG_AGO)

    def look(self, status: os.stat_result) -> bool:
        """Note size and time; whether they changed."""
        if status.st_size == self.size and status.st_mtime_ns == self.modified_ns:
            return False
        self.size = status.st_size
        self.modified_ns = status.st_mtime_ns
        self.changed_at = time.monotonic()
        return True

    def is_still_the_same(self, descriptor: int) -> bool:
        """Whether it holds what was read of it."""
        return self._read.is_of(descriptor)

    def read(self, descriptor: int, size: int) -> Block | None:
        """Read at most so many bytes; the lines that are complete now. None: it does not hold what was read of it."""
        start = self._read.length
        base = max(0, start - WINDOW)
        data = os.pread(descriptor, start - base + size, base)
        if digest(data[: start - base]) != self._read.tail:
            return None
        if base and digest(os.pread(descriptor, WINDOW, 0)) != self._read.head:
            return None
        new = data[start - base :]
        begins, in_header = self.offset, self._splitter.skips
        lines = self._splitter.feed(new)
        if new:
            self._read = self._at(descriptor, data, base, start + len(new))
            self.given = self._at(descriptor, data, base, self.offset)
            self.size = max(self.size, self._read.length)
        else:
            self.size = start  # it became shorter since the last look
        if in_header:
            begins = self.offset - sum(len(line) + 1 for line in lines)
        return Block(begins, lines)

    def release(self, descriptor: int) -> Block:
        """Give out the record that waits for its next line."""
        block = Block(self.offset, self._splitter.release())
        self.given = Fingerprint.read(descriptor, self.offset) or self.given
        return block

    def finish(self) -> Block:
        """Give out everything held, a last line without newline included."""
        block = Block(self.offset, self._splitter.finish())
        self.given = self._read
        return block

    def restart(self, fingerprint: Fingerprint, splitter: LineSplitter) -> None:
        """Go on at another byte; what is held is read again."""
        self.given = self._read = fingerprint
        self._splitter = splitter

    def _at(self, descriptor: int, data: bytes, base: int, offset: int) -> Fingerprint:
        """Make the fingerprint of a position from what was just read, which begins at ``base``."""
        if offset in (self._read.length, self.given.length):
            return self._read if offset == self._read.length else self.given
        if not base:
            return Fingerprint.of(data[:offset])
        if offset - base >= WINDOW:
            return Fingerprint(offset, self._read.head, digest(data[offset - base - WINDOW : offset - base]))
        return Fingerprint.read(descriptor, offset) or self.given


def identity(status: os.stat_result) -> str:
    """Device and inode: what a file is called in the checkpoints."""
    return f"{status.st_dev}:{status.st_ino}"


def beginning(descriptor: int) -> int:
    """Where the content begins.

    0, but after a byte order mark of UTF-8, and after the hole that a writer leaves which is not in append mode.
    """
    if os.pread(descriptor, 3, 0) == codecs.BOM_UTF8:
        return 3
    try:
        return os.lseek(descriptor, 0, os.SEEK_DATA)
    except OSError:
        return 0  # an empty file, or a file system without holes


def other_encoding(first: bytes) -> str | None:
    """Name an encoding that the first bytes of a file are in, if it is one that no line can be read of."""
    if first.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    pairs = first[:64]
    if len(pairs) >= 4 and len(pairs) % 2 == 0:
        for zeros, texts in ((pairs[1::2], pairs[::2]), (pairs[::2], pairs[1::2])):
            if not any(zeros) and all(texts):
                return "UTF-16 without a byte order mark"
    return None
