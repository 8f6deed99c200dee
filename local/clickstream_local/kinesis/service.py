"""Kinesis: the data streams of some stacks behind the service's wire API (facts/kinesis.md#put-records)."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from clickstream_local.common.http import Response
from clickstream_local.common.model import KinesisStream
from clickstream_local.kinesis.data_stream import DataStream
from clickstream_local.kinesis.put_entries import check_sizes, put_entries, put_entry
from clickstream_local.kinesis.shard import Shard
from clickstream_local.wire.aws_json import ApiError
from clickstream_local.wire.service import RequestMembers, ResponseMembers, WireApi

TARGET_PREFIX = "Kinesis_20131202."
_RECORDS_PER_READ = 10_000
_SHARDS_PER_LIST = 1_000
_SHARDS_PER_DESCRIPTION = 100
_STREAMS_PER_LIST = 100
_TOKEN_SECONDS = 300
_SHARD_ID = re.compile(r"(?:.*-)?(\d+)", re.ASCII | re.DOTALL)
_LARGEST_SHARD = 2**31 - 1
_AT_NUMBERS = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


class ShardIterator(NamedTuple):
    """A place in a shard, good for five minutes; ``made`` is epoch seconds."""

    stream: str
    shard: str
    position: int
    made: float

    def text(self) -> str:
        """As clients see it."""
        return _packed(self)

    @classmethod
    def parse(cls, text: str, now: float) -> ShardIterator:
        """Read what :meth:`text` made, with or without quotes about it, as the service was recorded to do.

        Raises :class:`~clickstream_local.wire.aws_json.ApiError`.
        """
        try:
            stream, shard, position, made = _unpacked(text.strip('"'))
            found = cls(str(stream), str(shard), int(position), float(made))
        except (TypeError, ValueError):
            raise ApiError("InvalidArgumentException", "Invalid ShardIterator.") from None
        if now - found.made > _TOKEN_SECONDS:
            message = (
                f"Iterator expired. The iterator was created at time {_java_date(found.made)} while right now it is "
                f"{_java_date(now)} which is further in the future than the tolerated delay of "
                f"{_TOKEN_SECONDS * 1000} milliseconds."
            )
            raise ApiError("ExpiredIteratorException", message)
        return found


class PageToken(NamedTuple):
    """Where a list of shards or streams goes on: behind ``last``; good for five minutes."""

    stream: str
    last: str
    made: float

    def text(self) -> str:
        """As clients see it."""
        return _packed(self)

    @classmethod
    def parse(cls, text: str, now: float) -> PageToken:
        """Read what :meth:`text` made. Raises :class:`~clickstream_local.wire.aws_json.ApiError`."""
        try:
            stream, last, made = _unpacked(text)
            found = cls(str(stream), str(last), float(made))
        except (TypeError, ValueError):
            raise ApiError("InvalidArgumentException", "Invalid NextToken.") from None
        if now - found.made > _TOKEN_SECONDS:
            message = f"NextToken expired: it is good for {_TOKEN_SECONDS} seconds; list from the beginning"
            raise ApiError("ExpiredNextTokenException", message)
        return found


def _packed(values: Sequence[Any]) -> str:
    return base64.b64encode(orjson.dumps([*values])).decode()


def _unpacked(text: str) -> Any:
    return orjson.loads(base64.b64decode(text, validate=True))


def _java_date(epoch_seconds: float) -> str:
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")


class KinesisService:
    """Runs data streams; their records live in memory, for as long as the runtime does.

    Parameters
    ----------
    streams
        From the template.
    account, region, partition
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
        region: str = "us-east-1",
        partition: str = "aws",
        limited: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._place = f"arn:{partition}:kinesis:{region}:{account}:stream"
        self._limited = limited
        self._clock = clock
        self._streams = {stream.name: DataStream(stream, limited=limited, clock=clock) for stream in streams}
        operations = {
            "CreateStream": self._create,
            "DeleteStream": self._delete,
            "PutRecord": self._put_record,
            "PutRecords": self._put_records,
            "DescribeStream": self._describe,
            "DescribeStreamSummary": self._describe_summary,
            "ListStreams": self._list_streams,
            "ListShards": self._list_shards,
            "GetShardIterator": self._get_shard_iterator,
            "GetRecords": self._get_records,
        }
        by_member = ("PutRecord", "PutRecords")
        self._api = WireApi("kinesis", TARGET_PREFIX, operations, checked_by_member=by_member, limits=True)

    async def handle(self, target: str, body: bytes) -> Response:
        """Answer a call; ``target`` is the ``X-Amz-Target`` header."""
        return self._api.answer(target, body)

    def find(self, arn_or_name: str) -> DataStream | None:
        """The stream of an ARN or a name."""
        return self._streams.get(arn_or_name.rpartition("/")[2])

    def _create(self, request: RequestMembers) -> ResponseMembers:
        """Make a stream, which is active at once. The streams of the template are there already."""
        name = request["StreamName"]
        if name in self._streams:
            raise ApiError("ResourceInUseException", f"Stream {name} under account {self._account} already exists.")
        # Recorded by LocalStack on AWS: without a number of shards it has four, as one on demand.
        on_demand = (request.get("StreamModeDetails") or {}).get("StreamMode") == "ON_DEMAND"
        shards = 4 if on_demand else request.get("ShardCount", 4)
        stream = KinesisStream(name, name, f"{self._place}/{name}", shard_count=shards, on_demand=on_demand)
        self._streams[name] = DataStream(stream, limited=self._limited, clock=self._clock)
        return {}

    def _delete(self, request: RequestMembers) -> ResponseMembers:
        del self._streams[self._stream(request).name]
        return {}

    def _put_record(self, request: RequestMembers) -> ResponseMembers:
        entry = put_entry(request)
        stream = self._stream(request)
        check_sizes([entry], stream, "data")
        shard = stream.shard_for(entry.partition_key, entry.explicit_hash_key)
        sequence_number = shard.put(entry.data, entry.partition_key)
        if sequence_number is None:
            raise ApiError("ProvisionedThroughputExceededException", self._throttled(shard, stream))
        # EncryptionType is left out, as in the recorded answers of streams without encryption
        # (facts/kinesis.md#put-records).
        return {"ShardId": shard.id, "SequenceNumber": sequence_number}

    def _put_records(self, request: RequestMembers) -> ResponseMembers:
        entries = put_entries(request)
        stream = self._stream(request)
        check_sizes(entries, stream, "records.{}.member.data")
        results = []
        failed = 0
        for entry in entries:
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
        limit = request.get("Limit", _SHARDS_PER_DESCRIPTION)
        later = [shard for shard in stream.shards if shard.id > request.get("ExclusiveStartShardId", "")]
        described = _description(stream) | {
            "Shards": [_shard(shard) for shard in later[:limit]],
            "HasMoreShards": len(later) > limit,
        }
        return {"StreamDescription": described}

    def _describe_summary(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        summary = _description(stream) | {
            "OpenShardCount": len(stream.shards),
            "ConsumerCount": 0,
            "MaxRecordSizeInKiB": stream.max_record_kib,
        }
        return {"StreamDescriptionSummary": summary}

    def _list_streams(self, request: RequestMembers) -> ResponseMembers:
        limit = request.get("Limit", _STREAMS_PER_LIST)
        start = request.get("ExclusiveStartStreamName", "")
        if "NextToken" in request:
            start = PageToken.parse(request["NextToken"], self._clock()).last
        later = [self._streams[name] for name in sorted(self._streams) if name > start]
        answer: ResponseMembers = {
            "StreamNames": [stream.name for stream in later[:limit]],
            "StreamSummaries": [_summary(stream) for stream in later[:limit]],
            "HasMoreStreams": len(later) > limit,
        }
        if len(later) > limit:
            answer["NextToken"] = PageToken("", later[limit - 1].name, self._clock()).text()
        return answer

    def _list_shards(self, request: RequestMembers) -> ResponseMembers:
        limit = request.get("MaxResults", _SHARDS_PER_LIST)
        start = request.get("ExclusiveStartShardId", "")
        shard_filter = request.get("ShardFilter", {})
        if shard_filter.get("Type") == "AFTER_SHARD_ID":
            start = shard_filter.get("ShardId", "")
        if "NextToken" in request:
            # A token stands for all that was asked for at first.
            for member in (
                "StreamName",
                "StreamARN",
                "StreamCreationTimestamp",
                "ExclusiveStartShardId",
                "ShardFilter",
            ):
                if member in request:
                    message = f"NextToken and {member} cannot be provided together."
                    raise ApiError("InvalidArgumentException", message)
            token = PageToken.parse(request["NextToken"], self._clock())
            stream, start = self._stream({"StreamName": token.stream}), token.last
        elif "StreamName" not in request and "StreamARN" not in request:
            raise ApiError("InvalidArgumentException", "Either NextToken or StreamName should be provided.")
        else:
            stream = self._stream(request)
        later = [shard for shard in stream.shards if shard.id > start]
        answer: ResponseMembers = {"Shards": [_shard(shard) for shard in later[:limit]]}
        if len(later) > limit:
            answer["NextToken"] = PageToken(stream.name, later[limit - 1].id, self._clock()).text()
        return answer

    def _get_shard_iterator(self, request: RequestMembers) -> ResponseMembers:
        stream = self._stream(request)
        shard = self._shard(stream, request["ShardId"])
        position = self._position(stream, shard, request)
        return {"ShardIterator": ShardIterator(stream.name, shard.id, position, self._clock()).text()}

    def _get_records(self, request: RequestMembers) -> ResponseMembers:
        place = ShardIterator.parse(request["ShardIterator"], self._clock())
        shard = self._shard(self._stream({"StreamName": place.stream}), place.shard)
        limit = request.get("Limit", _RECORDS_PER_READ)
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

    def _position(self, stream: DataStream, shard: Shard, request: RequestMembers) -> int:
        kind: str = request["ShardIteratorType"]
        number: str | None = request.get("StartingSequenceNumber")
        if kind != "AT_TIMESTAMP" and (kind in _AT_NUMBERS) != (number is not None):
            given = "no StartingSequenceNumber" if number is None else "also a StartingSequenceNumber"
            message = (
                "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
                f"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and {given}."
            )
            raise ApiError("InvalidArgumentException", message)
        if kind == "LATEST":
            return shard.latest
        if kind == "TRIM_HORIZON":
            return shard.oldest
        if kind == "AT_TIMESTAMP":
            return shard.position_at(self._milliseconds(request))
        assert number is not None  # as looked at above
        position = shard.position_of(number)
        if position is None:
            raise ApiError("InvalidArgumentException", self._invalid_number(stream, shard, number))
        return position + 1 if kind == "AFTER_SEQUENCE_NUMBER" else max(position, 0)

    def _milliseconds(self, request: RequestMembers) -> float:
        if "Timestamp" not in request:
            message = (
                "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "
                "Current request has no timestamp parameter."
            )
            raise ApiError("InvalidArgumentException", message)
        asked, now = float(request["Timestamp"]) * 1000, self._clock() * 1000
        if asked > now:
            message = (
                "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
                f"timestampInMillis: {asked:.0f}, currentTimestampInMillis: {now:.0f}"
            )
            raise ApiError("InvalidArgumentException", message)
        return asked

    def _invalid_number(self, stream: DataStream, shard: Shard, number: str) -> str:
        owner = next((other for other in stream.shards if other.position_of(number) is not None), None)
        if owner is not None:
            return (
                f"Invalid StartingSequenceNumber. It encodes {owner.id}, "
                f"while it was used in a call to a shard with {shard.id}"
            )
        return (
            f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard.id} in stream {stream.name} "
            f"under account {self._account} is invalid."
        )

    def _stream(self, request: RequestMembers) -> DataStream:
        name, arn = request.get("StreamName"), request.get("StreamARN")
        if name is None and arn is None:
            raise ApiError("InvalidArgumentException", "Either StreamName or StreamARN must be provided.")
        named = str(arn).rpartition("/")[2] if name is None else str(name)
        stream = self._streams.get(named)
        if stream is None:
            raise ApiError("ResourceNotFoundException", f"Stream {named} under account {self._account} not found.")
        if arn is not None and str(arn).rpartition("/")[2] != named:
            raise ApiError("InvalidArgumentException", "StreamName and StreamARN name two streams.")
        return stream

    def _shard(self, stream: DataStream, shard_id: str) -> Shard:
        """The shard of an id, in any of the forms that the service takes: the number behind the last hyphen counts."""
        form = _SHARD_ID.fullmatch(shard_id)
        number = int(form[1]) if form is not None else _LARGEST_SHARD + 1
        if number > _LARGEST_SHARD:
            message = f"Could not find shard {shard_id} in stream {stream.name} under account {self._account}."
            raise ApiError("ResourceNotFoundException", message)
        shard = stream.shard(f"shardId-{number:012}")
        if shard is None:
            message = f"Shard shardId-{number:012} in stream {stream.name} under account {self._account} does not exist"
            raise ApiError("ResourceNotFoundException", message)
        return shard

    def _throttled(self, shard: Shard, stream: DataStream) -> str:
        return f"Rate exceeded for shard {shard.id} in stream {stream.name} under account {self._account}."


def _summary(stream: DataStream) -> ResponseMembers:
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "ON_DEMAND" if stream.on_demand else "PROVISIONED"},
        "StreamCreationTimestamp": stream.created,
    }


def _description(stream: DataStream) -> ResponseMembers:
    return _summary(stream) | {
        "RetentionPeriodHours": stream.retention_hours,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }


def _shard(shard: Shard) -> ResponseMembers:
    first, last = shard.hash_range
    return {
        "ShardId": shard.id,
        "HashKeyRange": {"StartingHashKey": str(first), "EndingHashKey": str(last)},
        "SequenceNumberRange": {"StartingSequenceNumber": shard.sequence_number(-1)},
    }
