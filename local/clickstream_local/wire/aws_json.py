"""AWS JSON 1.1, as Firehose, Kinesis and CloudWatch Logs speak it: requests, answers, errors.

Source: facts/firehose.md#wire-protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from clickstream_local.common.http import Response
from clickstream_local.common.request_id import new_request_id


class ApiError(Exception):
    """An error answer: the exception's name on the wire, its message, the HTTP status, and a ``code`` if it has one."""

    def __init__(self, kind: str, message: str, status: int = 400, *, code: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.code = code


class ValidationError(ApiError):
    """Constraints that the request breaks, in the services' words."""

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        noun = "error" if count == 1 else "errors"
        super().__init__("ValidationException", f"{count} validation {noun} detected: {'; '.join(problems)}")


def constraint(value: str, member: str, rule: str) -> str:
    """One problem of a :class:`ValidationError`."""
    return f"{value} at '{member}' failed to satisfy constraint: {rule}"


def null(member: str) -> str:
    """The problem of a member that is missing."""
    return constraint("Value null", member, "Member must not be null")


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
    document = {"__type": error.kind, "message": str(error)}
    return _response(error.status, orjson.dumps(document | ({} if error.code is None else {"code": error.code})))


def _response(status: int, body: bytes) -> Response:
    headers = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", new_request_id()))
    return Response(status, headers, body)
