"""General processing: records as they are."""

from __future__ import annotations

import re
from typing import Any, Self

from clickstream_transform.blueprints.strict_processor import OUR_LINE, StrictProcessor
from clickstream_transform.columns.checks import not_an_object
from clickstream_transform.columns.compiled_column import Columns
from clickstream_transform.columns.row_check import RowCheck, row_line
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.records.codec import compact, scan
from clickstream_transform.records.envelope import Envelope, Events, read_json

_HUGE_INTEGER = Reason("", "range", "must have no integer of more than 4,300 digits")
_has_huge_integer = re.compile(r"\d{4301}", re.ASCII).search
"""What the interpreter refuses to read as an integer, and the row would hold as null."""


class GeneralProcessor(StatelessProcessor):
    """JSON events of any shape, one compact line each.

    Records are taken apart as the harness does: a context line is read off, arrays and concatenated values are
    exploded. What JSON in UTF-8 cannot hold is mended, and flagged: NaN and infinity become null, text that is no UTF-8
    is replaced.

    Parameters
    ----------
    columns:
        That the events have to fit; without them nothing is checked.
    """

    def __init__(self, columns: Columns | None = None) -> None:
        self._check = RowCheck(columns) if columns is not None else None

    def begin(self) -> Self:
        """Begin an invocation."""
        self.unknown_members = 0
        return self

    def read(self, body: bytes, explode: bool) -> Events:
        """The JSON values of a body."""
        return read_json(body, explode)

    def fast_path(self, raw: bytes) -> bytes | None:
        """The line of a record that is one good object."""
        if self._check is not None:
            return None
        try:
            text = raw.decode()
            value, end = scan(text, 0)
            # What a newline follows may be a context line.
            if value.__class__ is dict and (end == len(text) or ("clickstream" not in value and text[end:].isspace())):
                return (compact(value) + "\n").encode()
        except (ValueError, StopIteration, RecursionError):
            pass
        return None

    def rows(self, value: Any, index: int, envelope: Envelope) -> bytes:
        """The line of one event."""
        if value.__class__ is not dict:
            raise not_an_object(value)
        row, lost_members, has_flags = value, False, True
        if self._check is not None:
            (row, lost_members), has_flags = self._check.checked(value), self._check.has_flags
        line = row_line(row, has_flags=has_flags)
        if b'"range' in line and _has_huge_integer(envelope.events.raw(index)):
            raise EventRejectedError([_HUGE_INTEGER])
        self.unknown_members += lost_members
        return line


class StrictGeneralProcessor(StrictProcessor):
    """Every record as it came, to the byte; no newline is added (facts/blueprints.md#general)."""

    def __init__(self) -> None:
        super().__init__(lambda text: text)

    def fast_path(self, raw: bytes) -> bytes | None:
        """The record itself, whatever it holds."""
        return None if raw.startswith(OUR_LINE) else raw
