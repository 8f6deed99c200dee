"""The files of the flows into one stream: which are there, which were renamed, cut off, copied or removed."""

from __future__ import annotations

import gzip
import logging
import os
import re
import stat
import threading
import time
import traceback
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickstream_producer.agent.checkpoints import Checkpoints, Position, State
from clickstream_producer.agent.content_index import ContentIndex
from clickstream_producer.agent.descriptors import Descriptors
from clickstream_producer.agent.fingerprint import NOTHING, Fingerprint, digest
from clickstream_producer.agent.former_contents import FormerContents
from clickstream_producer.agent.line_splitter import LineSplitter
from clickstream_producer.agent.options import FlowOptions, compiled
from clickstream_producer.agent.path_pattern import NOTHING_THERE, PathPattern, shown
from clickstream_producer.agent.rotated_copy import bytes_needed, unpacked_rest
from clickstream_producer.agent.tracked_file import Block, TrackedFile, beginning, identity, other_encoding

log = logging.getLogger("clickstream_producer.agent")

_SLICE: Final = 0.1
"""Seconds for new files before those that are known get a turn."""

_ENOUGH: Final = 256
"""Files with unread bytes after which those get a turn, too: each has a descriptor."""

IDLE_SHARE: Final = 66
"""A look at all files is followed by so many times its cost without one: 1.5 percent of a processor."""

NAMED: Final = 20
"""Files that the log names at a time, when it begins to read them say; the rest is counted."""

_SAMPLE: Final = 256
"""First bytes by which files are proposed as originals of a copy."""


@dataclass(slots=True)
class _Source:
    """What one flow reads, and what was said of it."""

    options: FlowOptions
    pattern: PathPattern
    multi_line: re.Pattern[bytes] | None
    from_end: bool
    found: bool = False
    warned: bool = False

    def splitter(self, *, at_start: bool) -> LineSplitter:
        return LineSplitter(self.multi_line, self.options.skip_header_lines if at_start else 0)


class FileSet:
    """Finds the files of the flows into one stream, and keeps their positions.

    A file is its device and inode, so a rename changes nothing, and has one flow: the first whose pattern matches it
    when it is met. What does not hold the bytes that were read of it was truncated (``copytruncate``), written anew or
    is a new file with an old inode number: it is read from its start, and what was not read of the former content is
    looked for in a copy, also a gzip one.

    Parameters
    ----------
    stream
        What positions are saved under.
    flows
        Patterns, start positions, forms of the records; their numbers are the places in this list.
    checkpoints
        Where positions are saved.
    descriptors
        Opens the files.
    """

    def __init__(
        self, stream: str, flows: Sequence[FlowOptions], checkpoints: Checkpoints, descriptors: Descriptors
    ) -> None:
        self._stream = stream
        self._checkpoints = checkpoints
        self._descriptors = descriptors
        self._sources = [
            _Source(
                flow,
                PathPattern(flow.pattern),
                compiled(flow.multi_line, "multi_line") if flow.multi_line else None,
                flow.start == "end" and not checkpoints.known(flow.name),
            )
            for flow in flows
        ]
        self._tracked: dict[str, TrackedFile] = {}
        self._saved = {position.file: position for position in checkpoints.load(stream)}
        self._former = FormerContents()
        for cut in [position for position in self._saved.values() if position.state == "cut"]:
            self._former.add(self._saved.pop(cut.file))
        self._index = ContentIndex()
        self._copies: dict[str | None, dict[TrackedFile, None]] = {}
        self._active: dict[TrackedFile, None] = {}
        self._holding: dict[TrackedFile, None] = {}
        self._vanished: dict[TrackedFile, None] = {}
        self._fresh: deque[tuple[str, str, int]] = deque()
        self._listings = 0
        self._next_listing = 0.0
        self._gzip_is_due = False
        self._first_scan = True
        self._listed = False  # completely, at least once
        self._unopened = FormerContents()
        self._changed: dict[str, Position | TrackedFile] = {}
        self._gone: set[str] = set()
        self._announced = False
        self._skipped: dict[str, tuple[int, int]] = {}
        self._unpacked: set[tuple[str, str, int]] = set()
        self._complained: set[str] = set()
        self._named = 0

    @property
    def is_discovering(self) -> bool:
        """Whether files were found that were not looked at yet."""
        return bool(self._fresh) or not self._listings

    @property
    def has_unreadable(self) -> bool:
        """Whether a file cannot be read, by the system or for its encoding."""
        return bool(self._complained)

    @property
    def active(self) -> list[TrackedFile]:
        """Files with unread bytes; rotated ones first: their lines are older."""
        return sorted(self._active, key=lambda file: (not file.rotated, file.changed_at))

    @property
    def holding(self) -> list[TrackedFile]:
        """Files without unread bytes whose last line or record is not complete."""
        return list(self._holding)

    def scan(self, stop: threading.Event) -> None:
        """Look for new, renamed, truncated and removed files; at those that are open each time, at all if it is time.

        New files are taken in for a tenth of a second; the rest at the next call.
        """
        self._named = 0
        for file in self._descriptors.look():
            assert file.descriptor is not None
            if file.look(os.fstat(file.descriptor)):
                self._changed_on_disk(file)
        if not self._fresh and time.monotonic() >= self._next_listing:
            begun = time.thread_time()
            self._list()
            self._next_listing = time.monotonic() + (time.thread_time() - begun) * IDLE_SHARE
        until = time.monotonic() + _SLICE
        while self._fresh and not stop.is_set() and time.monotonic() < until and len(self._active) < _ENOUGH:
            name, path, flow = self._fresh.popleft()
            try:
                self._discover(name, path, flow)
                self._unopened.remove(name)
            except Exception as error:  # whatever it is, the file is met again at the next listing
                if name in self._saved and not isinstance(error, FileNotFoundError):
                    self._unopened.add(self._saved[name]._replace(state="cut"))
                self._complain(path, error)
        if not self._fresh and not stop.is_set() and self._listed:
            self._first_scan = False
            if self._gzip_is_due and self._former:
                self._look_in_gzip()
            self._gzip_is_due = False
        if self._named > NAMED:
            log.info("%d more files are read", self._named - NAMED)

    def read(self, file: TrackedFile, size: int) -> Block | None:
        """Read at most so many bytes of a file; None when there is nothing, now or ever."""
        try:
            descriptor = self._descriptors.use(file)
            block = file.read(descriptor, size)
        except Exception as error:  # whatever it is, the other files go on
            self._unreadable(file, error)
            return None
        if block is None:
            self._truncated(file)
            return None
        self._advanced(file)
        return block

    def release(self, file: TrackedFile) -> Block:
        """Give out the record that waits for its next line."""
        try:
            block = file.release(self._descriptors.use(file))
        except OSError:
            block = file.finish()  # it cannot be opened again: nothing will follow
        self._advanced(file)
        return block

    def finish(self, file: TrackedFile) -> Block:
        """Give out everything that a file holds, a last line without newline included."""
        block = file.finish()
        self._advanced(file)
        return block

    def is_older_generation(self, file: TrackedFile) -> bool:
        """Whether a file beside it has the name that this one had before rotation appended to it."""
        return self._index.has_shorter_name(file.path)

    def rewind(self, file: TrackedFile, offset: int) -> None:
        """Go back to an earlier byte of a file: what follows it was not put."""
        fingerprint = Fingerprint.read(self._descriptors.use(file), offset)
        if fingerprint is not None:
            self._restart(file, fingerprint)

    def save(self) -> None:
        """Save where every file stands; only when every line given out is acknowledged.

        Raises
        ------
        OSError
            The positions cannot be saved at this moment; it may be tried again.
        """
        finished = [file for file in self._vanished if file.is_finished()]
        for file in finished:
            self._changed[file.file] = file
        positions = [one.position() if isinstance(one, TrackedFile) else one for one in self._changed.values()]
        if positions or self._gone or not self._announced:
            flows = () if self._announced else [source.options.name for source in self._sources]
            self._checkpoints.save(self._stream, positions, self._gone, flows)
            self._announced = True
        self._changed, self._gone = {}, set()
        for position in positions:
            self._saved[position.file] = position
        for file in finished:
            self._drop(file)  # its position stays: it may come back

    def forget(self, age: float) -> None:
        """Forget positions of files that have been gone for so many seconds; only after a scan has met those here."""
        if not self._first_scan:
            for file in self._checkpoints.forget(self._stream, age, self._tracked):
                self._saved.pop(file, None)
                self._former.remove(file)
                self._unopened.remove(file)

    def behind(self, flow: int) -> int:
        """Bytes that are there and not read yet."""
        # Lists first: the thread that writes statistics asks, while the flow's own changes the dictionaries.
        files = [*list(self._active), *list(self._holding)]
        return sum(max(0, file.size - file.offset) for file in files if file.flow == flow)

    def close(self) -> None:
        """Close all files."""
        self._descriptors.close()

    def _list(self) -> None:
        number, known, fresh, met = self._listings + 1, [], [], set()
        whole = True
        for flow, source in enumerate(self._sources):
            pattern = source.options.pattern
            try:
                paths = source.pattern.paths()
                self._complained.discard(pattern)
            except OSError as error:
                paths, whole = [], False
                self._complain(pattern, error)
            for path in paths:
                try:
                    status = os.stat(path)  # noqa: PTH116  (half the time of Path.stat, for each file)
                except OSError as error:
                    # Renamed or removed since the look at the folder: the next listing sees where it is.
                    whole = whole and error.errno in NOTHING_THERE
                    self._complain(path, error)
                    continue
                if not stat.S_ISREG(status.st_mode):
                    continue
                source.found = True
                file = f"{status.st_dev}:{status.st_ino}"
                if file in met:
                    continue  # a link, or another pattern, leads to a file that is met once
                met.add(file)
                tracked = self._tracked.get(file)
                if tracked is not None:
                    tracked.seen = number
                    if (
                        status.st_size != tracked.size
                        or status.st_mtime_ns != tracked.modified_ns
                        or path != tracked.path
                        or tracked.vanished
                    ):
                        self._update(tracked, path, status)
                elif file in self._saved:
                    known.append((file, path, flow))
                elif status.st_size and self._skipped.get(file) != (status.st_size, status.st_mtime_ns):
                    fresh.append((file, path, flow))  # an empty one: nothing to lose, and copies begin so
            if whole and not source.found and not source.warned:
                source.warned = True
                log.warning(
                    "%s matches no file (%s); it is looked for again", shown(pattern), source.pattern.why_nothing()
                )
        if whole:  # else it is not known what is gone
            for tracked in [one for one in self._tracked.values() if one.seen != number]:
                self._vanish(tracked)
            for file in self._unopened.files - met if self._listed else self._saved.keys() - met:
                self._unopened.remove(file)
                self._former.add(self._saved[file])
            self._listed = True
        else:  # nor of what a new file is a copy
            for tracked in self._tracked.values():
                tracked.seen = number
            for file in self._saved.keys() - met - self._tracked.keys():
                self._unopened.add(self._saved[file]._replace(state="cut"))
        self._listings = number
        # Those with a saved position first: what was cut off them is known before a copy of it is met.
        self._fresh.extend(known + fresh)
        for file in self._former.expired():
            self._found(file)
        self._gzip_is_due = True

    def _update(self, file: TrackedFile, path: str, status: os.stat_result) -> None:
        if file.vanished:
            file.vanished = False
            self._vanished.pop(file, None)
            self._changed[file.file] = file
        if path != file.path:
            file.path, file.rotated = path, True
            self._changed[file.file] = file
            self._note(file)
        if file.look(status):
            self._changed_on_disk(file)

    def _changed_on_disk(self, file: TrackedFile) -> None:
        if file.state == "copy":
            self._judge_copy_again(file)
            return
        try:
            # Before new files are looked at: one may be a copy of what was cut off here.
            if not file.is_still_the_same(self._descriptors.use(file)):
                self._truncated(file)
            elif file.has_more:
                self._active[file] = None
            self._descriptors.settle(file)
        except Exception as error:
            self._unreadable(file, error)

    def _vanish(self, file: TrackedFile) -> None:
        if not file.vanished:
            file.vanished = file.rotated = True
            self._vanished[file] = None
            self._changed[file.file] = file
        if file.descriptor is not None:
            if file.look(os.fstat(file.descriptor)):
                self._changed_on_disk(file)
        elif file.has_more:
            self._unreadable(file, FileNotFoundError())
        elif not file.holds:
            file.size = file.offset

    def _unreadable(self, file: TrackedFile, error: Exception) -> None:
        self._active.pop(file, None)
        # A rename between the look at a folder and that at its files hides one for a moment: two looks have to miss it.
        if isinstance(error, FileNotFoundError) and self._listings - file.seen > 1:
            log.warning("%s is gone, %d bytes of it were not read", shown(file.path), file.size - file.offset)
            self._cut(file.position(), file.file)
            file.size = file.offset
        else:
            file.modified_ns = 0  # the next look finds it changed, and tries again
            self._complain(file.path, error)

    def _truncated(self, file: TrackedFile) -> None:
        log.info("%s was truncated or written anew: it is read from its start", shown(file.path))
        descriptor = self._descriptors.use(file)
        self._cut(file.position(), file.file)
        file.state, file.sample = "open", b""
        file.size = os.fstat(descriptor).st_size
        self._restart(file, Fingerprint.read(descriptor, beginning(descriptor)) or NOTHING)

    def _restart(self, file: TrackedFile, fingerprint: Fingerprint) -> None:
        descriptor = self._descriptors.use(file)
        at_start = not fingerprint.length or (fingerprint.length == 3 and beginning(descriptor) == 3)
        file.restart(fingerprint, self._sources[file.flow].splitter(at_start=at_start))
        self._advanced(file)

    def _advanced(self, file: TrackedFile) -> None:
        """Note that a file was read, or begins anew."""
        self._complained.discard(file.path)
        self._descriptors.settle(file)
        self._changed[file.file] = file
        for files, belongs in ((self._active, file.has_more), (self._holding, file.holds and not file.has_more)):
            if belongs:
                files[file] = None
            else:
                files.pop(file, None)
        self._note(file)

    def _note(self, file: TrackedFile) -> None:
        """Let copies of it be found."""
        if file.state != "copy":
            if not file.sample and file.size >= _SAMPLE and file.descriptor is not None:
                file.sample = digest(os.pread(file.descriptor, _SAMPLE, 0))
            self._index.put(file.file, file.path, file.given, file.sample)

    def _discover(self, file: str, path: str, flow: int) -> None:
        source = self._sources[flow]
        tracked = TrackedFile(file, path, flow, NOTHING, source.splitter(at_start=True))
        descriptor = self._descriptors.use(tracked)
        try:
            tracked.meet(os.fstat(descriptor))
            encoding = other_encoding(os.pread(descriptor, _SAMPLE, 0))
            if encoding is not None:
                self._skip(tracked, encoding)
                return
            fingerprint, state = self._beginning(tracked, descriptor, source)
        except BaseException:
            self._descriptors.release(tracked)
            raise
        tracked.state, tracked.rotated = state, state == "rotated"
        tracked.seen = self._listings
        self._tracked[file] = tracked
        self._restart(tracked, fingerprint)
        if state == "copy":
            self._copies.setdefault(tracked.original, {})[tracked] = None
        elif tracked.has_more:
            self._named += 1
            if self._named <= NAMED:
                log.info("%s is read from byte %d on", shown(path), tracked.offset)

    def _beginning(self, file: TrackedFile, descriptor: int, source: _Source) -> tuple[Fingerprint, State]:
        """What is before the byte to begin at in a file that was not there before, and its state."""
        saved = self._saved.get(file.file)
        if saved is not None:
            if saved.state != "copy" and saved.fingerprint.is_of(descriptor):
                rotated = saved.state == "rotated" or file.path != saved.path
                return saved.fingerprint, "rotated" if rotated else "open"
            if saved.state in ("open", "rotated"):
                self._cut(saved)
                self._saved.pop(file.file)  # it is that of the former content from now on, whatever comes next
                self._unopened.remove(file.file)
                self._gone.add(file.file)
        former = self._former.find(file.path, descriptor)
        if former is not None:
            return self._continued(file, descriptor, *former)
        unopened = self._unopened.find(file.path, descriptor)
        if unopened is not None and unopened[0].file != file.file:
            raise OSError(f"it holds what was read of {shown(unopened[0].path)}, which cannot be read at this moment")
        begun = self._as_copy(file, descriptor)
        if begun is not None:
            return begun
        if saved is not None and saved.state == "copy" and saved.fingerprint.is_of(descriptor):
            return saved.fingerprint, "copy" if file.size == saved.offset else "open"
        if saved is None and self._first_scan and source.from_end:
            return Fingerprint.read(descriptor, _last_line(descriptor, file.size)) or NOTHING, "open"
        return Fingerprint.read(descriptor, beginning(descriptor)) or NOTHING, "open"

    def _continued(
        self, file: TrackedFile, descriptor: int, position: Position, offset: int
    ) -> tuple[Fingerprint, State]:
        """Go on where content was read that is found in another file."""
        self._found(position.file)
        in_place = position.state != "cut" and position.path == file.path
        return Fingerprint.read(descriptor, offset) or NOTHING, "open" if in_place else "rotated"

    def _as_copy(self, file: TrackedFile, descriptor: int) -> tuple[Fingerprint, State] | None:
        """Where to begin in a file that holds what another one holds, or held a moment ago; None if it does not."""
        whole = Fingerprint.read(descriptor, file.size)
        if whole is None or not whole.length:
            return None
        sample = digest(os.pread(descriptor, _SAMPLE, 0)) if file.size >= _SAMPLE else b""
        name = file.path.rpartition("/")[2]
        for candidate in self._index.candidates(file.path, whole, sample):
            original = self._tracked[candidate]
            replaced = original.vanished and original.path == file.path
            if replaced:
                common, needed = original.size, 1
            else:
                common, needed = file.size, bytes_needed(file.path, original.path) or file.size + 1
                if original.rotated and not name.startswith(original.path.rpartition("/")[2]):
                    continue  # a new file that begins like the one before it
            if original is file or not needed <= common <= file.size or original.given.differs(whole):
                continue
            try:
                theirs = self._content_of(original, common)
            except OSError:
                continue
            if theirs is None:  # it was truncated a moment ago, or is another one
                former = self._former.find(file.path, descriptor)
                if former is not None:
                    return self._continued(file, descriptor, *former)
            elif theirs == (whole if common == file.size else Fingerprint.read(descriptor, common)):
                if replaced:
                    return theirs, "open"
                file.original = original.file
                return whole, "copy"
        return None

    def _content_of(self, file: TrackedFile, length: int) -> Fingerprint | None:
        """What is before a byte of a followed file; None if it is shorter, or does not hold any more what was read."""
        if file.given.length == length:
            return file.given
        descriptor = self._descriptors.use(file)
        if file.look(os.fstat(descriptor)) and file.has_more:
            self._active[file] = None
        self._descriptors.settle(file)
        if not file.is_still_the_same(descriptor):
            self._truncated(file)
            return None
        return Fingerprint.read(descriptor, length)

    def _judge_copy_again(self, file: TrackedFile) -> None:
        """A copy grew: it is still in the making, or goes on by itself."""
        try:
            descriptor = self._descriptors.use(file)
            former = self._former.find(file.path, descriptor)
            begun = self._continued(file, descriptor, *former) if former else self._as_copy(file, descriptor)
            original = self._tracked.get(file.original or "")
            if begun is None and file.given.is_of(descriptor) and (original is None or original.vanished):
                begun = file.given, "open"  # what it held was read; now it has lines of its own
            # Else it only began like another one: all its lines are its own.
            begun = begun or (Fingerprint.read(descriptor, beginning(descriptor)) or NOTHING, "open")
        except Exception as error:
            self._complain(file.path, error)
            return
        self._continue_in(file, *begun)

    def _continue_in(self, file: TrackedFile, fingerprint: Fingerprint, state: State) -> None:
        for copies in self._copies.values():
            copies.pop(file, None)
        if state == "copy":
            self._copies.setdefault(file.original, {})[file] = None
        else:
            log.info("%s is read from byte %d on", shown(file.path), fingerprint.length)
            file.original = None
        file.state, file.rotated = state, state == "rotated"
        self._restart(file, fingerprint)

    def _cut(self, position: Position, original: str | None = None) -> None:
        """Look for the rest of content that is no longer in its file, or remember it: a copy may appear."""
        saved = self._saved.get(position.file)
        earlier = saved.fingerprint if saved is not None and saved.state != "cut" else None
        linked = list(self._copies.pop(original, {})) if original is not None else []
        unlinked = (
            [copy for copy in self._copies.get(None, ()) if bytes_needed(copy.path, position.path) is not None]
            if position.offset
            else []
        )
        for copy in [*linked, *unlinked]:
            try:
                descriptor = self._descriptors.use(copy)
                if position.fingerprint.is_of(descriptor):
                    self._continue_in(copy, position.fingerprint, "rotated")
                    linked = [one for one in linked if one is not copy]
                    break
                if earlier is not None and earlier.length and earlier.is_of(descriptor) and copy.size < position.offset:
                    break
            except OSError as error:
                self._complain(copy.path, error)
        else:
            if position.offset:
                cut = position._replace(file=f"cut:{position.file}:{time.time_ns()}", state="cut")
                self._former.add(cut, earlier)
                self._changed[cut.file] = cut
        for copy in linked:
            copy.original = None
            self._copies.setdefault(None, {})[copy] = None

    def _found(self, file: str) -> None:
        self._former.remove(file)
        self._saved.pop(file, None)
        self._changed.pop(file, None)
        self._gone.add(file)

    def _look_in_gzip(self) -> None:
        """Files that were rotated and compressed before they were read to their end: read the rest from the .gz."""
        for flow, source in enumerate(self._sources):
            try:
                paths = source.pattern.gzip_paths()
            except OSError as error:
                self._complain(source.options.pattern, error)
                continue
            for path in paths:
                for position in self._former.packed_in(path):
                    self._continue_in_gzip(path, flow, position)

    def _continue_in_gzip(self, path: str, flow: int, position: Position) -> None:
        try:
            status = os.stat(path)  # noqa: PTH116
            look = (identity(status), position.file, status.st_mtime_ns)
            if look in self._unpacked or look[0] in self._tracked or not position.offset:
                return
            descriptor = unpacked_rest(path, position.fingerprint)
            unpacked = status if descriptor is None else os.fstat(descriptor)
        except Exception as error:
            if isinstance(error, EOFError | zlib.error):
                error = OSError("it is not complete yet")
            if not isinstance(error, gzip.BadGzipFile):
                self._complain(path, error)
            return
        self._complained.discard(path)
        self._unpacked.add(look)
        if descriptor is not None:
            log.info("%s holds the rest of %s", shown(path), shown(position.path))
            self._found(position.file)
            splitter = self._sources[flow].splitter(at_start=False)
            file = TrackedFile(look[0], path, flow, position.fingerprint, splitter, "rotated")
            file.meet(unpacked)
            file.vanished = True  # the unpacked bytes have no path
            self._descriptors.use(file, descriptor)
            self._tracked[file.file] = file
            self._vanished[file] = None
            self._advanced(file)

    def _drop(self, file: TrackedFile) -> None:
        self._descriptors.release(file)
        for files in (self._active, self._holding, self._vanished, self._copies.get(file.original, {})):
            files.pop(file, None)
        del self._tracked[file.file]
        self._index.remove(file.file)

    def _skip(self, file: TrackedFile, encoding: str) -> None:
        self._descriptors.release(file)
        self._skipped[file.file] = (file.size, file.modified_ns)
        self._complain(file.path, OSError(f"it is {encoding}; write UTF-8, or convert it with iconv"))

    def _complain(self, path: str, error: Exception) -> None:
        # One that is gone was renamed or removed since the look at the folder: the next look sees where it is.
        if path not in self._complained and not isinstance(error, FileNotFoundError):
            self._complained.add(path)
            log.warning("%s is not read: %s", shown(path), getattr(error, "strerror", None) or said(error))


def said(error: Exception) -> str:
    """Give an error as text. Messages of an unforeseen kind may quote a line, so only those of the system are told."""
    if isinstance(error, OSError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {place.name}, line {place.lineno} of {place.filename}"


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
