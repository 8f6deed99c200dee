"""The operations that make, show, change and remove delivery streams (facts 1.2, 1.4, 1.5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from clickstream_local.firehose.api import members as api
from clickstream_local.firehose.api.create import requested_stream
from clickstream_local.firehose.api.describe import describe
from clickstream_local.firehose.api.encryption import count_call, wanted_encryption
from clickstream_local.firehose.api.streams import ENCRYPTION, ManagedStream, Streams
from clickstream_local.firehose.api.tags import MOST_TAGS, checked, with_tags, without_tags
from clickstream_local.firehose.api.update import updated_properties
from clickstream_local.firehose.config.values import ConfigurationError
from clickstream_local.wire.aws_json import ApiError

Request = Mapping[str, Any]
Answer = dict[str, Any]


class Control:
    """Changes what :class:`Streams` holds. A stream is ACTIVE as soon as it is made, and gone as soon as deleted."""

    def __init__(self, streams: Streams, *, region: str, account: str) -> None:
        self._streams = streams
        self._region = region
        self._account = account
        self.operations: dict[str, Callable[[Request], Answer | Awaitable[Answer]]] = {
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

    def _create(self, request: Request) -> Answer:
        stream = requested_stream(request, region=self._region, account=self._account)
        if "Tags" in request:
            checked(request["Tags"])
        if stream.name in self._streams:
            message = f"Firehose {stream.name} under accountId {self._account} already exists"
            raise ApiError("ResourceInUseException", message)
        try:
            self._streams.add(stream)
        except ConfigurationError as error:
            raise ApiError("InvalidArgumentException", str(error)) from error
        return {"DeliveryStreamARN": stream.arn}

    async def _delete(self, request: Request) -> Answer:
        await self._streams.remove(api.stream_name(request))
        return {}

    def _describe(self, request: Request) -> Answer:
        managed = self._named(request)
        managed.pipeline.metrics.add("DescribeDeliveryStream.Requests")
        version = managed.pipeline.config.version
        description = describe(managed.stream, managed.created, version=version, updated=managed.updated)
        return {"DeliveryStreamDescription": description}

    def _list(self, request: Request) -> Answer:
        most = api.limit(request, default=10, most=10_000)
        start = request.get("ExclusiveStartDeliveryStreamName", "")
        kind = request.get("DeliveryStreamType")
        names = sorted(
            managed.stream.name
            for managed in self._streams
            if managed.stream.name > start and kind in (None, managed.kind)
        )
        return {"DeliveryStreamNames": names[:most], "HasMoreDeliveryStreams": len(names) > most}

    def _update(self, request: Request) -> Answer:
        managed = self._named(request)
        managed.pipeline.metrics.add("UpdateDeliveryStream.Requests")
        properties = updated_properties(request, managed)
        if properties != managed.stream.properties:
            try:
                self._streams.update(managed, properties, version=managed.pipeline.config.version + 1)
            except ConfigurationError as error:
                raise ApiError("InvalidArgumentException", str(error)) from error
        return {}

    def _tag(self, request: Request) -> Answer:
        managed = self._named(request)
        self._set_tags(managed, with_tags(managed.tags, request))
        return {}

    def _untag(self, request: Request) -> Answer:
        managed = self._named(request)
        self._set_tags(managed, without_tags(managed.tags, request))
        return {}

    def _list_tags(self, request: Request) -> Answer:
        managed = self._named(request)
        most = api.limit(request, default=MOST_TAGS, most=MOST_TAGS)
        start = request.get("ExclusiveStartTagKey", "")
        later = [{"Key": key, "Value": value} for key, value in sorted(managed.tags.items()) if key > start]
        return {"Tags": later[:most], "HasMoreTags": len(later) > most}

    def _start_encryption(self, request: Request) -> Answer:
        managed = self._named(request)
        wanted = wanted_encryption(request)
        count_call(managed, self._streams.now())
        self._streams.set_property(managed, ENCRYPTION, wanted)
        return {}

    def _stop_encryption(self, request: Request) -> Answer:
        managed = self._named(request)
        count_call(managed, self._streams.now())
        self._streams.set_property(managed, ENCRYPTION, None)
        return {}

    def _named(self, request: Request) -> ManagedStream:
        return self._streams.get(api.stream_name(request))

    def _set_tags(self, managed: ManagedStream, tags: Mapping[str, str]) -> None:
        self._streams.set_property(managed, "Tags", [{"Key": key, "Value": value} for key, value in tags.items()])
