"""What ``send`` reads: a file or standard input, gzip or not, as JSON lines, CSV or raw lines."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from clickstream_producer._limits import MAX_EVENT_BYTES
from clickstream_producer.agent.fingerprint import WINDOW, Fingerprint, digest
from clickstream_producer.agent.line_splitter import TOO_LONG
from clickstream_producer.cli.text_encoding import SAMPLE, Transcoded, guess, what_else
from clickstream_producer.errors import InvalidOption

_GZIP_MAGIC = b"\x1f\x8b"

DELIMITERS: Final = {",": "a comma", ";": "a semicolon", "\t": "tab", "|": "|"}
"""What may be between the cells of a row."""


class DamagedInputError(Exception):
    """What follows cannot be read: nothing after the line before is sent.

    Attributes
    ----------
    line
        Number of the line at which it begins, from 1; 0 where that means nothing.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


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
    fault
        Why it cannot be sent, if that is known already.
    """

    line: int
    end: int
    event: object
    fault: str | None = None


class Input:
    """A file or standard input (``-``); gzip is recognized by its first bytes, whatever the name.

    Parameters
    ----------
    name
        Path, or ``-``.
    encoding
        Of the text; it is read as UTF-8. None: it is UTF-8.

    Raises
    ------
    OSError
        It cannot be opened.
    DamagedInputError
        It is compressed otherwise, in another encoding, or no text.
    """

    def __init__(self, name: str, encoding: str | None = None) -> None:
        self.name = name
        self.encoding = encoding
        self._under = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115  (closed by close)
        self._read = 0
        self._head = self._tail = b""
        self.line = 0
        stream: io.BufferedIOBase = cast(io.BufferedReader, self._under)
        try:
            if cast(io.BufferedReader, stream).peek(2)[:2] == _GZIP_MAGIC:
                stream = gzip.GzipFile(fileobj=self._under)
            if encoding is not None:
                stream = io.BufferedReader(cast(io.RawIOBase, Transcoded(stream, encoding)), SAMPLE)
            self._stream = cast(BinaryIO, stream)
            first = self._peek()
            if (reason := what_else(first)) is not None:
                raise DamagedInputError(reason)
        except DamagedInputError:
            self.close()
            raise

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
        try:
            start = max(0, fingerprint.length - WINDOW)
            first = self._stream.read(min(WINDOW, fingerprint.length))
            self._stream.seek(start)
            self._head, self._tail = first, self._stream.read(fingerprint.length - start)
            self._stream.seek(0)
        except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError):
            return False  # reading it will say so
        return Fingerprint(start + len(self._tail), digest(first), digest(self._tail)) == fingerprint

    def lines(self, start: int) -> Iterator[bytes]:
        """Give the lines from a byte on, without a byte order mark; one above an event's limit is cut to just above it.

        Raises
        ------
        DamagedInputError
            The gzip file breaks off, or the bytes are not of the encoding.
        """
        if start:  # what is before is known by `holds`
            self._stream.seek(start)
        elif self.name != "-":
            self._head = self._tail = b""
            self._stream.seek(0)
        while line := self._line():
            self.line += 1
            if len(line) > MAX_EVENT_BYTES + 1 and not line.endswith(b"\n"):
                while (rest := self._line(1 << 20)) and not rest.endswith(b"\n"):
                    pass
            yield line.removeprefix(codecs.BOM_UTF8) if self.line == 1 and not start else line

    @property
    def offset(self) -> int:
        """How many unpacked bytes the lines so far had."""
        return self._read

    def fingerprint(self, end: int) -> Fingerprint:
        """Say what was read, up to the last line given."""
        return Fingerprint(end, digest(self._head[:end]), digest(self._tail))

    def close(self) -> None:
        """Close it."""
        if self.name != "-":
            self._under.close()

    def _line(self, size: int = MAX_EVENT_BYTES + 2) -> bytes:
        try:
            line = self._stream.readline(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DamagedInputError(f"the gzip file is damaged or breaks off ({error})", self.line + 1) from None
        except UnicodeDecodeError as error:
            raise DamagedInputError(f"it is not {error.encoding} ({error.reason})", self.line + 1) from None
        self._read += len(line)
        self._head += line[: WINDOW - len(self._head)]
        self._tail = (self._tail + line)[-WINDOW:]
        return line

    def _peek(self) -> bytes:
        try:
            return cast(io.BufferedReader, self._stream).peek(SAMPLE)[:SAMPLE]
        except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError):
            return b""  # reading it will say so


def json_lines(source: Input, start: int) -> Iterator[Item]:
    """Read one JSON object a line, sent as it is."""
    for number, line in enumerate(source.lines(start), 1):
        yield Item(number, start + source.offset, line.strip() or None)


def raw_lines(source: Input, start: int) -> Iterator[Item]:
    """Read lines that are sent as they are, whatever they hold."""
    for number, line in enumerate(source.lines(start), 1):
        text = line.rstrip(b"\r\n").replace(b"\r", b" ")
        yield Item(number, start + source.offset, text or None)


def csv_rows(
    source: Input, start: int, *, fields: Sequence[str] | None, delimiter: str | None, json_cells: frozenset[str]
) -> Iterator[Item]:
    """Read CSV (RFC 4180) rows as mappings of text; empty cells are left out.

    A row is read rightly or not at all: one with more or fewer cells than there are columns is at fault, and where a
    quote does not end where a cell does, nothing after it can be told apart.

    Parameters
    ----------
    source
        The input.
    start
        Byte to go on at.
    fields
        Names of the columns; None: the first row has them.
    delimiter
        One of :data:`DELIMITERS`. None: a comma, if the first row has no cells by another one.
    json_cells
        Columns whose cells are JSON, such as numbers.

    Raises
    ------
    InvalidOption
        ``json_cells`` names a column that is not there.
    DamagedInputError
        It cannot be read rightly from some line on.
    """
    csv.field_size_limit(MAX_EVENT_BYTES)
    lines = _CsvLines(source, start)
    names = _column_names(source, fields, delimiter) if start else None
    separator = delimiter or ","
    rows = csv.reader(lines, delimiter=separator, strict=True)
    begins = 1
    while True:
        lines.cut = False
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise DamagedInputError(
                f"the row that begins here is not CSV ({error}); is a quote missing?", begins
            ) from None
        if names is None and row:
            _check_delimiter(lines.first, delimiter)
            names = _checked_names(list(fields) if fields else row)
            unknown = json_cells - set(names)
            if unknown:
                raise InvalidOption(
                    f"--json-cells names {', '.join(sorted(unknown))}; the columns are {', '.join(names)}"
                )
            if not fields:
                begins = rows.line_num + 1
                continue
        event, fault = _event(row, names or [], json_cells)
        yield Item(begins, start + source.offset, event, TOO_LONG if lines.cut else fault)
        begins = rows.line_num + 1


class _CsvLines:
    """Lines as text, for the reader of the standard library."""

    def __init__(self, source: Input, start: int) -> None:
        self._lines = source.lines(start)
        self._source = source
        self.first = ""
        self.cut = False

    def __iter__(self) -> _CsvLines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.cut = self.cut or (len(line) > MAX_EVENT_BYTES + 1 and not line.endswith(b"\n"))
        try:
            text = line.decode("utf-8", "ignore" if self.cut else "strict")
        except UnicodeDecodeError as error:
            raise DamagedInputError(f"it is not UTF-8 ({error.reason}); {guess(line)}", self._source.line) from None
        self.first = self.first or text.strip()
        return text


def _column_names(source: Input, fields: Sequence[str] | None, delimiter: str | None) -> list[str]:
    if fields is not None:
        return list(fields)
    header = Input(source.name, source.encoding)
    try:
        return [cell.strip() for cell in next(csv.reader(_CsvLines(header, 0), delimiter=delimiter or ","), [])]
    finally:
        header.close()


def _check_delimiter(line: str, given: str | None) -> None:
    """Refuse a first row that another delimiter cuts into cells, too: it is not for us to choose."""
    if given is not None:
        return
    cells = {delimiter: _cells(line, delimiter) for delimiter in DELIMITERS}
    fitting = [name for delimiter, name in DELIMITERS.items() if cells[delimiter] > 1]
    if fitting and fitting != [DELIMITERS[","]]:
        counts = ", ".join(f"{cells[delimiter]} by {name}" for delimiter, name in DELIMITERS.items())
        raise DamagedInputError(
            f"the first row has cells by {' and by '.join(fitting)} ({counts}): give --delimiter", 1
        )


def _cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 1


def _checked_names(row: list[str]) -> list[str]:
    names = [cell.strip() for cell in row]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        said = ", ".join(repr(name) for name in twice)
        raise DamagedInputError(f"several columns are named {said}: give each a name of its own", 1)
    return names


def _event(row: list[str], names: list[str], json_cells: frozenset[str]) -> tuple[object, str | None]:
    if not row or row == [""]:
        return None, None
    if len(row) != len(names):
        return row, f"it has {len(row)} cells, and there are {len(names)} columns"
    event: dict[str, object] = {}
    for name, cell in zip(names, row, strict=True):
        if not cell:
            continue
        if not name:
            return row, "it has a cell in a column without a name"
        if name in json_cells:
            try:
                event[name] = json.loads(cell, parse_float=Decimal)
            except (ValueError, RecursionError):
                return row, f"its cell in the column {name} is not JSON"
        else:
            event[name] = cell
    return event or None, None
