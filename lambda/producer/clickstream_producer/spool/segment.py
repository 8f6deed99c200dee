"""Frames: records on disk, in segments that are only ever appended to.

A frame is a header and the record as it will be sent. The header's commit word (length and CRC of what is written so
far, eight bytes at an aligned place) is stored after the bytes it covers, so that a process killed at any moment
leaves frames that are right up to the last event whose ``put`` returned. The writer stores through a memory map: that
is no system call, the kernel keeps the pages when the process dies, and blocks are reserved beforehand, so that a full
disk is an error when a segment is begun, not a crash in the middle. What a store cannot survive is a file that another
process has cut short (SIGBUS), so the length is asked before each.

A reader believes nothing that it has not checked: the CRC of the header's constant part, and of the record. After what
it does not understand it goes on at the next header that is right, so damage costs the frames that it is in.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from clickstream_producer._limits import SEGMENT_BYTES

_MAGIC: Final = 0x32465343  # "CSF2"
# In the machine's own byte order: only then is the commit word one store, which a kill cannot cut in two.
_HEADER: Final = struct.Struct("@IIQdIIII")  # magic, state, commit word, created, boot, bytes of the key + 1, CRC, seal
_MARK: Final = struct.pack("@I", _MAGIC)
_STATE: Final = struct.Struct("@I")
_COMMIT: Final = struct.Struct("@Q")  # length, and the CRC above it
_SEAL: Final = struct.Struct("@I")  # number of events, and its complement above it
_STATE_AT: Final = 4
_COMMIT_AT: Final = 8
_CONSTANT: Final = slice(16, 32)  # from `created` to the length of the key; the CRC is of it and the key
_SEAL_AT: Final = 36
# Far from each other, so that no flipped bit makes one of the other: a frame is done only where it says so in full.
_OPEN: Final = 0x4E45504F
_RELEASED: Final = 0x454E4F44


class RecordLocation(NamedTuple):
    """Where on the disk a record is."""

    segment: Segment
    offset: int

    def read(self) -> bytes | None:
        """Read the record; None when it is not what was written. Raises ``OSError`` where the disk fails."""
        return self.segment.read(self.offset)

    def share(self) -> None:
        """Note that one more has to release it."""
        self.segment.share(self.offset)

    def release(self) -> None:
        """Note that the record needs no sending any more; its file goes with the last of its records."""
        self.segment.release(self.offset)


class StoredFrame(NamedTuple):
    """What a segment of an earlier process says of a record that is still to be sent.

    ``created`` is on this machine's monotonic clock since it was booted, and None where that was another time or
    machine: a clock that steps says nothing of an age.
    """

    offset: int
    created: float | None
    size: int
    events: int
    key: str | None


class Segment:
    """One file of frames.

    Parameters
    ----------
    path
        The file; made, with its blocks reserved, when ``new``.
    set_aside
        Takes the file out of the spool when it is damaged and no frame of it is to be sent any more.
    tell
        Takes what went wrong, where nothing is lost by going on.

    Attributes
    ----------
    damaged
        Whether something in the file was not understood.

    Raises
    ------
    OSError
        The disk is full, or the file cannot be made.
    """

    def __init__(
        self, path: Path, *, new: bool, set_aside: Callable[[Path], None], tell: Callable[[str], None]
    ) -> None:
        self.path = path
        self.damaged = False
        self._set_aside = set_aside
        self._tell = tell
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
        # The frame begun last: where it and its record begin, length and CRC of that. In one: no signal handler that
        # raises leaves a part of it.
        self._frame = 0, 0, 0, 0

    # Writing; one thread at a time, under the buffer's lock

    def begin(self, room: int, key: str | None) -> RecordLocation | None:
        """Begin a frame with room for so many bytes; None when the segment has not that much left."""
        encoded = b"" if key is None else key.encode()
        _, data, length, _ = self._frame
        start = (data + length + 7) // 8 * 8
        data = start + _HEADER.size + len(encoded)
        if self._map is None or data + room > SEGMENT_BYTES:
            return None
        self._check_length()
        has_key = 0 if key is None else len(encoded) + 1
        constant = struct.pack("@dII", time.monotonic(), _boot(), has_key)
        check = zlib.crc32(constant + encoded, _MAGIC)
        self._map[start + _HEADER.size : data] = encoded
        self._map[start : start + _HEADER.size] = b"".join(
            (_MARK, _STATE.pack(_OPEN), bytes(_COMMIT.size), constant, struct.pack("@II", check, 0))
        )
        self._frame = start, data, 0, 0
        self._live += 1
        return RecordLocation(self, start)

    def append(self, lines: bytes) -> None:
        """Store events, each ended by a newline, in the frame begun last."""
        self._check_length()
        assert self._map is not None
        frame, data, before, crc = self._frame
        length, crc = before + len(lines), zlib.crc32(lines, crc)
        self._map[data + before : data + length] = lines
        _COMMIT.pack_into(self._map, frame + _COMMIT_AT, length | crc << 32)
        self._frame = frame, data, length, crc

    def seal(self, location: RecordLocation, events: int) -> None:
        """Note how many events a frame has: a reader who knows it need not count."""
        if self._map is not None:
            with suppress(Exception):  # what is stored next tells it
                self._check_length()
                _SEAL.pack_into(self._map, location.offset + _SEAL_AT, _sealed(events))

    def finish(self) -> None:
        """Begin no more frames; the file goes when the last of its frames is released."""
        self._sealed = True
        if self._map is not None:
            self._map.close()
            self._map = None
        self.remove_if_released()

    def fail(self) -> None:
        """Note that storing has failed: the frame begun last is nobody's, no other is begun."""
        self.damaged = True
        self._live -= 1
        self.finish()

    def _check_length(self) -> None:
        if os.lseek(self._fd, 0, os.SEEK_END) < SEGMENT_BYTES:
            raise OSError(errno.EIO, "another process has cut the file short", str(self.path))

    # Reading and marking; by the sender, or under the buffer's lock

    def read(self, offset: int) -> bytes | None:
        """Read a record; None when it is not what was written.

        Raises
        ------
        OSError
            The disk fails: it may not another time.
        """
        header = os.pread(self._fd, _HEADER.size, offset)
        if len(header) == _HEADER.size:
            _, _, commit, _, _, key, _, _ = _HEADER.unpack(header)
            data = os.pread(self._fd, commit & 0xFFFFFFFF, offset + _HEADER.size + max(0, key - 1))
            if len(data) == commit & 0xFFFFFFFF and zlib.crc32(data) == commit >> 32:
                return data
        self.damaged = True
        return None

    def share(self, offset: int) -> None:
        """Note that a record was divided: its frame is released once more often."""
        self._shares[offset] += 1

    def release(self, offset: int) -> None:
        """Note that a record needs no sending any more; never raises."""
        if self.gone:
            return
        if self._shares[offset]:
            self._shares[offset] -= 1
            return
        try:
            os.pwrite(self._fd, _STATE.pack(_RELEASED), offset + _STATE_AT)
        except Exception as error:  # what was sent is sent, whatever it is
            self._tell(
                f"{self.path}: a record cannot be marked as done ({reason_of(error)}); a later process may repeat it"
            )
        self._live -= 1
        self.remove_if_released()

    def frames(self) -> Iterator[StoredFrame]:
        """List what an earlier process left to be sent; frames whose record is not right are among them, to be counted.

        What is not understood marks the segment as damaged. The torn end that a kill leaves behind the last event is
        none.
        """
        data = os.pread(self._fd, SEGMENT_BYTES, 0)
        self.damaged = len(data) != SEGMENT_BYTES
        end, skipping, seal = 0, False, _sealed(0)
        while (found := _next_header(data, end)) is not None:
            start, (_, state, commit, created, boot, key, _, seal) = found
            self.damaged |= start > end and not skipping
            length, begin = commit & 0xFFFFFFFF, start + _HEADER.size + max(0, key - 1)
            record = data[begin : begin + length]
            right = len(record) == length and zlib.crc32(record) == commit >> 32
            if state != _RELEASED:
                self.damaged |= not right
                count = seal & 0xFFFF
                events = count if seal == _sealed(count) else record.count(b"\n") if right else 0
                if events:
                    self._live += 1
                    text = data[start + _HEADER.size : begin].decode(errors="replace") if key else None
                    since = min(created, time.monotonic()) if boot == _boot() else None
                    yield StoredFrame(start, since, length, events, text)
            end, skipping = ((begin + length + 7) // 8 * 8, False) if right else (start + 8, True)
        # Behind the last event there may be a part of one more; whoever ended the frame was not killed in it.
        self.damaged |= seal != 0 and not skipping and bool(data[end:].strip(b"\0"))

    @property
    def gone(self) -> bool:
        """Whether the file was removed or released."""
        return self._fd < 0

    def remove_if_released(self) -> bool:
        """Remove the file when no more frames will be begun and all are released; True when it is gone. Never raises.

        A damaged one is set aside.
        """
        if self._sealed and self._live <= 0 and not self.gone:
            try:
                if self.damaged:
                    self._set_aside(self.path)
                else:
                    self.path.unlink(missing_ok=True)
            except Exception as error:
                self._tell(
                    f"{self.path}: the file cannot be removed ({reason_of(error)}); a later process may repeat it"
                )
            self.abandon()
        return self.gone

    def abandon(self) -> None:
        """Release the file without touching it, in a forked child or at the end."""
        if self._fd >= 0:
            descriptor, self._fd = self._fd, -1
            with suppress(Exception):
                os.close(descriptor)
        self._map = None


def reason_of(error: Exception) -> str:
    """Say why in a few words: an error of the system's by its text, another one by its class."""
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__


def _next_header(data: bytes, position: int) -> tuple[int, tuple[Any, ...]] | None:
    """Find the next header that is right, and its place."""
    while (position := data.find(_MARK, position)) >= 0:
        header = data[position : position + _HEADER.size]
        if position % 8 == 0 and len(header) == _HEADER.size:
            fields = _HEADER.unpack(header)
            key = data[position + _HEADER.size : position + _HEADER.size + max(0, fields[5] - 1)]
            if zlib.crc32(header[_CONSTANT] + key, _MAGIC) == fields[6]:
                return position, fields
        position += 1
    return None


def _sealed(events: int) -> int:
    return events | (~events & 0xFFFF) << 16


@cache
def _boot() -> int:
    """Tell one boot of a machine from another; 0 where the system does not."""
    try:
        return zlib.crc32(Path("/proc/sys/kernel/random/boot_id").read_bytes())
    except Exception:
        return 0


def _reserve(fd: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(fd, 0, SEGMENT_BYTES)
    else:
        zeros = bytes(1024 * 1024)
        for offset in range(0, SEGMENT_BYTES, len(zeros)):
            os.pwrite(fd, zeros, offset)
