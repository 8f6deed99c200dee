"""Writes a mapping as compact JSON: by orjson where it is there and means the same, else by the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from clickstream_producer.encoding.json_types import check_names, check_own_names, plain, utf8

try:
    import orjson
except ImportError:  # the extra `fast` is not installed
    orjson = None  # type: ignore[assignment]

Writer = Callable[[dict[Any, Any]], bytes]
"""Writes UTF-8 without raw newlines; raises what :class:`json.JSONEncoder` does."""


def _standard_encoder() -> Callable[[dict[Any, Any]], str]:
    # What contains itself is an error of depth. JSONEncoder.encode makes a C encoder at each call; this makes one.
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without the C accelerator
        how: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False, "check_circular": False}
        return json.JSONEncoder(separators=(",", ":"), default=plain, **how).encode
    chunks = make(None, plain, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda fields: "".join(chunks(fields, 0))


def json_writer() -> Writer:
    """Make the fastest writer there is.

    What is written, and what is refused, is the standard library's choice: orjson, a tenth of its cost, answers only
    where both agree. What orjson refuses (integers of more than 64 bits, keys that are numbers, half of a surrogate
    pair) goes the long way, and so does what it would write as ``null`` though it is not None: a number that is not
    finite.
    """
    encode = _standard_encoder()

    def write_by_standard_library(fields: dict[Any, Any]) -> bytes:
        text = encode(fields)
        # Nearly all events have no object inside, whose names could become the same.
        (check_own_names if text.find("{", 1) < 0 else check_names)(fields)
        return utf8(text)

    if orjson is None:
        return write_by_standard_library
    # Dates and dataclasses have a form of their own here.
    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

    def write_by_orjson(fields: dict[Any, Any]) -> bytes:
        try:
            data = orjson.dumps(fields, plain, options)
        except orjson.JSONEncodeError:  # what plain raises, too
            return write_by_standard_library(fields)
        # A None at the top makes one null, anything else that holds the word more of them. A raw newline is only in
        # an orjson.Fragment, which nobody has checked.
        nulls = data.count(b"null")
        if (not nulls or nulls == list(fields.values()).count(None)) and 10 not in data:
            return data
        return write_by_standard_library(fields)

    return write_by_orjson
