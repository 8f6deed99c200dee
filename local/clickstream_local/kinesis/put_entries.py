"""The records of PutRecord and PutRecords, with their limits (facts 1.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from clickstream_local.kinesis.data_stream import MAX_HASH_KEY
from clickstream_local.wire.aws_json import ApiError, ValidationError, null
from clickstream_local.wire.members import length_problems, record_data

MAX_RECORDS = 500
MAX_RECORD_BYTES = 1024 * 1024
"""The default of a stream's MaxRecordSizeInKiB."""

MAX_REQUEST_BYTES = 10 * 1024 * 1024
_MAX_KEY = 256


class PutEntry(NamedTuple):
    """A record to put."""

    data: bytes
    partition_key: str
    explicit_hash_key: int | None


def put_entry(request: Mapping[str, Any]) -> PutEntry:
    """The record of PutRecord. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    problems: list[str] = []
    entry = _entry(request, "", problems)
    if problems:
        raise ValidationError(problems)
    return entry


def put_entries(request: Mapping[str, Any]) -> list[PutEntry]:
    """The records of PutRecords. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    records = request.get("Records")
    if not isinstance(records, list):
        raise ValidationError([null("records")])
    problems = length_problems("Value", "records", len(records), MAX_RECORDS)
    found = [_entry(record, f"records.{place}.member.", problems) for place, record in enumerate(records, 1)]
    if problems:
        raise ValidationError(problems)
    if sum(len(entry.data) + len(entry.partition_key.encode()) for entry in found) > MAX_REQUEST_BYTES:
        raise ApiError("InvalidArgumentException", "Records size exceeds 10 MB limit")
    return found


def _entry(record: object, path: str, problems: list[str]) -> PutEntry:
    members = record if isinstance(record, dict) else {}
    key, explicit = members.get("PartitionKey"), members.get("ExplicitHashKey")
    if not isinstance(key, str):
        problems.append(null(f"{path}partitionKey"))
        key = ""
    else:
        problems += length_problems(f"Value '{key[:_MAX_KEY]}'", f"{path}partitionKey", len(key), _MAX_KEY)
    data = record_data(members, f"{path}data", problems, limit=MAX_RECORD_BYTES)
    hash_key = None
    if explicit is not None:
        if not str(explicit).isdigit() or int(explicit) > MAX_HASH_KEY:
            message = f"{path}explicitHashKey is {explicit}: it must be a number between 0 and 2^128-1"
            raise ApiError("InvalidArgumentException", message)
        hash_key = int(explicit)
    return PutEntry(data, key, hash_key)
