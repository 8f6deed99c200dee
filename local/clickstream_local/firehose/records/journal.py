"""Accepted records on disk until they are delivered, so that they outlive the process."""

from __future__ import annotations

import contextlib
import struct
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

SEGMENT_BYTES = 8 * 1024 * 1024
_FRAME = struct.Struct(">qI")
_SUFFIX = ".records"


class Segment:
    """One file of records; it is deleted when no more are written to it and all of them are settled."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = path.open("xb", buffering=0)
        self._unsettled = 0
        self.size = 0

    def append(self, records: Sequence[tuple[int, bytes]]) -> None:
        """Write arrival and data of some records. Raises ``OSError``; then none of them counts as written."""
        assert self._file is not None
        frames = b"".join([_FRAME.pack(arrival, len(data)) + data for arrival, data in records])
        written = self._file.write(frames)
        if written != len(frames):
            self._file.truncate(self.size)
            self._file.seek(self.size)
            raise OSError(28, "No space left on device")
        self.size += written
        self._unsettled += len(records)

    def more(self, count: int) -> None:
        """So many more have to be settled: parts of a record, or its copy in the backup."""
        self._unsettled += count

    def settle(self) -> None:
        """One is delivered, written under the error prefix, or dropped."""
        self._unsettled -= 1
        if not self._unsettled and self._file is None:
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Write no more to it."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if not self._unsettled:
            self._path.unlink(missing_ok=True)


class Journal:
    """The segments of one stream, in a directory of its own.

    What is written survives the end of the process, however it ends; it is not forced onto the disk, so it may not
    survive that of the machine.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._left = sorted(directory.glob(f"*{_SUFFIX}"))
        self._segment: Segment | None = None

    def append(self, records: Sequence[tuple[int, bytes]]) -> Segment:
        """Write arrival (epoch milliseconds) and data of some records. Raises ``OSError``."""
        if self._segment is not None and self._segment.size >= SEGMENT_BYTES:
            self.close()
        if self._segment is None:
            self._segment = Segment(self._directory / f"{uuid.uuid4().hex}{_SUFFIX}")
        self._segment.append(records)
        return self._segment

    def left(self) -> Iterator[list[tuple[int, bytes]]]:
        """The records that an earlier process left, segment by segment; a segment goes when the next is asked for."""
        for path in self._left:
            yield list(_frames(path.read_bytes()))
            path.unlink(missing_ok=True)
        self._left = []

    def close(self) -> None:
        """End the current segment."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def remove(self) -> None:
        """Forget everything."""
        self.close()
        for path in self._directory.glob(f"*{_SUFFIX}"):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._directory.rmdir()


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The whole records of a segment; what was cut off by the end of the process was never accepted."""
    position = 0
    while position + _FRAME.size <= len(data):
        arrival, length = _FRAME.unpack_from(data, position)
        position += _FRAME.size
        if position + length > len(data):
            return
        yield arrival, data[position : position + length]
        position += length
