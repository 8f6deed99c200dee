"""The members of Kinesis requests, with their limits (facts 1.7)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

from clickstream_local.kinesis.data_stream import MOST_HASH_KEY
from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null

MOST_RECORDS = 500
MOST_RECORD_BYTES = 1024 * 1024
"""The default of a stream's MaxRecordSizeInKiB."""

MOST_REQUEST_BYTES = 10 * 1024 * 1024
_MOST_KEY = 256


class Entry(NamedTuple):
    """A record to put."""

    data: bytes
    partition_key: str
    explicit_hash_key: int | None


def one_entry(request: Mapping[str, Any]) -> Entry:
    """The record of PutRecord. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    problems: list[str] = []
    entry = _entry(request, "", problems)
    if problems:
        raise ValidationError(problems)
    return entry


def entries(request: Mapping[str, Any]) -> list[Entry]:
    """The records of PutRecords. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    records = request.get("Records")
    if not isinstance(records, list):
        raise ValidationError([null("records")])
    problems = []
    if not 1 <= len(records) <= MOST_RECORDS:
        bound = f"less than or equal to {MOST_RECORDS}" if records else "greater than or equal to 1"
        problems.append(constraint("Value", "records", f"Member must have length {bound}"))
    found = [_entry(record, f"records.{place}.member.", problems) for place, record in enumerate(records, 1)]
    if problems:
        raise ValidationError(problems)
    if sum(len(entry.data) + len(entry.partition_key.encode()) for entry in found) > MOST_REQUEST_BYTES:
        raise ApiError("InvalidArgumentException", "Records size exceeds 10 MB limit")
    return found


def count(request: Mapping[str, Any], member: str, *, default: int, most: int) -> int:
    """A number of items. Raises :class:`~clickstream_local.wire.aws_json.ValidationError`."""
    value = request.get(member, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        bound = (
            "greater than or equal to 1" if isinstance(value, int) and value < 1 else f"less than or equal to {most}"
        )
        path = member[0].lower() + member[1:]
        raise ValidationError([constraint(f"Value '{value}'", path, f"Member must have value {bound}")])
    return value


def _entry(record: object, path: str, problems: list[str]) -> Entry:
    members = record if isinstance(record, dict) else {}
    key, text, explicit = members.get("PartitionKey"), members.get("Data"), members.get("ExplicitHashKey")
    if not isinstance(key, str):
        problems.append(null(f"{path}partitionKey"))
        key = ""
    elif not 1 <= len(key) <= _MOST_KEY:
        bound = f"less than or equal to {_MOST_KEY}" if key else "greater than or equal to 1"
        problems.append(
            constraint(f"Value '{key[:_MOST_KEY]}'", f"{path}partitionKey", f"Member must have length {bound}")
        )
    data = b""
    if text is None:
        problems.append(null(f"{path}data"))
    else:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ApiError("SerializationException", f"{path}data is not base64") from None
        if len(data) > MOST_RECORD_BYTES:
            value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(data)} cap={len(data)}]'"
            rule = f"Member must have length less than or equal to {MOST_RECORD_BYTES}"
            problems.append(constraint(value, f"{path}data", rule))
    hash_key = None
    if explicit is not None:
        if not str(explicit).isdigit() or int(explicit) > MOST_HASH_KEY:
            message = f"{path}explicitHashKey is {explicit}: it must be a number between 0 and 2^128-1"
            raise ApiError("InvalidArgumentException", message)
        hash_key = int(explicit)
    return Entry(data, key, hash_key)
