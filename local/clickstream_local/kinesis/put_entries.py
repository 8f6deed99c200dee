"""The records of PutRecord and PutRecords, with their limits (facts/kinesis.md#put-records)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from clickstream_local.kinesis.data_stream import MAX_HASH_KEY, DataStream
from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null
from clickstream_local.wire.members import length_problems, record_data

MAX_RECORDS = 500
MAX_RECORD_BYTES = 10 * 1024 * 1024
"""Of data, whatever the stream takes."""

MAX_REQUEST_BYTES = 10 * 1024 * 1024
_MAX_KEY = 256
_MAX_NAME = 128
_NAME = "[a-zA-Z0-9_.-]+"
_HASH_KEY = r"0|([1-9]\d{0,38})"
_SEQUENCE_NUMBER = r"0|([1-9]\d{0,128})"


class PutEntry(NamedTuple):
    """A record to put; ``size`` counts the bytes of data and partition key, as the limits do."""

    data: bytes
    partition_key: str
    explicit_hash_key: int | None
    size: int


def put_entry(request: Mapping[str, Any]) -> PutEntry:
    """The record of PutRecord. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    problems: list[str] = []
    _text(request, "SequenceNumberForOrdering", "", problems, pattern=_SEQUENCE_NUMBER)
    entry = _entry(request, "", problems)
    _text(request, "StreamName", "", problems, pattern=_NAME, longest=_MAX_NAME)
    if problems:
        raise ValidationError(problems)
    return entry


def put_entries(request: Mapping[str, Any]) -> list[PutEntry]:
    """The records of PutRecords. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    records = request.get("Records")
    problems: list[str] = []
    found: list[PutEntry] = []
    if records is None:
        problems.append(null("records"))
    elif not isinstance(records, list):
        raise ApiError("SerializationException", "records is of the wrong type: it must be a list")
    else:
        problems += length_problems("Value", "records", len(records), MAX_RECORDS)
        found = [_entry(record, f"records.{place}.member.", problems) for place, record in enumerate(records, 1)]
    _text(request, "StreamName", "", problems, pattern=_NAME, longest=_MAX_NAME)
    if problems:
        raise ValidationError(problems)
    if sum(entry.size for entry in found) > MAX_REQUEST_BYTES:
        raise ApiError("InvalidArgumentException", "Records size exceeds 10 MB limit")
    return found


def check_sizes(entries: Sequence[PutEntry], stream: DataStream, member: str) -> None:
    """Refuse records that the stream will never take: a producer would try for ever if they were throttled.

    ``member`` is the path of a record's data, with a place for its number. Raises
    :class:`~clickstream_local.wire.aws_json.ApiError`.
    """
    limit = stream.max_record_kib * 1024
    for place, entry in enumerate(entries, 1):
        if entry.size > limit:
            path = member.format(place)
            length = len(entry.data)
            if length > limit:
                value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]'"
                raise ValidationError(
                    [constraint(value, path, f"Member must have length less than or equal to {limit}")]
                )
            bound = f"the stream's MaxRecordSizeInKiB is {stream.max_record_kib}"
            message = f"{path} and its partition key have {entry.size} bytes; {bound}"
            raise ApiError("InvalidArgumentException", message)


def _entry(record: object, path: str, problems: list[str]) -> PutEntry:
    if not isinstance(record, dict):
        raise ApiError("SerializationException", f"{path.rstrip('.')} is of the wrong type: it must be a structure")
    key = record.get("PartitionKey")
    if key.__class__ is not str or not 1 <= len(key) <= _MAX_KEY:
        key = _text(record, "PartitionKey", path, problems, longest=_MAX_KEY, required=True) or ""
    hash_key = _hash_key(record, path, problems) if "ExplicitHashKey" in record else None
    data = record_data(record, f"{path}data", problems, limit=MAX_RECORD_BYTES)
    return PutEntry(data, key, hash_key, len(data) + len(key if key.isascii() else key.encode()))


def _hash_key(record: Mapping[str, Any], path: str, problems: list[str]) -> int | None:
    explicit = _text(record, "ExplicitHashKey", path, problems, pattern=_HASH_KEY)
    if explicit is None or len(explicit) > len(str(MAX_HASH_KEY)) or not explicit.isdecimal():
        return None
    hash_key = int(explicit)
    if hash_key > MAX_HASH_KEY:
        message = "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
        raise ApiError("InvalidArgumentException", message + explicit)
    return hash_key


def _text(
    members: Mapping[str, Any],
    name: str,
    path: str,
    problems: list[str],
    *,
    pattern: str | None = None,
    longest: int | None = None,
    required: bool = False,
) -> str | None:
    """A text among the members; adds to ``problems`` what is wrong with it."""
    text = members.get(name)
    member = f"{path}{name[0].lower()}{name[1:]}"
    if text is None:
        if required:
            problems.append(null(member))
        return None
    if not isinstance(text, str):
        raise ApiError("SerializationException", f"{member} is of the wrong type: it must be a string")
    if pattern is not None and re.fullmatch(pattern, text) is None:
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        problems.append(constraint(f"Value '{text}'", member, rule))
    if longest is not None:
        problems += length_problems(f"Value '{text}'", member, len(text), longest)
    return text
