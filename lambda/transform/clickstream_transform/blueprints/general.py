"""General processing: records as they are."""

from __future__ import annotations

from typing import Any

from clickstream_transform.blueprints.strict_processor import StrictProcessor
from clickstream_transform.columns.checks import json_type
from clickstream_transform.errors import EventRejectedError, Reason
from clickstream_transform.records.codec import compact, scan, without_nonfinite, without_surrogates
from clickstream_transform.records.envelope import Envelope, Events, read_json


class Lenient:
    """JSON events of any shape, one compact line each.

    Records are taken apart as the harness does: a context line is read off, arrays and concatenated values are
    exploded. What no column can hold is mended: NaN and infinity become null, text that is no UTF-8 is replaced.
    """

    deduplicated = 0

    def begin(self) -> Lenient:
        """Begin an invocation."""
        return self

    def read(self, body: bytes, explode: bool) -> Events:
        """The JSON values of a body."""
        return read_json(body, explode)

    def quick(self, raw: bytes) -> bytes | None:
        """The line of a record that is one good object."""
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
        return json_line(value)


def json_line(value: Any) -> bytes:
    """An object as one line of JSON that every column type can be read from.

    Raises:
        EventRejectedError: the value is no object.
    """
    if value.__class__ is not dict:
        raise EventRejectedError([Reason("", "type", f"event is {json_type(value)}, an object is wanted")])
    try:
        text = compact(value)
    except ValueError:
        text = compact(without_nonfinite(value))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return str(without_surrogates(text)).encode() + b"\n"


class Strict(StrictProcessor):
    """Every record as it came, to the byte; no newline is added (transforms.md 3.1)."""

    def __init__(self) -> None:
        super().__init__(lambda text: text)

    def quick(self, raw: bytes) -> bytes | None:
        """The record itself, whatever it holds."""
        return None if raw.startswith(b'{"clickstream":1,') else raw
