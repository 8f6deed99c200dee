"""The operations of a service that speaks AWS JSON 1.1, each a method that takes the request's members."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from clickstream_local.common.http import Response
from clickstream_local.wire.aws_json import ApiError, failure, parse_request, success
from clickstream_local.wire.aws_shapes import checked_request

RequestMembers = Mapping[str, Any]
ResponseMembers = dict[str, Any]


class WireApi:
    """Answers calls.

    Parameters
    ----------
    service:
        Its name for botocore, whose model a request is checked against.
    target_prefix:
        What stands before the operation in ``X-Amz-Target``.
    operations:
        By name.
    checked_by_member:
        Operations whose requests their own method checks.
    limits:
        Whether lengths, sizes and forms of members are checked as well.
    """

    def __init__(
        self,
        service: str,
        target_prefix: str,
        operations: Mapping[str, Callable[[RequestMembers], ResponseMembers]],
        *,
        checked_by_member: Collection[str] = (),
        limits: bool = False,
    ) -> None:
        self._service = service
        self._target_prefix = target_prefix
        self._operations = operations
        self._checked_by_member = checked_by_member
        self._limits = limits

    def answer(self, target: str, body: bytes) -> Response:
        """Answer a call; ``target`` is the ``X-Amz-Target`` header."""
        operation = target.removeprefix(self._target_prefix)
        try:
            call = self._operations.get(operation)
            if call is None:
                message = f"{operation} does not run locally; these do: {', '.join(self._operations)}"
                raise ApiError("UnknownOperationException", message, status=404)
            request: RequestMembers = parse_request(body)
            if operation not in self._checked_by_member:
                request = checked_request(self._service, operation, request, limits=self._limits)
            return success(call(request))
        except ApiError as error:
            return failure(error)
