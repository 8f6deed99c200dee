"""The JSON documents of a record: one, or several back to back (facts/firehose.md#conversion-input)."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from clickstream_local.glue.errors import MalformedDataError, ParseError, mismatch

MAX_KEY_LENGTH = 262_144


def parse_documents(data: bytes) -> list[dict[str, Any]]:
    """The objects of a record, in order.

    Numbers keep what a double keeps; :func:`parse_documents_exactly` keeps every digit of integers.

    Raises
    ------
    ParseError
        The record is not JSON.
    MalformedDataError
        The record is empty, has a key over 262,144 characters, is nested too deeply, or has a document that is not an
        object (an array, for instance).
    """
    try:
        # Almost every record is one line, or lines, of one document each. Where a line is not a document, as in
        # pretty-printed text, nothing that was read line by line counts.
        if data.find(b"\n", 0, -1) < 0:
            documents = [orjson.loads(data)]
        else:
            documents = [orjson.loads(line) for line in data.split(b"\n") if line]
    except orjson.JSONDecodeError:
        return parse_documents_exactly(data)
    return _objects(documents, data)


def parse_documents_exactly(data: bytes) -> list[dict[str, Any]]:
    """As :func:`parse_documents`, slower, for documents that no lines divide and for integers beyond 64 bits."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise MalformedDataError("The record is not valid UTF-8.") from error
    documents = []
    position = _skip_space(text, 0)
    try:
        while position < len(text):
            document, position = _DECODER.raw_decode(text, position)
            documents.append(document)
            position = _skip_space(text, position)
        if "\\ud" in text.lower():
            json.dumps(documents, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}."
        raise ParseError(f"Encountered malformed JSON. {reason}") from error
    except RecursionError as error:
        raise MalformedDataError("The record is nested too deeply.") from error
    except UnicodeEncodeError as error:
        raise MalformedDataError("The record holds half of a surrogate pair, which is not a character.") from error
    return _objects(documents, data)


def _objects(documents: list[Any], data: bytes) -> list[dict[str, Any]]:
    if not documents:
        raise MalformedDataError("The record was empty or contained only whitespace.")
    for document in documents:
        if document.__class__ is not dict:
            raise mismatch("A JSON object is required.")
        if len(data) > MAX_KEY_LENGTH:
            _check_keys(document)
    return documents


def _check_keys(value: Any) -> None:
    if isinstance(value, dict):
        if any(len(key) > MAX_KEY_LENGTH for key in value):
            raise MalformedDataError(f"A JSON key is longer than {MAX_KEY_LENGTH} characters.")
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            _check_keys(member)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _refuse_constant(name: str) -> float:
    raise ParseError(f"Encountered malformed JSON. {name} is not a JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise mismatch("A number is beyond the range of a double.")
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
