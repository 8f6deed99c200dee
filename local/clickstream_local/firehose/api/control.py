"""The operations that make, show, change and remove delivery streams.

Source: facts/firehose.md#operations, #streams, #stream-encryption.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from clickstream_local.firehose.api.create import requested_stream
from clickstream_local.firehose.api.describe import describe
from clickstream_local.firehose.api.streams import ENCRYPTION, ManagedStream, Streams, stream_name
from clickstream_local.firehose.api.update import updated_properties
from clickstream_local.firehose.config.values import ConfigurationError
from clickstream_local.wire.aws_json import ApiError
from clickstream_local.wire.members import count
from clickstream_local.wire.service import RequestMembers, ResponseMembers

MAX_TAGS = 50
MAX_ENCRYPTION_CALLS_A_DAY = 25
_MAX_KEY, _MAX_VALUE = 128, 256
_KEY_TYPES = ("AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK")
_DAY_SECONDS = 86_400


class ControlOperations:
    """Changes what :class:`Streams` holds. A stream is ACTIVE as soon as it is made, and gone as soon as deleted."""

    def __init__(self, streams: Streams, *, region: str, account: str) -> None:
        self._streams = streams
        self._region = region
        self._account = account
        self.operations: dict[str, Callable[[RequestMembers], ResponseMembers | Awaitable[ResponseMembers]]] = {
            "CreateDeliveryStream": self._create,
            "DeleteDeliveryStream": self._delete,
            "DescribeDeliveryStream": self._describe,
            "ListDeliveryStreams": self._list,
            "UpdateDestination": self._update,
            "TagDeliveryStream": self._tag,
            "UntagDeliveryStream": self._untag,
            "ListTagsForDeliveryStream": self._list_tags,
            "StartDeliveryStreamEncryption": self._start_encryption,
            "StopDeliveryStreamEncryption": self._stop_encryption,
        }

    def _create(self, request: RequestMembers) -> ResponseMembers:
        stream = requested_stream(request, region=self._region, account=self._account)
        if "Tags" in request:
            _checked_tags(request["Tags"])
        if stream.name in self._streams:
            message = f"Firehose {stream.name} under accountId {self._account} already exists"
            raise ApiError("ResourceInUseException", message)
        try:
            self._streams.add(stream)
        except ConfigurationError as error:
            raise ApiError("InvalidArgumentException", str(error)) from error
        return {"DeliveryStreamARN": stream.arn}

    async def _delete(self, request: RequestMembers) -> ResponseMembers:
        await self._streams.remove(stream_name(request))
        return {}

    def _describe(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        managed.pipeline.metrics.add("DescribeDeliveryStream.Requests")
        version = managed.pipeline.config.version
        description = describe(managed.stream, managed.created, version=version, updated=managed.updated)
        return {"DeliveryStreamDescription": description}

    def _list(self, request: RequestMembers) -> ResponseMembers:
        limit = count(request, "Limit", default=10, limit=10_000)
        start = request.get("ExclusiveStartDeliveryStreamName", "")
        kind = request.get("DeliveryStreamType")
        names = sorted(
            managed.stream.name
            for managed in self._streams
            if managed.stream.name > start and kind in (None, managed.kind)
        )
        return {"DeliveryStreamNames": names[:limit], "HasMoreDeliveryStreams": len(names) > limit}

    def _update(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        managed.pipeline.metrics.add("UpdateDeliveryStream.Requests")
        properties = updated_properties(request, managed)
        if properties != managed.stream.properties:
            try:
                self._streams.update(managed, properties, version=managed.pipeline.config.version + 1)
            except ConfigurationError as error:
                raise ApiError("InvalidArgumentException", str(error)) from error
        return {}

    def _tag(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        tags = managed.tags | _checked_tags(request["Tags"])
        if len(tags) > MAX_TAGS:
            message = f"a delivery stream has at most {MAX_TAGS} tags; it would have {len(tags)}: remove some first"
            raise ApiError("LimitExceededException", message)
        self._set_tags(managed, tags)
        return {}

    def _untag(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        self._set_tags(managed, {key: value for key, value in managed.tags.items() if key not in request["TagKeys"]})
        return {}

    def _list_tags(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        limit = count(request, "Limit", default=MAX_TAGS, limit=MAX_TAGS)
        start = request.get("ExclusiveStartTagKey", "")
        later = [{"Key": key, "Value": value} for key, value in sorted(managed.tags.items()) if key > start]
        return {"Tags": later[:limit], "HasMoreTags": len(later) > limit}

    def _start_encryption(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        wanted = _wanted_encryption(request)
        _count_encryption_call(managed, self._streams.now())
        self._streams.set_property(managed, ENCRYPTION, wanted)
        return {}

    def _stop_encryption(self, request: RequestMembers) -> ResponseMembers:
        managed = self._named(request)
        _count_encryption_call(managed, self._streams.now())
        self._streams.set_property(managed, ENCRYPTION, None)
        return {}

    def _named(self, request: RequestMembers) -> ManagedStream:
        return self._streams.get(stream_name(request))

    def _set_tags(self, managed: ManagedStream, tags: Mapping[str, str]) -> None:
        self._streams.set_property(managed, "Tags", [{"Key": key, "Value": value} for key, value in tags.items()])


def _checked_tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    if not 1 <= len(tags) <= MAX_TAGS:
        raise ApiError("InvalidArgumentException", f"Tags must hold 1 to {MAX_TAGS} tags")
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag["Key"], tag.get("Value", "")
        if not 1 <= len(key) <= _MAX_KEY or key.startswith("aws:") or len(value) > _MAX_VALUE:
            message = (
                f"the tag {key[:_MAX_KEY]!r} is not valid: a key has 1 to {_MAX_KEY} characters and does not begin "
                f"with aws:, a value has at most {_MAX_VALUE}"
            )
            raise ApiError("InvalidArgumentException", message)
        found[key] = value
    return found


def _count_encryption_call(managed: ManagedStream, now: float) -> None:
    """Hold start and stop together to 25 calls a day."""
    if managed.kind != "DirectPut":
        message = f"This operation is not permitted on {managed.kind} delivery stream type."
        raise ApiError("InvalidArgumentException", message)
    managed.encryption_calls = [call for call in managed.encryption_calls if call > now - _DAY_SECONDS]
    if len(managed.encryption_calls) >= MAX_ENCRYPTION_CALLS_A_DAY:
        message = f"{managed.stream.name}: encryption can be changed {MAX_ENCRYPTION_CALLS_A_DAY} times in 24 hours"
        raise ApiError("LimitExceededException", message)
    managed.encryption_calls.append(now)


def _wanted_encryption(request: RequestMembers) -> dict[str, str]:
    wanted = request.get(ENCRYPTION) or {"KeyType": "AWS_OWNED_CMK"}
    kind = wanted.get("KeyType")
    if kind not in _KEY_TYPES:
        raise ApiError("InvalidArgumentException", f"KeyType is {kind!r}: it must be one of {', '.join(_KEY_TYPES)}")
    if ("KeyARN" in wanted) != (kind == "CUSTOMER_MANAGED_CMK"):
        rule = "needs a KeyARN" if kind == "CUSTOMER_MANAGED_CMK" else "takes no KeyARN"
        raise ApiError("InvalidArgumentException", f"KeyType {kind} {rule}")
    return dict(wanted)
