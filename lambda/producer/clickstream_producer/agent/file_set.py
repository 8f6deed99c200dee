"""The files of one pattern: which are there, which were renamed, cut off, copied or removed."""

from __future__ import annotations

import glob
import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clickstream_producer.agent.checkpoints import Checkpoints, Position
from clickstream_producer.agent.head import HEAD_BYTES
from clickstream_producer.agent.line_splitter import LineSplitter
from clickstream_producer.agent.options import FlowOptions, compiled
from clickstream_producer.agent.rotated_copy import is_copy_name, unpacked_rest
from clickstream_producer.agent.tracked_file import TrackedFile, identity

log = logging.getLogger("clickstream_producer.agent")

COMPRESSED: Final = (".gz", ".bz2", ".xz", ".zst", ".zip")
"""Never followed: rotation makes them of files that were read."""

_IDLE: Final = 600.0
"""Seconds without growth after which a file is closed; it is opened again when it grows."""


_CUT_KEPT: Final = 3600.0
"""Seconds that a copy of what was cut off a file is looked for: compressing a large one takes a while."""


class FileSet:
    """Finds the files of a flow and keeps their positions.

    A file is its device and inode, so a rename changes nothing. What is shorter than what was read of it, or begins
    with other bytes, was truncated (``copytruncate``) or is a new file with an old inode number: it is read from its
    start, and what was not read of the former content is looked for in a copy beside it, also a gzip one.

    Parameters
    ----------
    options
        Pattern, start position, form of the records.
    checkpoints
        Where positions are saved.
    """

    def __init__(self, options: FlowOptions, checkpoints: Checkpoints) -> None:
        self._options = options
        self._checkpoints = checkpoints
        self._multi_line = compiled(options.multi_line, "multi_line") if options.multi_line else None
        self._tracked: dict[str, TrackedFile] = {}
        self._saved = {position.file: position for position in checkpoints.load(options.name)}
        self._cuts = {file: self._saved.pop(file) for file, p in list(self._saved.items()) if p.state == "cut"}
        self._copies: dict[str, TrackedFile] = {}
        self._from_end = options.start == "end" and not checkpoints.known(options.name)
        self._first_scan = True
        self._stored: dict[str, Position] = dict(self._cuts)
        self._gone: set[str] = set()
        self._announced = False
        self._unpacked: set[tuple[str, int]] = set()
        self._complained: set[str] = set()

    def __iter__(self) -> Iterator[TrackedFile]:
        """Rotated files first: their lines are older."""
        return iter(sorted(self._tracked.values(), key=lambda file: (not file.rotated, file.changed_at)))

    def scan(self) -> None:
        """Look for new, renamed, truncated and removed files."""
        listing = self._listing()
        known = [file for file in listing if file in self._saved]
        self._copies = {file: original for file, original in self._copies.items() if file in listing}
        for tracked in list(self._tracked.values()):
            self._update(tracked, listing.get(tracked.file))
        # Those with a saved position first: what was cut off them is known before a copy of it is met.
        fresh = [file for file in listing if file not in self._tracked and file not in self._saved]
        for file in [*known, *fresh]:
            path, status = listing[file]
            try:
                self._discover(file, path, status)
            except OSError as error:
                self._complain(path, error)
        for cut in list(self._cuts.values()):
            if time.time() - _cut_at(cut) > _CUT_KEPT:
                self._found(cut)
        gone = (
            [position for position in self._saved.values() if position.state != "finished"] if self._first_scan else []
        )
        self._look_in_gzip([*self._cuts.values(), *gone])
        self._first_scan = False

    def save(self) -> None:
        """Save where every file stands; only when every line given out is acknowledged."""
        now = {file.file: file.position() for file in self._tracked.values()} | self._cuts
        changed = [position for file, position in now.items() if self._stored.get(file) != position]
        self._gone -= now.keys()
        if changed or self._gone or not self._announced:
            self._checkpoints.save(self._options.name, changed, self._gone)
            self._announced = True
        self._gone = set()
        self._stored = now
        for file in [file for file in self._tracked.values() if now[file.file].state == "finished"]:
            file.close()
            del self._tracked[file.file]
            self._saved[file.file] = now[file.file]  # it may come back

    def forget(self, age: float) -> None:
        """Forget positions of files that have been gone for so many seconds; only after a scan has met those here."""
        self._checkpoints.forget(self._options.name, age, self._tracked)

    def behind(self) -> int:
        """Bytes that are there and not read yet."""
        # A list first: the thread that writes statistics asks, while the flow's own changes the dictionary.
        return sum(max(0, file.size - file.offset) for file in list(self._tracked.values()))

    def close(self) -> None:
        """Close all files."""
        for file in self._tracked.values():
            file.close()

    def _listing(self) -> dict[str, tuple[str, os.stat_result]]:
        found: dict[str, tuple[str, os.stat_result]] = {}
        for path in _matches(self._options.pattern):
            if path.lower().endswith(COMPRESSED):
                continue
            try:
                status = Path(path).stat()
            except OSError:
                continue  # renamed or removed since the glob: the next scan sees where it is
            if stat.S_ISREG(status.st_mode):
                found.setdefault(identity(status), (path, status))  # a link leads to a file that is met once
        return found

    def _update(self, file: TrackedFile, found: tuple[str, os.stat_result] | None) -> None:
        try:
            if found is None:
                file.vanished = file.rotated = True
                file.look_again()
                return
            path, status = found
            file.vanished = False
            renamed = path != file.path
            file.path, file.rotated = path, file.rotated or renamed
            if not file.look(status):
                self._truncated(file, rotated=renamed)
            elif file.is_open and not file.has_more and file.quiet_for(_IDLE):
                file.close()
        except OSError as error:
            self._complain(file.path, error)

    def _truncated(self, file: TrackedFile, *, rotated: bool) -> None:
        log.info("%s was truncated: it is read from its start", file.path)
        self._cut(file.position())
        descriptor = file.duplicate()
        file.close()
        self._track(file.file, file.path, descriptor, _first_data(descriptor), rotated=rotated)

    def _discover(self, file: str, path: str, status: os.stat_result) -> None:
        if not status.st_size and file not in self._saved:
            return  # nothing to lose, and a copy in the making begins like this
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # If it was renamed since the look at the folder, the path leads to another file; the next scan finds it.
            same = identity(os.fstat(descriptor)) == file
            beginning = self._beginning(file, path, descriptor) if same else None
        except OSError:
            os.close(descriptor)
            raise
        if beginning is None:
            os.close(descriptor)
        else:
            offset, rotated = beginning
            self._track(file, path, descriptor, offset, rotated=rotated)

    def _beginning(self, file: str, path: str, descriptor: int) -> tuple[int, bool] | None:
        """Where to begin in a file that was not there before, and whether it was rotated; None: not to be read yet."""
        size = os.fstat(descriptor).st_size
        first = os.pread(descriptor, HEAD_BYTES, 0)
        saved = self._saved.pop(file, None)
        if saved is not None:
            self._stored[file] = saved
            if size >= saved.offset and saved.head.begins(first):
                return saved.offset, path != saved.path or saved.state == "rotated"
            if saved.state != "finished":
                self._cut(saved)
        elif self._first_scan and self._from_end:
            return _last_line(descriptor, size), False
        for cut in list(self._cuts.values()):
            if is_copy_name(path, cut.path, cut.head.length) and size >= cut.offset and cut.head.begins(first):
                self._found(cut)
                return cut.offset, True
        original = self._original(path, descriptor, first, size)
        if original is not None:
            self._copies[file] = original  # what it holds is read from the original, until that is cut off
            return None
        copied = self._copies.pop(file, None)
        if copied is not None and copied.rotated and copied.first and first.startswith(copied.first[: len(first)]):
            return size, True  # a backup of a file that was read
        return _first_data(descriptor), False

    def _original(self, path: str, descriptor: int, first: bytes, size: int) -> TrackedFile | None:
        """Find the file that this one is a copy of, so far: a live one whose beginning is the same."""
        for file in self._tracked.values():
            both = min(len(first), len(file.first))
            if file.rotated or not is_copy_name(path, file.path, both) or first[:both] != file.first[:both]:
                continue
            if file.may_have_held(size) and file.continues_like(descriptor, size):
                return file
        return None

    def _cut(self, position: Position) -> None:
        """Remember content that is no longer in its file; there may be a copy of it."""
        if position.head.length:
            file = f"cut:{position.file}:{time.time_ns()}"
            self._cuts[file] = position._replace(file=file, state="cut")

    def _found(self, cut: Position) -> None:
        del self._cuts[cut.file]
        self._gone.add(cut.file)

    def _look_in_gzip(self, wanted: list[Position]) -> None:
        """Files that were rotated and compressed before they were read to their end: read the rest from the .gz."""
        pattern = self._options.pattern
        paths = {*_matches(pattern), *_matches(f"{pattern}.gz")} if wanted else ()
        for path in sorted(path for path in paths if path.endswith(".gz")):
            for position in wanted:
                if path == position.path or is_copy_name(path, position.path, HEAD_BYTES):
                    self._continue_in_gzip(path, position)

    def _continue_in_gzip(self, path: str, position: Position) -> None:
        try:
            status = Path(path).stat()
            look = (f"{identity(status)} {position.file}", status.st_mtime_ns)
            if look in self._unpacked or identity(status) in self._tracked:
                return
            descriptor = unpacked_rest(path, position)
        except (OSError, EOFError):
            return  # still being written
        self._unpacked.add(look)
        if descriptor is not None:
            log.info("%s holds the rest of %s", path, position.path)
            if position.state == "cut":
                self._found(position)
            else:
                self._saved.pop(position.file, None)
                self._gone.add(position.file)
            self._track(identity(status), path, descriptor, position.offset, rotated=True)

    def _track(self, file: str, path: str, descriptor: int, offset: int, *, rotated: bool = False) -> None:
        splitter = LineSplitter(self._multi_line, self._options.skip_header_lines if offset == 0 else 0)
        self._tracked[file] = TrackedFile(file, path, descriptor, offset, splitter, rotated=rotated)
        log.info("%s is read from byte %d on", path, offset)

    def _complain(self, path: str, error: OSError) -> None:
        if path not in self._complained:
            self._complained.add(path)
            log.warning("%s cannot be read: %s", path, error.strerror or error)


def _cut_at(cut: Position) -> float:
    return int(cut.file.rsplit(":", 1)[1]) / 1e9


def _matches(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  (Path.glob takes no absolute pattern)


def _first_data(descriptor: int) -> int:
    """Where the content begins: 0, but after the hole that a writer leaves which is not in append mode."""
    try:
        return os.lseek(descriptor, 0, os.SEEK_DATA)
    except OSError:
        return 0  # an empty file, or a file system without holes


def _last_line(descriptor: int, size: int) -> int:
    """Where the last line begins if it has no newline yet, else the end."""
    end = size
    while end > 0:
        start = max(0, end - 65_536)
        newline = os.pread(descriptor, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
