"""A processor that keeps to a published blueprint: one record in, one row out, or the record fails."""

from __future__ import annotations

from clickstream_transform.blueprints.line_processor import RowOf
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import UndecodableRecordError
from clickstream_transform.records.envelope import Envelope

OUR_LINE = b'{"clickstream":1,'
"""How a context line begins that the transform wrote."""


class WholeRecord:
    """A record's text as its one event."""

    __slots__ = ("_text", "count", "values")

    def __init__(self, text: str) -> None:
        self._text = text
        self.values = [text]
        self.count = 1

    def raw(self, position: int) -> str:
        """The text."""
        return self._text

    def release(self) -> None:
        """Forget the value; ``raw`` goes on working."""
        self.values = []


class StrictProcessor(StatelessProcessor):
    """Turns each record into what a blueprint makes of it.

    A blueprint knows no context line; a record of ours that begins with one (requeued, or replayed) is read without it.

    Parameters
    ----------
    row:
        What the blueprint makes of a text; None where it fails the record.
    """

    def __init__(self, row: RowOf) -> None:
        self._row = row

    def read(self, body: bytes, explode: bool) -> WholeRecord:
        """The body as one event; the newline that ends a requeued record is not part of it."""
        text = body.decode("utf-8", "surrogateescape")
        return WholeRecord(text if explode else text.removesuffix("\n"))

    def fast_path(self, raw: bytes) -> bytes | None:
        """The row of a record; raises ``UndecodableRecordError`` where the blueprint answers ProcessingFailed."""
        if raw.startswith(OUR_LINE):
            return None
        try:
            return self._row_of(raw.decode())
        except UnicodeDecodeError:
            raise UndecodableRecordError("invalid_utf8") from None

    def rows(self, value: str, index: int, envelope: Envelope) -> bytes:
        """The row of a record that began with a context line."""
        return self._row_of(value)

    def _row_of(self, text: str) -> bytes:
        row = self._row(text)
        if row is None:
            raise UndecodableRecordError("no_match")
        return row.encode("utf-8", "surrogateescape")
