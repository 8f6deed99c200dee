"""The members of Firehose requests, with their limits (facts 1.3, 1.4)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from typing import Any

from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null

MAX_RECORDS = 500
MAX_RECORD_BYTES = 1_024_000
MAX_BATCH_BYTES = 4 * 1024 * 1024
_MAX_NAME = 64
_NAME_PATTERN = "[a-zA-Z0-9_.-]+"
_NAME = re.compile(_NAME_PATTERN)


def stream_name(request: Mapping[str, Any]) -> str:
    """The stream that a request names. Raises :class:`ValidationError`."""
    name = request.get("DeliveryStreamName")
    problems = name_problems(name)
    if problems:
        raise ValidationError(problems)
    return str(name)


def name_problems(name: object, member: str = "deliveryStreamName") -> list[str]:
    """What is wrong with a stream's name."""
    if name is None:
        return [null(member)]
    if not isinstance(name, str):
        raise ApiError("SerializationException", f"{member} must be a string")
    problems = []
    if not _NAME.fullmatch(name):
        rule = f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
        problems.append(constraint(f"Value '{name}'", member, rule))
    if not name or len(name) > _MAX_NAME:
        bound = f"less than or equal to {_MAX_NAME}" if name else "greater than or equal to 1"
        problems.append(constraint(f"Value '{name}'", member, f"Member must have length {bound}"))
    return problems


def limit(request: Mapping[str, Any], *, default: int, most: int) -> int:
    """The ``Limit`` of a listing. Raises :class:`ValidationError`."""
    value = request.get("Limit", default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError("SerializationException", "limit must be an integer")
    if not 1 <= value <= most:
        bound = "greater than or equal to 1" if value < 1 else f"less than or equal to {most}"
        raise ValidationError([constraint(f"Value '{value}'", "limit", f"Member must have value {bound}")])
    return value


def record_data(request: Mapping[str, Any]) -> bytes:
    """The data of PutRecord, whose stream has a right name. Raises :class:`ApiError`."""
    problems = name_problems(request.get("DeliveryStreamName"))
    record = request.get("Record")
    if record is None:
        problems.append(null("record"))
        raise ValidationError(problems)
    data = _data(record, "record", problems)
    if problems:
        raise ValidationError(problems)
    return data


def batch_data(request: Mapping[str, Any]) -> list[bytes]:
    """The data of PutRecordBatch's records, whose stream has a right name. Raises :class:`ApiError`."""
    problems = name_problems(request.get("DeliveryStreamName"))
    records = request.get("Records")
    if records is None:
        problems.append(null("records"))
        raise ValidationError(problems)
    if not isinstance(records, list):
        raise ApiError("SerializationException", "records must be a list")
    if not 1 <= len(records) <= MAX_RECORDS:
        bound = f"less than or equal to {MAX_RECORDS}" if records else "greater than or equal to 1"
        problems.append(constraint("Value", "records", f"Member must have length {bound}"))
    # Places in a list are counted from 1 in the service's messages (facts 1.3).
    data = [_data(record, f"records.{place}.member", problems) for place, record in enumerate(records, 1)]
    if problems:
        raise ValidationError(problems)
    if sum(map(len, data)) > MAX_BATCH_BYTES:
        raise ApiError("InvalidArgumentException", "Records size exceeds 4 MB limit")
    return data


def _data(record: object, member: str, problems: list[str]) -> bytes:
    text = record.get("Data") if isinstance(record, dict) else None
    if text is None:
        problems.append(null(f"{member}.data"))
        return b""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, TypeError, ValueError):
        raise ApiError("SerializationException", f"{member}.data is not base64") from None
    if len(data) > MAX_RECORD_BYTES:
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(data)} cap={len(data)}]'"
        rule = f"Member must have length less than or equal to {MAX_RECORD_BYTES}"
        problems.append(constraint(value, f"{member}.data", rule))
    return data
