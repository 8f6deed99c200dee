"""Checks of the members of requests, in the services' words.

Source: facts/firehose.md#put-records, facts/kinesis.md#put-records.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Any

from clickstream_local.wire.aws_json import ApiError, ValidationError, constraint, null


def length_problems(value: str, member: str, length: int, limit: int) -> list[str]:
    """The problem of a text or list that is empty or longer than ``limit``; ``value`` is how the service quotes it."""
    if 1 <= length <= limit:
        return []
    bound = f"less than or equal to {limit}" if length else "greater than or equal to 1"
    return [constraint(value, member, f"Member must have length {bound}")]


def count(request: Mapping[str, Any], member: str, *, default: int, limit: int) -> int:
    """How many items a call asks for. Raises :class:`~clickstream_local.wire.aws_json.ValidationError`."""
    value: int = request.get(member, default)
    if not 1 <= value <= limit:
        bound = "greater than or equal to 1" if value < 1 else f"less than or equal to {limit}"
        path = member[0].lower() + member[1:]
        raise ValidationError([constraint(f"Value '{value}'", path, f"Member must have value {bound}")])
    return value


def record_data(record: object, member: str, problems: list[str], *, limit: int) -> bytes:
    """The bytes of a record's ``Data``; adds to ``problems`` when it is missing or longer than ``limit``.

    Raises :class:`~clickstream_local.wire.aws_json.ApiError` for data that is not base64.
    """
    text = record.get("Data") if isinstance(record, dict) else None
    if text is None:
        problems.append(null(member))
        return b""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, TypeError, ValueError):
        raise ApiError("SerializationException", f"{member} is not base64") from None
    if len(data) > limit:
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(data)} cap={len(data)}]'"
        problems.append(constraint(value, member, f"Member must have length less than or equal to {limit}"))
    return data
