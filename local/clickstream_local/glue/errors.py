"""Why a table cannot be used for conversion, and why a record does not become rows of its table."""

from __future__ import annotations


class GlueError(ValueError):
    """A table or an option that cannot be used for conversion; the message names it and what to do."""


class RecordError(Exception):
    """A record that cannot be converted.

    ``str()`` is the message of the error object, which may quote a value; ``summary`` quotes nothing, for logs.
    """

    code = "DataFormatConversion.ConversionFailureException"

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(f"{summary} {detail}" if detail else summary)
        self.summary = summary


class ParseError(RecordError):
    """The record is not JSON."""

    code = "DataFormatConversion.ParseError"


class MalformedDataError(RecordError):
    """The record is JSON, and does not fit the table's schema."""

    code = "DataFormatConversion.MalformedData"


def mismatch(detail: str) -> MalformedDataError:
    """A value that does not fit its column; ``detail`` says which, in the service's words."""
    return MalformedDataError("Data does not match the schema.", detail)


def bad_input(text: object) -> MalformedDataError:
    """A value that cannot be read as its column's type."""
    return mismatch(f'For input string: "{text}"')
