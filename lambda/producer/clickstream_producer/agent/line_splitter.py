"""Bytes to lines, and lines to records of several lines."""

from __future__ import annotations

import re
from typing import Final

from clickstream_producer._limits import MAX_EVENT_BYTES

TOO_LONG: Final = f"it is longer than {MAX_EVENT_BYTES:,} bytes, the most that a record can hold"
"""What is said of a line above the limit: of a cut one the producer would only say that it is no JSON."""


MAX_LINES: Final = 500
"""Most lines of a record; what follows is a record of its own, so that a pattern that never matches costs no memory."""


class LineSplitter:
    """Cuts what is read from a file into lines, or into records that begin with a line of a pattern.

    Only complete ones are given out: a last line without its newline is held, and so is a last record, whose next line
    may still come. A line above the limit of an event is held and given out cut to one byte above it, so that it is
    refused without ever being in memory as a whole.

    Parameters
    ----------
    start
        What the first line of a record begins with; None: each line is a record.
    skip
        Lines to leave out first.

    Attributes
    ----------
    held
        Bytes taken in that belong to no record given out.
    unmatched
        Records given out whose first line is not one that a record begins with.
    """

    __slots__ = ("_beyond", "_group", "_group_bytes", "_partial", "_skip", "_start", "unmatched")

    def __init__(self, start: re.Pattern[bytes] | None = None, skip: int = 0) -> None:
        self._start = start
        self._skip = skip
        self._partial = b""
        self._beyond = 0
        self._group: list[bytes] = []
        self._group_bytes = 0
        self.unmatched = 0

    @property
    def held(self) -> int:
        """Bytes taken in that belong to no record given out."""
        return len(self._partial) + self._beyond + self._group_bytes

    @property
    def skips(self) -> bool:
        """Whether there are lines to leave out."""
        return self._skip > 0

    @property
    def partial(self) -> bytes:
        """The last line so far, without its newline."""
        return self._partial

    @property
    def waits_for_next(self) -> bool:
        """Whether whole lines are held, since the next may belong to the same record."""
        return bool(self._group)

    def feed(self, data: bytes) -> list[bytes]:
        """Take in what was read next; give out the records it completes."""
        if self._skip:
            return self._after_header(data)
        lines = data.split(b"\n")
        if self._partial:
            lines[0] = self._partial if self._beyond else self._partial + lines[0]
            if self._beyond and len(lines) == 1:
                self._beyond += len(data)
                return []
        self._beyond = 0
        self._partial = lines.pop()
        if len(self._partial) > MAX_EVENT_BYTES:
            self._beyond = len(self._partial) - MAX_EVENT_BYTES - 1
            self._partial = self._partial[: MAX_EVENT_BYTES + 1]
        return lines if self._start is None else self._grouped(lines)

    def release(self) -> list[bytes]:
        """Give out the record that waits for its next line."""
        record = [b"\n".join(self._group)] if self._group else []
        if self._group and self._start is not None and not self._start.match(self._group[0]):
            self.unmatched += 1
        self._group = []
        self._group_bytes = 0
        return record

    def finish(self) -> list[bytes]:
        """Give out everything that is held, a last line without newline included: no more will come."""
        if self._partial:
            records = self.feed(b"\n")
            return records + self.release()
        return self.release()

    def _after_header(self, data: bytes) -> list[bytes]:
        """Leave out the header, but only as a whole: until it is complete, its bytes count as held."""
        *header, rest = (self._partial + data).split(b"\n", self._skip)
        if len(header) < self._skip:
            self._partial += data
            return []
        self._skip = 0
        self._partial = b""
        return self.feed(rest)

    def _grouped(self, lines: list[bytes]) -> list[bytes]:
        assert self._start is not None
        records = []
        for line in lines:
            if self._start.match(line) or self._group_bytes > MAX_EVENT_BYTES or len(self._group) >= MAX_LINES:
                records += self.release()
            self._group.append(line)
            self._group_bytes += len(line) + 1
        return records
