"""A processor of log lines: each line of a record gives one row, or is rejected."""

from __future__ import annotations

from collections.abc import Callable

from clickstream_transform.blueprints.lines import Begins, Lines
from clickstream_transform.contract.processor import StatelessProcessor
from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.records.codec import without_surrogates
from clickstream_transform.records.envelope import Envelope, decoded

NO_APACHE_LOG = Reason("", "no_apache_log", "the line must be in Apache's common, combined or vhost log format")
NO_SYSLOG = Reason("", "no_syslog", "the line must begin with a syslog priority or a time")
_ENCODING = Reason("", "encoding", "the line must be UTF-8: the row has no column that could say what was mended")
_NO_LINE = ("{", "\ufeff")
RowOf = Callable[[str], str | None]
"""The row of a line, None for a line that is none of its kind."""


class LineProcessor(StatelessProcessor):
    """Turns lines into rows.

    Parameters
    ----------
    row:
        The row of a line, newline included; None where the line is of another kind.
    reason:
        Why a line is rejected.
    begins:
        Whether a line begins an event; without it every line does.
    flagged:
        A row with the flag that text in it was mended; without it such a line is rejected.
    """

    one_row_an_event = True

    def __init__(self, row: RowOf, reason: Reason, begins: Begins | None = None, flagged: RowOf | None = None) -> None:
        self._row = row
        self._flagged = flagged
        self._reason = reason
        self._begins = begins

    def read(self, body: bytes, explode: bool) -> Lines:
        """The lines of a body."""
        return Lines(decoded(body), self._begins)

    def fast_path(self, raw: bytes) -> bytes | None:
        """The row of a record that is one good line."""
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            return None
        if "\n" in line or "\r" in line:
            line = line.removesuffix("\n").removesuffix("\r")
            if "\n" in line:
                return None
        # A record that begins with a brace may begin with a context line; a byte order mark is no part of its line.
        if line[:1] in _NO_LINE:
            return None
        row = self._row(line)
        return None if row is None else row.encode()

    def rows(self, value: str, index: int, envelope: Envelope) -> bytes:
        """The row of one line."""
        row = self._row(value)
        if row is None:
            raise EventRejectedError([self._reason])
        try:
            return row.encode()
        except UnicodeEncodeError:
            flagged = None if self._flagged is None else self._flagged(row)
            if flagged is None:
                raise EventRejectedError([_ENCODING]) from None
            return str(without_surrogates(flagged)).encode()


def with_flag(row: str) -> str:
    """A row of JSON with the flag that text in it was mended."""
    return f'{row[:-2]},"enrich_flags":["encoding"]}}\n'
