"""Open files within a budget: the limit of descriptors is shared with sockets and the checkpoint file."""

from __future__ import annotations

import errno
import logging
import os
import resource
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from clickstream_producer.agent.tracked_file import TrackedFile

log = logging.getLogger("clickstream_producer.agent")

MOST: Final = 16_384
"""Descriptors that are asked for, where the hard limit allows."""

RESERVE: Final = 64
"""Descriptors left to sockets, the checkpoint file and the interpreter; at most half of a low limit."""

KEPT: Final = 64
"""Files without unread bytes that stay open: what is deleted right after it was written can still be read."""

IDLE: Final = 600.0
"""Seconds without growth after which a file without unread bytes is closed."""


def raise_limit() -> int:
    """Raise the soft limit of descriptors as far as is useful; give back how many may be open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        log.info("the limit of open files is raised from %d to %d", soft, wanted)
        soft = wanted
    if soft == resource.RLIM_INFINITY:
        soft = MOST
    return max(1, min(MOST, soft) - min(RESERVE, soft // 2))


class Descriptors:
    """Opens and closes the files of one stream.

    Files with unread bytes come first. When there are more of them than descriptors, they take turns; a file that no
    path leads to any more keeps its own, since it could not be opened again.

    Parameters
    ----------
    most
        Files that may be open at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._unread: dict[TrackedFile, None] = {}  # the longest unused first, as in the next
        self._read: dict[TrackedFile, None] = {}
        self._warned = False

    def use(self, file: TrackedFile, descriptor: int | None = None) -> int:
        """Give the descriptor of a file that is about to be read, opening it if need be.

        Raises
        ------
        OSError
            It cannot be opened, or its path leads to another file now.
        """
        self._unread.pop(file, None)
        self._read.pop(file, None)
        if file.descriptor is None:
            self._make_room()
            file.descriptor = self._open(file) if descriptor is None else descriptor
        (self._unread if file.has_more else self._read)[file] = None
        return file.descriptor

    def settle(self, file: TrackedFile) -> None:
        """Note that a file was read: without unread bytes it is among those that may be closed."""
        if file.descriptor is not None and file in self._unread and not file.has_more:
            del self._unread[file]
            self._read[file] = None
            self._shrink()

    def release(self, file: TrackedFile) -> None:
        """Close a file."""
        self._unread.pop(file, None)
        self._read.pop(file, None)
        if file.descriptor is not None:
            descriptor, file.descriptor = file.descriptor, None
            with suppress(Exception):  # it was only read
                os.close(descriptor)

    def look(self) -> list[TrackedFile]:
        """Close what is idle; give the files that are open without unread bytes."""
        self._shrink()
        return list(self._read)

    def close(self) -> None:
        """Close all."""
        for file in [*self._unread, *self._read]:
            self.release(file)

    def _open(self, file: TrackedFile) -> int:
        try:
            descriptor = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE) or not (self._unread or self._read):
                raise
            self._most = max(1, (len(self._unread) + len(self._read)) // 2)  # others took what was left
            self._make_room()
            descriptor = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        status = os.fstat(descriptor)
        if f"{status.st_dev}:{status.st_ino}" != file.file:
            os.close(descriptor)
            raise FileNotFoundError(errno.ENOENT, "its path leads to another file now")
        return descriptor

    def _make_room(self) -> None:
        while len(self._unread) + len(self._read) >= self._most:
            closed = next((file for files in (self._read, self._unread) for file in files if not file.vanished), None)
            if closed is None:
                return
            if closed in self._unread and not self._warned:
                self._warned = True
                log.warning(
                    "more files have unread lines than the %d that may be open: they take turns, and what is deleted "
                    "before its turn is lost; raise the limit (LimitNOFILE= of a systemd unit, ulimit -n)",
                    self._most,
                )
            self.release(closed)

    def _shrink(self) -> None:
        for file in list(self._read)[: max(1, len(self._read) - KEPT)]:
            if not file.vanished and (len(self._read) > KEPT or file.quiet_for(IDLE)):
                self.release(file)
