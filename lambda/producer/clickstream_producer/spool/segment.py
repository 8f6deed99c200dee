"""Frames: records on disk, in segments that are only ever appended to.

A frame is a header and the record as it will be sent. The header's commit word (length and CRC of what is written so
far, eight bytes at an aligned place) is stored after the bytes it covers, so that a process killed at any moment
leaves frames that are right up to the last event whose ``put`` returned. The writer stores through a memory map: that
is no system call, the kernel keeps the pages when the process dies, and blocks are reserved beforehand, so that a full
disk is an error when a segment is begun, not a crash in the middle.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from clickstream_producer._limits import SEGMENT_BYTES

_MAGIC: Final = 0x31465343  # "CSF1"
# In the machine's own byte order: only then is the commit word one store, which a kill cannot cut in two.
_HEADER: Final = struct.Struct("@IIdQII")  # magic, state, wall time, commit word, events, bytes of the key + 1
_STATE: Final = struct.Struct("@I")
_COMMIT: Final = struct.Struct("@Q")  # length, and the CRC above it
_SEAL: Final = struct.Struct("@I")
_STATE_AT: Final = 4
_COMMIT_AT: Final = 16
_SEAL_AT: Final = 24
_OPEN: Final = 0
_RELEASED: Final = 1


class RecordLocation(NamedTuple):
    """Where on the disk a record is."""

    segment: Segment
    offset: int

    def read(self) -> bytes | None:
        """Read the record; None when it is not what was written."""
        return self.segment.read(self.offset)

    def share(self) -> None:
        """Note that one more has to release it."""
        self.segment.share(self.offset)

    def release(self) -> None:
        """Note that the record needs no sending any more; its file goes with the last of its records."""
        self.segment.release(self.offset)


class StoredFrame(NamedTuple):
    """What a segment of an earlier process says of a record that is still to be sent."""

    offset: int
    wall_time: float
    size: int
    events: int
    key: str | None


class Segment:
    """One file of frames.

    Parameters
    ----------
    path
        The file; made, with its blocks reserved, when ``new``.

    Raises
    ------
    OSError
        The disk is full, or the file cannot be made.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        self.path = path
        self._live = 0
        self._shares: Counter[int] = Counter()  # of divided records: releases that do not settle the frame yet
        self._sealed = not new
        self._fd = os.open(path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if new else 0), 0o600)
        self._map: mmap.mmap | None = None
        if new:
            try:
                _reserve(self._fd)
                self._map = mmap.mmap(self._fd, SEGMENT_BYTES)
            except BaseException:
                os.close(self._fd)
                path.unlink()
                raise
        self._end = 0
        self._frame = 0
        self._length = 0
        self._crc = 0

    # Writing; one thread at a time, under the buffer's lock

    def begin(self, room: int, key: str | None) -> RecordLocation | None:
        """Begin a frame with room for so many bytes; None when the segment has not that much left."""
        encoded = b"" if key is None else key.encode()
        start = (self._end + 7) // 8 * 8
        data = start + _HEADER.size + len(encoded)
        if self._map is None or data + room > SEGMENT_BYTES:
            return None
        self._map[start + _HEADER.size : data] = encoded
        has_key = 0 if key is None else len(encoded) + 1
        self._map[start : start + _HEADER.size] = _HEADER.pack(_MAGIC, _OPEN, time.time(), 0, 0, has_key)
        self._frame, self._end, self._length, self._crc = start, data, 0, 0
        self._live += 1
        return RecordLocation(self, start)

    def append(self, event: bytes) -> None:
        """Store an event and its newline in the frame begun last."""
        assert self._map is not None
        line = event + b"\n"
        end = self._end + len(line)
        self._map[self._end : end] = line
        self._end = end
        self._length += len(line)
        self._crc = zlib.crc32(line, self._crc)
        _COMMIT.pack_into(self._map, self._frame + _COMMIT_AT, self._length | self._crc << 32)

    def seal(self, location: RecordLocation, events: int) -> None:
        """Note how many events a frame has."""
        if self._map is not None:
            _SEAL.pack_into(self._map, location.offset + _SEAL_AT, events)

    def finish(self) -> None:
        """Begin no more frames; the file goes when the last of its frames is released."""
        self._sealed = True
        if self._map is not None:
            self._map.close()
            self._map = None
        self.remove_if_released()

    # Reading and marking; by the sender, or under the buffer's lock

    def read(self, offset: int) -> bytes | None:
        """Read a record; None when it is not what was written."""
        try:
            _, _, _, commit, _, key = _HEADER.unpack(os.pread(self._fd, _HEADER.size, offset))
            length = commit & 0xFFFFFFFF
            data = os.pread(self._fd, length, offset + _HEADER.size + max(0, key - 1))
        except (OSError, struct.error):
            return None
        return data if len(data) == length and zlib.crc32(data) == commit >> 32 else None

    def share(self, offset: int) -> None:
        """Note that a record was divided: its frame is released once more often."""
        self._shares[offset] += 1

    def release(self, offset: int) -> None:
        """Note that a record needs no sending any more."""
        if self.gone:
            return
        if self._shares[offset]:
            self._shares[offset] -= 1
            return
        os.pwrite(self._fd, _STATE.pack(_RELEASED), offset + _STATE_AT)
        self._live -= 1
        self.remove_if_released()

    def frames(self) -> Iterator[StoredFrame]:
        """List what an earlier process left to be sent; the torn end of a file is left out."""
        offset = 0
        size = os.fstat(self._fd).st_size
        while offset + _HEADER.size <= size:
            magic, state, wall, commit, events, key = _HEADER.unpack(os.pread(self._fd, _HEADER.size, offset))
            length = commit & 0xFFFFFFFF
            data = offset + _HEADER.size + max(0, key - 1)
            if magic != _MAGIC or data + length > size:
                return
            if state == _OPEN and length:
                # The last frame may never have been sealed: its events are counted, once they are known to be right.
                events = events or (self.read(offset) or b"").count(b"\n")
                text = os.pread(self._fd, key - 1, offset + _HEADER.size).decode(errors="replace") if key else None
                if events:
                    self._live += 1
                    yield StoredFrame(offset, wall, length, events, text)
            offset = (data + length + 7) // 8 * 8

    @property
    def gone(self) -> bool:
        """Whether the file was removed or released."""
        return self._fd < 0

    def remove_if_released(self) -> bool:
        """Remove the file when no more frames will be begun and all are released; True when it is gone."""
        if self._sealed and not self._live and not self.gone:
            self.path.unlink(missing_ok=True)
            self.abandon()
        return self.gone

    def abandon(self) -> None:
        """Release the file without touching it, in a forked child or at the end."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self._map = None


def _reserve(fd: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(fd, 0, SEGMENT_BYTES)
    else:
        zeros = bytes(1024 * 1024)
        for offset in range(0, SEGMENT_BYTES, len(zeros)):
            os.pwrite(fd, zeros, offset)
