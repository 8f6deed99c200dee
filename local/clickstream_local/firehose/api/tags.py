"""A delivery stream's tags (facts 1.2, 1.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clickstream_local.wire.aws_json import ApiError

MOST_TAGS = 50
_MOST_KEY, _MOST_VALUE = 128, 256


def with_tags(current: Mapping[str, str], request: Mapping[str, Any]) -> dict[str, str]:
    """The tags after TagDeliveryStream. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    tags = dict(current) | checked(request["Tags"])
    if len(tags) > MOST_TAGS:
        message = f"a delivery stream has at most {MOST_TAGS} tags; it would have {len(tags)}: remove some first"
        raise ApiError("LimitExceededException", message)
    return tags


def without_tags(current: Mapping[str, str], request: Mapping[str, Any]) -> dict[str, str]:
    """The tags after UntagDeliveryStream."""
    return {key: value for key, value in current.items() if key not in request["TagKeys"]}


def checked(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tags of a request by key. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
    if not 1 <= len(tags) <= MOST_TAGS:
        raise ApiError("InvalidArgumentException", f"Tags must hold 1 to {MOST_TAGS} tags")
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag["Key"], tag.get("Value", "")
        if not 1 <= len(key) <= _MOST_KEY or key.startswith("aws:") or len(value) > _MOST_VALUE:
            message = (
                f"the tag {key[:_MOST_KEY]!r} is not valid: a key has 1 to {_MOST_KEY} characters and does not begin "
                f"with aws:, a value has at most {_MOST_VALUE}"
            )
            raise ApiError("InvalidArgumentException", message)
        found[key] = value
    return found
