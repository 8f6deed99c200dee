"""What ``send`` reads: a file or standard input, gzip or not, as JSON lines, CSV or raw lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.fingerprint import WINDOW, Fingerprint, digest
from clickstream_producer.errors import InvalidOption

_GZIP_MAGIC = b"\x1f\x8b"


class Item(NamedTuple):
    """One event of an input.

    Attributes
    ----------
    line
        Number of the line it begins at, from 1.
    end
        Where it ends in the unpacked input, in bytes.
    event
        The event; None for an empty line.
    """

    line: int
    end: int
    event: object


class Input:
    """A file or standard input (``-``); gzip is recognized by its first bytes, whatever the name.

    Parameters
    ----------
    name
        Path, or ``-``.

    Raises
    ------
    OSError
        It cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._under = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115  (closed by close)
        self._read = 0
        self._head = self._tail = b""
        packed = cast(io.BufferedReader, self._under).peek(2)[:2] == _GZIP_MAGIC
        self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._under)) if packed else self._under

    @property
    def size(self) -> int:
        """Bytes of the file as it lies on the disk; 0 for standard input."""
        return os.fstat(self._under.fileno()).st_size if self.name != "-" else 0

    @property
    def done(self) -> int:
        """How many of them are read."""
        return self._under.tell() if self.name != "-" else self._read

    def holds(self, fingerprint: Fingerprint) -> bool:
        """Whether it has the unpacked bytes that were read before; only before anything else is."""
        start = max(0, fingerprint.length - WINDOW)
        first = self._stream.read(min(WINDOW, fingerprint.length))
        self._stream.seek(start)
        self._tail = self._stream.read(fingerprint.length - start)
        self._stream.seek(0)
        return Fingerprint(start + len(self._tail), digest(first), digest(self._tail)) == fingerprint

    def lines(self, start: int) -> Iterator[bytes]:
        """Give the lines from a byte on; a line above the limit of an event is cut to just above it."""
        self._head = self._stream.read(WINDOW) if self.name != "-" else b""
        self._tail = self._head[:start] if start <= WINDOW else self._tail
        if self.name != "-":
            self._stream.seek(start)
        while line := self._stream.readline(MAX_EVENT_BYTES + 2):
            self._took(line)
            if len(line) > MAX_EVENT_BYTES + 1 and not line.endswith(b"\n"):
                while (rest := self._stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                    self._took(rest)
                self._took(rest)
            yield line

    def fingerprint(self, end: int) -> Fingerprint:
        """Say what was read, up to the last line given."""
        return Fingerprint(end, digest(self._head[:end]), digest(self._tail))

    def _took(self, data: bytes) -> None:
        self._read += len(data)
        self._tail = (self._tail + data)[-WINDOW:]

    @property
    def offset(self) -> int:
        """How many unpacked bytes the lines so far had."""
        return self._read

    def close(self) -> None:
        """Close it."""
        if self.name != "-":
            self._under.close()


def json_lines(source: Input, start: int) -> Iterator[Item]:
    """Read one JSON value a line, sent as it is."""
    for number, line in enumerate(source.lines(start), 1):
        yield Item(number, start + source.offset, line.strip() or None)


def raw_lines(source: Input, start: int) -> Iterator[Item]:
    """Read lines that are sent as they are, whatever they hold."""
    for number, line in enumerate(source.lines(start), 1):
        text = line.rstrip(b"\r\n").replace(b"\r", b" ")
        yield Item(number, start + source.offset, text or None)


def csv_rows(
    source: Input, start: int, *, fields: Sequence[str] | None, delimiter: str, json_cells: frozenset[str]
) -> Iterator[Item]:
    """Read CSV (RFC 4180) rows as mappings of text; empty cells are left out.

    Parameters
    ----------
    source
        The input, in UTF-8.
    start
        Byte to go on at.
    fields
        Names of the columns; None: the first row has them.
    delimiter
        One character.
    json_cells
        Columns whose cells are JSON, such as numbers; a cell that is not stays text.

    Raises
    ------
    InvalidOption
        ``json_cells`` names a column that is not there.
    """
    if fields is None and start:
        header = Input(source.name)
        fields = next(csv.reader(_text(header.lines(0)), delimiter=delimiter))
        header.close()
    rows = csv.reader(_text(source.lines(start)), delimiter=delimiter)
    if fields is None:
        fields = next(rows, [])
    unknown = json_cells - set(fields)
    if fields and unknown:
        raise InvalidOption(f"--json-cells names {', '.join(sorted(unknown))}; the columns are {', '.join(fields)}")
    before = rows.line_num
    for row in rows:
        event = {
            name: _json_or_text(cell) if name in json_cells else cell
            for name, cell in zip(fields, row, strict=False)
            if cell
        }
        yield Item(before + 1, start + source.offset, event or None)
        before = rows.line_num


def _text(lines: Iterator[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line.decode("utf-8-sig" if not number else "utf-8", "replace")


def _json_or_text(cell: str) -> object:
    try:
        return json.loads(cell)
    except ValueError:
        return cell
