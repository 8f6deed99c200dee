"""The Firehose wire API: AWS JSON 1.1 requests to calls, results and errors to responses (facts 1)."""

from __future__ import annotations

import binascii
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from clickstream_local.http import Response

TARGET_PREFIX = "Firehose_20150804."
MAX_RECORDS = 500
MAX_RECORD_BYTES = 1_024_000
MAX_BATCH_BYTES = 4 * 1024 * 1024
_MAX_NAME = 64
_NAME_PATTERN = "[a-zA-Z0-9_.-]+"
_NAME = re.compile(_NAME_PATTERN)


class ApiError(Exception):
    """An error answer: the exception's name on the wire, its message and the HTTP status."""

    def __init__(self, kind: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status


class ValidationError(ApiError):
    """Constraints that the request breaks, in the service's words."""

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        noun = "error" if count == 1 else "errors"
        super().__init__("ValidationException", f"{count} validation {noun} detected: {'; '.join(problems)}")


def parse_request(body: bytes) -> dict[str, Any]:
    """The members of a request. Raises :class:`ApiError`."""
    try:
        request = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise ApiError("SerializationException", f"The request body is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise ApiError("SerializationException", "The request body must be a JSON object")
    return request


def success(document: Mapping[str, Any]) -> Response:
    """A successful answer."""
    return _response(200, orjson.dumps(document))


def failure(error: ApiError) -> Response:
    """An error answer."""
    return _response(error.status, orjson.dumps({"__type": error.kind, "message": str(error)}))


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
        return [_constraint("Value null", member, "Member must not be null")]
    if not isinstance(name, str):
        raise ApiError("SerializationException", f"{member} must be a string")
    problems = []
    if not _NAME.fullmatch(name):
        rule = f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
        problems.append(_constraint(f"Value '{name}'", member, rule))
    if not name or len(name) > _MAX_NAME:
        bound = f"less than or equal to {_MAX_NAME}" if name else "greater than or equal to 1"
        problems.append(_constraint(f"Value '{name}'", member, f"Member must have length {bound}"))
    return problems


def limit(request: Mapping[str, Any], *, default: int, most: int) -> int:
    """The ``Limit`` of a listing. Raises :class:`ValidationError`."""
    value = request.get("Limit", default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError("SerializationException", "limit must be an integer")
    if not 1 <= value <= most:
        bound = "greater than or equal to 1" if value < 1 else f"less than or equal to {most}"
        raise ValidationError([_constraint(f"Value '{value}'", "limit", f"Member must have value {bound}")])
    return value


def record_data(request: Mapping[str, Any]) -> bytes:
    """The data of PutRecord. Raises :class:`ApiError`."""
    problems = name_problems(request.get("DeliveryStreamName"))
    record = request.get("Record")
    if record is None:
        problems.append(_constraint("Value null", "record", "Member must not be null"))
        raise ValidationError(problems)
    data = _data(record, "record", problems)
    if problems:
        raise ValidationError(problems)
    return data


def batch_data(request: Mapping[str, Any]) -> list[bytes]:
    """The data of PutRecordBatch's records. Raises :class:`ApiError`."""
    problems = name_problems(request.get("DeliveryStreamName"))
    records = request.get("Records")
    if records is None:
        problems.append(_constraint("Value null", "records", "Member must not be null"))
        raise ValidationError(problems)
    if not isinstance(records, list):
        raise ApiError("SerializationException", "records must be a list")
    if not 1 <= len(records) <= MAX_RECORDS:
        bound = f"less than or equal to {MAX_RECORDS}" if records else "greater than or equal to 1"
        problems.append(_constraint("Value", "records", f"Member must have length {bound}"))
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
        problems.append(_constraint("Value null", f"{member}.data", "Member must not be null"))
        return b""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, TypeError, ValueError):
        raise ApiError("SerializationException", f"{member}.data is not base64") from None
    if len(data) > MAX_RECORD_BYTES:
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(data)} cap={len(data)}]'"
        rule = f"Member must have length less than or equal to {MAX_RECORD_BYTES}"
        problems.append(_constraint(value, f"{member}.data", rule))
    return data


def _constraint(value: str, member: str, rule: str) -> str:
    return f"{value} at '{member}' failed to satisfy constraint: {rule}"


def _response(status: int, body: bytes) -> Response:
    headers = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", str(uuid.uuid4())))
    return Response(status, headers, body)
