"""Kinesis: the data streams of some stacks behind the service's wire API (facts 1.7)."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from clickstream_local.common.http import Response
from clickstream_local.common.model import KinesisStream
from clickstream_local.kinesis.data_stream import DataStream
from clickstream_local.kinesis.put_entries import put_entries, put_entry
from clickstream_local.kinesis.shard import Shard
from clickstream_local.wire.aws_json import ApiError
from clickstream_local.wire.members import count
from clickstream_local.wire.service import RequestMembers, ResponseMembers, WireApi

TARGET_PREFIX = "Kinesis_20131202."
_RECORDS_PER_READ = 10_000
_SHARDS_PER_LIST = 10_000
_STREAMS_PER_LIST = 100
_ITERATOR_SECONDS = 300


class ShardIterator(NamedTuple):
    """A place in a shard, good for five minutes; ``made`` is epoch seconds."""

    stream: str
    shard: str
    position: int
    made: float

    def text(self) -> str:
        """As clients see it."""
        return base64.b64encode(orjson.dumps([*self])).decode()

    @classmethod
    def parse(cls, text: Any, now: float) -> ShardIterator:
        """Read what :meth:`text` made. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
        try:
            stream, shard, position, made = orjson.loads(base64.b64decode(text, validate=True))
            found = cls(str(stream), str(shard), int(position), float(made))
        except (binascii.Error, TypeError, ValueError):
            raise ApiError("InvalidArgumentException", "Invalid ShardIterator.") from None
        if now - found.made > _ITERATOR_SECONDS:
            message = f"Iterator expired: an iterator is good for {_ITERATOR_SECONDS} seconds; get a new one"
            raise ApiError("ExpiredIteratorException", message)
        return found


class KinesisService:
    """Runs data streams; their records live in memory, for as long as the runtime does.

    Parameters
    ----------
    streams
        From the template.
    account
        Where the streams are said to be.
    limited
        Whether writes are held to each shard's 1,000 records and 1 MiB a second, as the service does.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        streams: Sequence[KinesisStream],
        *,
        account: str,
        limited: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._clock = clock
        self._streams = {stream.name: DataStream(stream, limited=limited, clock=clock) for stream in streams}
        operations = {
            "PutRecord": self._put_record,
            "PutRecords": self._put_records,
            "DescribeStream": self._describe,
            "DescribeStreamSummary": self._describe_summary,
            "ListStreams": self._list_streams,
            "ListShards": self._list_shards,
            "GetShardIterator": self._get_shard_iterator,
            "GetRecords": self._get_records,
        }
        self._api = WireApi("kinesis", TARGET_PREFIX, operations, checked_by_member=("PutRecord", "PutRecords"))

    async def handle(self, target: str, body: bytes) -> Response:
        """Answer a call; ``target`` is the ``X-Amz-Target`` header."""
        return self._api.answer(target, body)

    def find(self, arn_or_name: str) -> DataStream | None:
        """The stream of an ARN or a name."""
        return self._streams.get(arn_or_name.rpartition("/")[2])

    def _put_record(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        entry = put_entry(request)
        shard = stream.shard_for(entry.partition_key, entry.explicit_hash_key)
        sequence_number = shard.put(entry.data, entry.partition_key)
        if sequence_number is None:
            raise ApiError("ProvisionedThroughputExceededException", self._throttled(shard, stream))
        # EncryptionType is left out, as in the recorded answers of streams without encryption (facts 1.7).
        return {"ShardId": shard.id, "SequenceNumber": sequence_number}

    def _put_records(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        results = []
        failed = 0
        for entry in put_entries(request):
            shard = stream.shard_for(entry.partition_key, entry.explicit_hash_key)
            sequence_number = shard.put(entry.data, entry.partition_key)
            if sequence_number is None:
                failed += 1
                kind = "ProvisionedThroughputExceededException"
                results.append({"ErrorCode": kind, "ErrorMessage": self._throttled(shard, stream)})
            else:
                results.append({"SequenceNumber": sequence_number, "ShardId": shard.id})
        return {"FailedRecordCount": failed, "Records": results}

    def _describe(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        limit = count(request, "Limit", default=100, limit=_SHARDS_PER_LIST)
        later = [shard for shard in stream.shards if shard.id > request.get("ExclusiveStartShardId", "")]
        described = self._summary(stream) | {
            "Shards": [_shard(shard) for shard in later[:limit]],
            "HasMoreShards": len(later) > limit,
        }
        return {"StreamDescription": described}

    def _describe_summary(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        summary = self._summary(stream) | {"OpenShardCount": len(stream.shards), "ConsumerCount": 0}
        return {"StreamDescriptionSummary": summary}

    def _list_streams(self, request: RequestMembers) -> ResponseMembers:
        limit = count(request, "Limit", default=_STREAMS_PER_LIST, limit=10_000)
        names = sorted(name for name in self._streams if name > request.get("ExclusiveStartStreamName", ""))
        return {"StreamNames": names[:limit], "HasMoreStreams": len(names) > limit}

    def _list_shards(self, request: RequestMembers) -> ResponseMembers:
        token = request.get("NextToken")
        stream_name, _, start = str(token).partition("/") if token is not None else ("", "", "")
        stream = self._stream({"StreamName": stream_name} if token is not None else request)
        limit = count(request, "MaxResults", default=1000, limit=_SHARDS_PER_LIST)
        start = start or request.get("ExclusiveStartShardId", "")
        later = [shard for shard in stream.shards if shard.id > start]
        answer: ResponseMembers = {"Shards": [_shard(shard) for shard in later[:limit]]}
        if len(later) > limit:
            answer["NextToken"] = f"{stream.name}/{later[limit - 1].id}"
        return answer

    def _get_shard_iterator(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        shard = self._shard(stream, request["ShardId"])
        position = self._position(shard, request)
        return {"ShardIterator": ShardIterator(stream.name, shard.id, position, self._clock()).text()}

    def _get_records(self, request: RequestMembers) -> ResponseMembers:
        place = ShardIterator.parse(request["ShardIterator"], self._clock())
        shard = self._shard(self._stream({"StreamName": place.stream}), place.shard)
        limit = count(request, "Limit", default=_RECORDS_PER_READ, limit=_RECORDS_PER_READ)
        batch = shard.read(place.position, limit)
        return {
            "Records": [
                {
                    "SequenceNumber": record.sequence_number,
                    "ApproximateArrivalTimestamp": record.arrival / 1000,
                    "Data": base64.b64encode(record.data).decode(),
                    "PartitionKey": record.partition_key,
                }
                for record in batch.records
            ],
            "NextShardIterator": place._replace(position=batch.next_position, made=self._clock()).text(),
            "MillisBehindLatest": batch.milliseconds_behind,
        }

    def _position(self, shard: Shard, request: RequestMembers) -> int:
        kind = request["ShardIteratorType"]
        if kind == "LATEST":
            return shard.latest
        if kind == "TRIM_HORIZON":
            return shard.oldest
        if kind == "AT_TIMESTAMP":
            return shard.position_at(float(request.get("Timestamp", 0)) * 1000)
        if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            position = shard.position_of(str(request.get("StartingSequenceNumber", "")))
            if position is None:
                message = (
                    f"StartingSequenceNumber {request.get('StartingSequenceNumber')} is not one of shard {shard.id}"
                )
                raise ApiError("InvalidArgumentException", message)
            return position + 1 if kind == "AFTER_SEQUENCE_NUMBER" else position
        raise ApiError("InvalidArgumentException", f"ShardIteratorType {kind!r} is not known")

    def _stream(self, request: RequestMembers) -> DataStream:
        name = request.get("StreamName") or str(request.get("StreamARN") or "").rpartition("/")[2]
        if not name:
            raise ApiError("InvalidArgumentException", "give StreamName or StreamARN")
        stream = self._streams.get(str(name))
        if stream is None:
            raise ApiError("ResourceNotFoundException", f"Stream {name} under account {self._account} not found.")
        return stream

    def _shard(self, stream: DataStream, shard_id: object) -> Shard:
        shard = stream.shard(str(shard_id))
        if shard is None:
            message = f"Shard {shard_id} in stream {stream.name} under account {self._account} does not exist"
            raise ApiError("ResourceNotFoundException", message)
        return shard

    def _throttled(self, shard: Shard, stream: DataStream) -> str:
        return f"Rate exceeded for shard {shard.id} in stream {stream.name} under account {self._account}."

    def _summary(self, stream: DataStream) -> ResponseMembers:
        return {
            "StreamName": stream.name,
            "StreamARN": stream.arn,
            "StreamStatus": "ACTIVE",
            "StreamModeDetails": {"StreamMode": "ON_DEMAND" if stream.on_demand else "PROVISIONED"},
            "RetentionPeriodHours": stream.retention_hours,
            "StreamCreationTimestamp": stream.created,
            "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
            "EncryptionType": "NONE",
        }


def _shard(shard: Shard) -> ResponseMembers:
    first, last = shard.hash_range
    return {
        "ShardId": shard.id,
        "HashKeyRange": {"StartingHashKey": str(first), "EndingHashKey": str(last)},
        "SequenceNumberRange": {"StartingSequenceNumber": shard.sequence_number(0)},
    }
