"""Kinesis data streams with real boto3 (facts 1.7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import KinesisStream
from clickstream_local.kinesis.service import KinesisService
from support.wire_client import play, refused

ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/events"

START = 1_795_262_400.0


class Clock:
    """Seconds that a test moves."""

    now = START

    def __call__(self) -> float:
        return self.now


def run(scenario: Callable[[Any], Any], *, shards: int = 1, limited: bool = True, clock: Clock | None = None) -> Any:
    async def main() -> Any:
        stream = KinesisStream("Events", "events", ARN, shards)
        service = KinesisService([stream], account="123456789012", limited=limited, clock=clock or Clock())

        async def app(request: Request) -> Response:
            return await service.handle(request.headers.get("X-Amz-Target") or "", request.body)

        return await play("kinesis", app, scenario)

    return asyncio.run(main())


def read_all(kinesis: Any, shard: str = "shardId-000000000000", **where: Any) -> list[Any]:
    where = where or {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(StreamName="events", ShardId=shard, **where)["ShardIterator"]
    found: list[Any] = kinesis.get_records(ShardIterator=iterator)["Records"]
    return found


def put(kinesis: Any, *data: bytes, key: str = "k") -> list[str]:
    records = [{"Data": body, "PartitionKey": key} for body in data]
    answer = kinesis.put_records(StreamName="events", Records=records)
    return [entry["SequenceNumber"] for entry in answer["Records"]]


def test_records_of_a_key_stay_in_order_in_one_shard() -> None:
    def scenario(kinesis: Any) -> Any:
        for number in range(20):
            kinesis.put_record(StreamName="events", Data=str(number).encode(), PartitionKey="same")
        return [read_all(kinesis, f"shardId-{shard:012}") for shard in range(4)]

    shards = run(scenario, shards=4)
    (records,) = [found for found in shards if found]
    assert [record["Data"] for record in records] == [str(number).encode() for number in range(20)]
    numbers = [int(record["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def test_keys_spread_over_the_shards() -> None:
    def scenario(kinesis: Any) -> set[str]:
        records = [{"Data": b"x", "PartitionKey": str(number)} for number in range(100)]
        answer = kinesis.put_records(StreamARN=ARN, Records=records)
        return {entry["ShardId"] for entry in answer["Records"]}

    assert len(run(scenario, shards=4)) == 4


def test_an_explicit_hash_key_chooses_the_shard() -> None:
    def scenario(kinesis: Any) -> list[str]:
        keys = ("0", str(2**128 - 1))
        puts = [
            kinesis.put_record(StreamName="events", Data=b"x", PartitionKey="k", ExplicitHashKey=key) for key in keys
        ]
        return [answer["ShardId"] for answer in puts]

    assert run(scenario, shards=3) == ["shardId-000000000000", "shardId-000000000002"]


def test_iterators_begin_where_they_are_told_to() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        numbers = put(kinesis, b"a", b"b")
        clock.now += 10
        numbers += put(kinesis, b"c")
        places: list[dict[str, Any]] = [
            {"ShardIteratorType": "TRIM_HORIZON"},
            {"ShardIteratorType": "LATEST"},
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]},
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]},
            {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": START + 5},
        ]
        return [b"".join(record["Data"] for record in read_all(kinesis, **place)) for place in places]

    assert run(scenario, clock=clock) == [b"abc", b"", b"bc", b"c", b"c"]


def test_the_next_iterator_goes_on_and_says_how_far_behind_it_is() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        put(kinesis, b"a", b"b")
        clock.now += 2
        iterator = kinesis.get_shard_iterator(
            StreamName="events", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        first = kinesis.get_records(ShardIterator=iterator, Limit=1)
        second = kinesis.get_records(ShardIterator=first["NextShardIterator"])
        return [(answer["Records"][0]["Data"], answer["MillisBehindLatest"]) for answer in (first, second)]

    assert run(scenario, clock=clock) == [(b"a", 2000), (b"b", 0)]


def test_a_shard_takes_1000_records_a_second() -> None:
    """Facts 1.7: the limit, and the text of the partial failure."""
    clock = Clock()

    def scenario(kinesis: Any) -> Any:
        put(kinesis, *[b"x"] * 500)
        put(kinesis, *[b"x"] * 499)
        records = [{"Data": b"x", "PartitionKey": "k"}] * 2
        partly = kinesis.put_records(StreamName="events", Records=records)
        whole = refused(lambda: kinesis.put_record(StreamName="events", Data=b"x", PartitionKey="k"))
        clock.now += 1
        put(kinesis, b"x")
        return partly, whole

    partly, whole = run(scenario, clock=clock)
    text = "Rate exceeded for shard shardId-000000000000 in stream events under account 123456789012."
    assert partly["FailedRecordCount"] == 1
    assert partly["Records"][1]["ErrorCode"] == "ProvisionedThroughputExceededException"
    assert partly["Records"][1]["ErrorMessage"] == text
    assert whole == ("ProvisionedThroughputExceededException", text)


def test_a_shard_takes_a_mebibyte_a_second_unless_it_is_told_not_to_count() -> None:
    def scenario(kinesis: Any) -> int:
        records = [{"Data": bytes(600_000), "PartitionKey": "k"}] * 2
        return int(kinesis.put_records(StreamName="events", Records=records)["FailedRecordCount"])

    assert (run(scenario), run(scenario, limited=False)) == (1, 0)


@pytest.mark.parametrize(
    ("operation", "request_members", "code", "message"),
    [
        ("PutRecord", {"Data": "eA=="}, "ValidationException", "Value null at 'partitionKey'"),
        ("PutRecord", {"PartitionKey": "k"}, "ValidationException", "Value null at 'data'"),
        (
            "PutRecord",
            {"PartitionKey": "k" * 257, "Data": ""},
            "ValidationException",
            "length less than or equal to 256",
        ),
        ("PutRecord", {"PartitionKey": "k", "Data": "?"}, "SerializationException", "data is not base64"),
        (
            "PutRecord",
            {"PartitionKey": "k", "Data": "AAAA" * 349_526},
            "ValidationException",
            "Member must have length less than or equal to 1048576",
        ),
        ("PutRecords", {"Records": []}, "ValidationException", "'records' failed"),
        (
            "GetShardIterator",
            {"ShardId": "shardId-9", "ShardIteratorType": "LATEST"},
            "ResourceNotFoundException",
            "Shard",
        ),
        (
            "GetShardIterator",
            {
                "ShardId": "shardId-000000000000",
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "StartingSequenceNumber": "49590338271490256608559692538361571095921575989136588802",
            },
            "InvalidArgumentException",
            "StartingSequenceNumber",
        ),
        ("GetRecords", {"ShardIterator": "bm9uZQ=="}, "InvalidArgumentException", "Invalid ShardIterator."),
        (
            "DescribeStream",
            {"StreamName": "gone"},
            "ResourceNotFoundException",
            "Stream gone under account 123456789012",
        ),
        ("SplitShard", {}, "UnknownOperationException", "SplitShard does not run locally"),
    ],
)
def test_bad_requests_are_answered_with_the_services_exceptions(
    operation: str, request_members: dict[str, Any], code: str, message: str
) -> None:
    """Facts 1.7: limits and errors."""
    stream = KinesisStream("Events", "events", ARN)
    service = KinesisService([stream], account="123456789012", clock=Clock())
    body = {"StreamName": "events"} | request_members if operation != "GetRecords" else request_members
    response = asyncio.run(service.handle(f"Kinesis_20131202.{operation}", json.dumps(body).encode()))
    answer = json.loads(response.body)
    assert (response.status >= 400, answer["__type"]) == (True, code)
    assert message in answer["message"]


def test_an_iterator_is_good_for_five_minutes() -> None:
    clock = Clock()

    def scenario(kinesis: Any) -> tuple[str, str]:
        iterator = kinesis.get_shard_iterator(
            StreamName="events", ShardId="shardId-000000000000", ShardIteratorType="LATEST"
        )["ShardIterator"]
        clock.now += 301
        return refused(lambda: kinesis.get_records(ShardIterator=iterator))

    assert run(scenario, clock=clock)[0] == "ExpiredIteratorException"


def test_the_stream_is_described() -> None:
    def scenario(kinesis: Any) -> Any:
        described = kinesis.describe_stream(StreamName="events", Limit=1)["StreamDescription"]
        summary = kinesis.describe_stream_summary(StreamName="events")["StreamDescriptionSummary"]
        page = kinesis.list_shards(StreamName="events", MaxResults=1)
        rest = kinesis.list_shards(NextToken=page["NextToken"])["Shards"]
        return described, summary, page["Shards"] + rest, kinesis.list_streams()["StreamNames"]

    described, summary, shards, names = run(scenario, shards=2)
    assert (described["StreamStatus"], described["HasMoreShards"], summary["OpenShardCount"]) == ("ACTIVE", True, 2)
    assert [shard["HashKeyRange"]["StartingHashKey"] for shard in shards] == ["0", str(2**127)]
    assert shards[1]["HashKeyRange"]["EndingHashKey"] == str(2**128 - 1)
    assert names == ["events"]
