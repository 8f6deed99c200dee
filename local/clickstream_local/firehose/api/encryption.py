"""Start and stop of a stream's server-side encryption (facts 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clickstream_local.firehose.api.streams import ENCRYPTION, ManagedStream
from clickstream_local.wire.aws_json import ApiError

MOST_CALLS_A_DAY = 25
_DAY_SECONDS = 86_400
_KEY_TYPES = ("AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK")


def count_call(managed: ManagedStream, now: float) -> None:
    """Hold start and stop together to 25 calls a day. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    if managed.kind != "DirectPut":
        message = f"This operation is not permitted on {managed.kind} delivery stream type."
        raise ApiError("InvalidArgumentException", message)
    managed.encryption_calls = [call for call in managed.encryption_calls if call > now - _DAY_SECONDS]
    if len(managed.encryption_calls) >= MOST_CALLS_A_DAY:
        message = f"encryption of {managed.stream.name} was started or stopped {MOST_CALLS_A_DAY} times in 24 hours"
        raise ApiError("LimitExceededException", message)
    managed.encryption_calls.append(now)


def wanted_encryption(request: Mapping[str, Any]) -> dict[str, str]:
    """What StartDeliveryStreamEncryption asks for. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    wanted = request.get(ENCRYPTION) or {"KeyType": "AWS_OWNED_CMK"}
    kind = wanted.get("KeyType")
    if kind not in _KEY_TYPES:
        raise ApiError("InvalidArgumentException", f"KeyType is {kind!r}: it must be one of {', '.join(_KEY_TYPES)}")
    if ("KeyARN" in wanted) != (kind == "CUSTOMER_MANAGED_CMK"):
        rule = "needs a KeyARN" if kind == "CUSTOMER_MANAGED_CMK" else "takes no KeyARN"
        raise ApiError("InvalidArgumentException", f"KeyType {kind} {rule}")
    return dict(wanted)
