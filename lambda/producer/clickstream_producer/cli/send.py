"""``clickstream-producer send``: a file, or what comes on standard input, to a stream."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from clickstream_producer._duration import seconds
from clickstream_producer.agent.checkpoints import Checkpoints, Position
from clickstream_producer.agent.delivery import Delivery
from clickstream_producer.agent.line_encoder import why_no_object
from clickstream_producer.cli.input_files import (
    DELIMITERS,
    DamagedInputError,
    Input,
    Item,
    csv_rows,
    json_lines,
    raw_lines,
)
from clickstream_producer.cli.progress import Progress
from clickstream_producer.cli.target_options import Commands, add_target_options, need_identity, target_of
from clickstream_producer.cli.text_encoding import known
from clickstream_producer.encoding.encoder import Encoder
from clickstream_producer.errors import InvalidEvent, InvalidOption

Reader = Callable[[Input, int], Iterator[Item]]

SHOWN: Final = 10
"""Invalid lines that are named one by one; the rest is only counted."""

_CHUNK: Final = 1_000_000
"""Bytes of input after which is waited until each event is acknowledged."""

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C, as shells have it."""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    send = commands.add_parser(
        "send",
        help="send files of JSON lines, CSV or raw lines",
        description="Send files, or standard input: one event a line, packed into few records. Empty lines are left "
        "out, invalid ones are named and skipped. At the first refusal by the service it stops.",
        epilog="exit status: 0 every line was sent, 1 some were not, 2 the command is wrong, 130 interrupted",
    )
    send.set_defaults(run=run)
    send.add_argument("file", metavar="FILE", nargs="+", help="files, gzip or not; - is standard input")
    add_target_options(send, required=True)
    form = send.add_argument_group("form of the input")
    form.add_argument(
        "--format", choices=("json", "csv", "raw"), default="json", help="json: one value a line (default). raw: as is"
    )
    form.add_argument("--fields", metavar="A,B,...", help="csv: names of the columns, if the first row has none")
    form.add_argument(
        "--delimiter", metavar="CHARACTER", help="csv: between cells: , ; | or tab (default: a comma, if no other fits)"
    )
    form.add_argument(
        "--json-cells", default="", metavar="A,B,...", help="csv: columns of numbers, booleans or other JSON, not text"
    )
    form.add_argument(
        "--encoding", metavar="NAME", help="of the text, such as windows-1252 or utf-16 (default: UTF-8, nothing else)"
    )
    how = send.add_argument_group("how")
    how.add_argument("--dry-run", action="store_true", help="only check and count; send nothing")
    how.add_argument("--rate", type=int, metavar="EVENTS", help="at most so many events a second (default: no limit)")
    how.add_argument(
        "--resume",
        type=Path,
        metavar="STATE",
        help="keep in this file what is acknowledged, and leave it out when the command is run again",
    )
    how.add_argument(
        "--timeout",
        default="60s",
        metavar="DURATION",
        help="how long to try while the stream takes nothing, such as 60s or 10m (default: %(default)s)",
    )
    how.add_argument("--no-progress", action="store_true", help="no progress bar, on a terminal either")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    timeout = seconds("--timeout", options.timeout)
    if options.rate is not None and options.rate < 1:
        raise InvalidOption(f"--rate={options.rate} must be at least 1 event a second")
    if options.resume and "-" in options.file:
        raise InvalidOption("--resume needs files: standard input cannot be read a second time")
    if options.encoding and not known(options.encoding):
        raise InvalidOption(f"--encoding={options.encoding!r} must be an encoding of text that Python knows")
    target = target_of(options)
    read = _reader(options)
    if options.dry_run:
        return _dry_run(options, read)
    need_identity(target)
    send = _Send(
        Delivery(
            target,
            events_per_record=1 if options.unpacked else None,
            chunk_bytes=_CHUNK,
            check_json=options.format != "raw",
            patience=timeout,
        ),
        options,
    )
    try:
        return send.run(read)
    finally:
        send.close()


class _Send:
    """Sends files one after another, a chunk at a time; after each chunk the state file is up to date."""

    def __init__(self, delivery: Delivery, options: argparse.Namespace) -> None:
        self._delivery = delivery
        self._options = options
        self._state = Checkpoints(options.resume) if options.resume else None
        self._flow = f"send {options.stream} {options.format}"
        self._stop = threading.Event()  # never set: Ctrl-C is an exception, and Delivery's patience the bound
        self._invalid = _Invalid(options.file)
        self._events = 0
        self._objects_only = options.format == "json"
        self._window = 0
        self._window_since = time.monotonic()

    def run(self, read: Reader) -> int:
        """Send everything; return the exit status."""
        complete, interrupted = True, False
        try:
            for left, name in zip(range(len(self._options.file) - 1, -1, -1), self._options.file, strict=True):
                complete = complete and self._file(name, read, last=not left)
        except KeyboardInterrupt:
            complete, interrupted = False, True
        if self._delivery.given_up is not None:
            print(f"clickstream-producer: {self._delivery.given_up}", file=sys.stderr)
        stats = self._delivery.stats()
        print(f"sent {stats.sent}, dropped {stats.put - stats.sent}, invalid {self._invalid.count}")
        if not complete and self._state is not None:
            print("the same command sends the rest", file=sys.stderr)
        if interrupted:
            return INTERRUPTED
        return 0 if complete and not self._invalid.count else 1

    def close(self) -> None:
        """Close the producer and the state file."""
        self._delivery.close()
        if self._state is not None:
            self._state.close()

    def _file(self, name: str, read: Reader, *, last: bool) -> bool:
        """Send one file. False: not all of it is acknowledged, or it cannot be read to its end."""
        try:
            with closing(Input(name, self._options.encoding)) as source:
                progress = Progress(None if self._options.no_progress else sys.stderr, source.size)
                try:
                    end = start = self._start(source)
                    settled = start
                    for item in read(source, start):
                        end = item.end
                        self._put(source, item, start, progress)
                        if end - settled >= _CHUNK or (self._options.rate and self._window >= self._options.rate):
                            if not self._settle(source, end):
                                return False
                            settled = end
                            self._pace()
                        if progress.is_due():
                            progress.show(source.done, self._events)
                except DamagedInputError as error:
                    progress.clear()
                    self._say_damage(name, error, end if self._settle(source, end) else 0)
                    return False
                finally:
                    progress.clear()
                return (self._state is None and not last) or self._settle(source, end)
        except DamagedInputError as error:  # before anything of it was read
            self._say_damage(name, error, 0)
            self._delivery.settle(self._stop, 0.0)
            return False

    def _put(self, source: Input, item: Item, start: int, progress: Progress) -> None:
        if item.event is None:
            return
        fault = item.fault or (self._objects_only and why_no_object(item.event)) or None
        if fault is None:
            try:
                self._delivery.put(item.event)
                self._events += 1
                self._window += 1
                return
            except InvalidEvent as error:
                fault = str(error)
        progress.clear()
        self._invalid.name(source.name, item, start, fault)

    def _say_damage(self, name: str, error: DamagedInputError, end: int) -> None:
        """Say what is wrong, and how to send the rest."""
        where = f"{name}, line {error.line}" if error.line else name
        print(f"clickstream-producer: {where}: {error}", file=sys.stderr)
        if end and self._state is None and name != "-":
            print(
                f"what is before that line is sent: mend the rest and send it without the first {end:,} bytes "
                "(unpacked, in UTF-8); --resume STATE remembers them",
                file=sys.stderr,
            )

    def _start(self, source: Input) -> int:
        """Where to go on if the state file knows the file, else 0."""
        if self._state is not None:
            for position in self._state.load(self._flow):
                if position.path == str(Path(source.name).resolve()) and source.holds(position.fingerprint):
                    return position.offset
        return 0

    def _settle(self, source: Input, end: int) -> bool:
        if not self._delivery.settle(self._stop, 0.0):
            return False
        if self._state is not None:
            path = str(Path(source.name).resolve())
            self._state.save(self._flow, [Position(path, path, source.fingerprint(end))])
        return True

    def _pace(self) -> None:
        rate = self._options.rate
        if rate and self._window >= rate:
            time.sleep(max(0.0, self._window_since + self._window / rate - time.monotonic()))
            self._window = 0
            self._window_since = time.monotonic()


class _Invalid:
    """Names the first invalid lines, and counts all."""

    def __init__(self, files: Sequence[str]) -> None:
        self.count = 0
        self._several = len(files) > 1

    def name(self, file: str, item: Item, start: int, fault: str) -> None:
        """Name one."""
        self.count += 1
        if self.count <= SHOWN:
            where = f"{file}, line {item.line}" if self._several else f"line {item.line}"
            print(f"{where}{f' after byte {start:,}' if start else ''}: {fault}", file=sys.stderr)


def _dry_run(options: argparse.Namespace, read: Reader) -> int:
    encode = Encoder(check_json=options.format != "raw").encode
    invalid = _Invalid(options.file)
    events = size = damaged = 0
    for name in options.file:
        try:
            with closing(Input(name, options.encoding)) as source:
                for item in read(source, 0):
                    if item.event is None:
                        continue
                    fault = item.fault or (options.format == "json" and why_no_object(item.event)) or None
                    try:
                        if fault is None:
                            size += len(encode(item.event)) + 1
                            events += 1
                    except InvalidEvent as error:
                        fault = str(error)
                    if fault is not None:
                        invalid.name(name, item, 0, fault)
        except DamagedInputError as error:
            damaged += 1
            print(f"{name}{f', line {error.line}' if error.line else ''}: {error}", file=sys.stderr)
    print(f"would send {events} events, {size} bytes; invalid {invalid.count}")
    return 1 if invalid.count or damaged else 0


def _reader(options: argparse.Namespace) -> Reader:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(options.delimiter, options.delimiter)
    if delimiter is not None and delimiter not in DELIMITERS:
        raise InvalidOption(f"--delimiter={options.delimiter!r} must be one of , ; | or tab")
    if options.format == "json":
        return json_lines
    if options.format == "raw":
        return raw_lines
    fields = options.fields.split(",") if options.fields else None
    if fields and len(set(fields)) < len(fields):
        raise InvalidOption(f"--fields={options.fields!r} must name each column once")
    return partial(
        csv_rows,
        fields=fields,
        delimiter=delimiter,
        json_cells=frozenset(filter(None, options.json_cells.split(","))),
    )
