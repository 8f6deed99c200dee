"""The encoding and the compression of an input: UTF-8 is read, all else is named."""

from __future__ import annotations

import codecs
import io
from typing import Final

from clickstream_producer.agent.tracked_file import other_encoding

SAMPLE: Final = 65_536
"""First bytes that an input is judged by."""

_COMPRESSED: Final = {
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"\xfd7zXZ\x00": ("xz", "xz -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"PK\x03\x04": ("a zip archive (or a spreadsheet)", "unzip -p"),
}
_BINARY: Final = {b"PAR1": "Parquet", b"SQLite format 3\x00": "an SQLite database", b"%PDF": "PDF"}


def what_else(first: bytes) -> str | None:
    """Say what an input is if it is not text in one byte a character or UTF-8, and what to do; None: it may be that."""
    for magic, (name, command) in _COMPRESSED.items():
        if first.startswith(magic):
            return f"it is {name}: unpack it first, {command} FILE | clickstream-producer send - ..."
    for magic, name in _BINARY.items():
        if first.startswith(magic):
            return f"it is {name}, not text"
    encoding = other_encoding(first)
    if encoding is not None:
        name = encoding.split(" ", 1)[0].lower()
        return f"it is {encoding}, not UTF-8: give --encoding {name}{'' if name == encoding.lower() else '-le or -be'}"
    if b"\r" in first[:-1] and b"\n" not in first:
        return "its lines end with CR alone, as on old Macs: convert it first, tr '\\r' '\\n' < FILE"
    return None


def guess(data: bytes) -> str:
    """Say which encoding bytes that are not UTF-8 look like, with the extra ``cli``; else what to install for that."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "give --encoding (pip install clickstream-producer[cli] proposes one)"
    best = from_bytes(data).best()
    if best is None:
        return "give --encoding"
    return f"it looks like {best.encoding}: if it is, give --encoding {best.encoding}"


def known(encoding: str) -> bool:
    """Whether Python can read an encoding of text."""
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, UnicodeError, TypeError):
        return False
    return True


class Transcoded(io.RawIOBase):
    """A stream in another encoding as UTF-8; it can be sought like a gzip file, by reading from the start.

    Parameters
    ----------
    stream
        What to read.
    encoding
        Its encoding. Bytes that do not belong to it are errors.
    """

    def __init__(self, stream: io.BufferedIOBase, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._rest = b""
        self._begin()

    def _begin(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        self._error: UnicodeDecodeError | None = None

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read some bytes.

        Raises
        ------
        UnicodeDecodeError
            What comes next is not of the encoding.
        """
        while not self._rest:
            if self._error is not None:
                raise self._error
            data = self._stream.read(SAMPLE)
            before = self._decoder.getstate()
            try:
                text = self._decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                self._error = error  # raised once what comes before is read
                self._decoder.setstate(before)
                text = self._decoder.decode(data[: max(0, error.start - len(before[0]))])
            self._rest = text.encode()
            if not data and self._error is None:
                break
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def seekable(self) -> bool:
        """Whether it can be sought."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a byte of the UTF-8 text."""
        self._stream.seek(0)
        self._rest = b""
        self._begin()
        done = 0
        while done < offset and (part := self.read(min(SAMPLE, offset - done))):
            done += len(part)
        return done
