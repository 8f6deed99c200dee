"""Writes a mapping as compact JSON: by orjson where it is there and means the same, else by the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from clickstream_producer.encoding.json_types import plain, utf8

try:
    import orjson
except ImportError:  # the extra `fast` is not installed
    orjson = None  # type: ignore[assignment]


def _standard_writer() -> Callable[[dict[Any, Any]], str]:
    """Make a writer by the standard library: its C encoder, made once instead of at each call.

    What contains itself is an error of depth here: to look for it would need a memory that threads cannot share.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without the C accelerator
        options: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False, "check_circular": False}
        return json.JSONEncoder(separators=(",", ":"), default=plain, **options).encode
    chunks = make(None, plain, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda fields: "".join(chunks(fields, 0))


class JsonWriter:
    """Writer of one encoder.

    The verdict on every value is that of the standard library: orjson, a tenth of its cost, answers only where both
    agree. What orjson refuses (integers of more than 64 bits, keys that are numbers, half of a surrogate pair) goes the
    long way, and so does what it would write as ``null`` though it is not None: a number that is not finite.
    """

    def __init__(self) -> None:
        self._standard = _standard_writer()
        # Dates and dataclasses have a form of their own here.
        self._options = 0 if orjson is None else orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

    def write(self, fields: dict[Any, Any]) -> bytes:
        """Write UTF-8 without raw newlines.

        Raises
        ------
        TypeError, ValueError, RecursionError
            As :class:`json.JSONEncoder`.
        """
        if orjson is not None:
            try:
                data = orjson.dumps(fields, plain, self._options)
            except orjson.JSONEncodeError:
                pass  # stricter in places than the standard library; that one's word counts
            else:
                # A None at the top makes one null, anything else that holds the word more of them. A raw newline is
                # only in an orjson.Fragment, which nobody has checked.
                nulls = data.count(b"null")
                if (not nulls or nulls == list(fields.values()).count(None)) and 10 not in data:
                    return data
        return utf8(self._standard(fields))
