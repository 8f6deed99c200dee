"""The records of PutRecord and PutRecords, with their limits (facts/kinesis.md#put-records)."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """A record to put."""

    data: bytes
    partition_key: str
    explicit_hash_key: int | None

    @property
    def size(self) -> int:
        """Bytes of data and partition key, which the limits count together."""
        return len(self.data) + len(self.partition_key.encode())


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


def check_size(entry: PutEntry, stream: DataStream, member: str = "data") -> None:
    """Refuse a record that the stream will never take: a producer would try for ever if it were throttled.

    Raises :class:`~clickstream_local.wire.aws_json.ApiError`.
    """
    limit = stream.max_record_kib * 1024
    if len(entry.data) > limit:
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(entry.data)} cap={len(entry.data)}]'"
        raise ValidationError([constraint(value, member, f"Member must have length less than or equal to {limit}")])
    if entry.size > limit:
        bound = f"the stream's MaxRecordSizeInKiB is {stream.max_record_kib}"
        message = f"{member} and its partition key have {entry.size} bytes; {bound}"
        raise ApiError("InvalidArgumentException", message)


def _entry(record: object, path: str, problems: list[str]) -> PutEntry:
    if not isinstance(record, dict):
        raise ApiError("SerializationException", f"{path.rstrip('.')} is of the wrong type: it must be a structure")
    key = _text(record, "PartitionKey", path, problems, longest=_MAX_KEY, required=True)
    explicit = _text(record, "ExplicitHashKey", path, problems, pattern=_HASH_KEY)
    data = record_data(record, f"{path}data", problems, limit=MAX_RECORD_BYTES)
    hash_key = None
    if explicit is not None and len(explicit) <= len(str(MAX_HASH_KEY)) and explicit.isdecimal():
        hash_key = int(explicit)
        if hash_key > MAX_HASH_KEY:
            message = (
                "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
            )
            raise ApiError("InvalidArgumentException", message + explicit)
    return PutEntry(data, key or "", hash_key)


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
