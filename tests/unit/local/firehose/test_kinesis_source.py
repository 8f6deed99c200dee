"""A Kinesis data stream as source (facts 11)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import pytest

from clickstream_local.common.model import KinesisStream
from clickstream_local.firehose.records.kpl import deaggregated

SOURCE_ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/events"


def source(local: Any, shards: int = 1, **s3: Any) -> None:
    """A delivery stream that reads the data stream ``events``."""
    local.data_streams.append(KinesisStream("Events", "events", SOURCE_ARN, shards))
    properties = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": SOURCE_ARN, "RoleARN": "arn:aws:iam::1:role/r"},
    }
    local.stream(properties=properties, **s3)


def put(kinesis: Any, *records: tuple[str, bytes]) -> Any:
    entries = [{"PartitionKey": key, "Data": data} for key, data in records]
    return kinesis.put_records(StreamName="events", Records=entries)


def test_what_is_put_to_the_data_stream_is_delivered(local: Any) -> None:
    source(local)
    answer = local.over_http(lambda url: put(local.client(url, "kinesis"), ("a", b"one\n"), ("b", b"two\n")))
    assert answer["FailedRecordCount"] == 0
    assert local.bodies() == [b"one\ntwo\n"]
    assert (local.state()["received"], local.state()["delivered"]) == (2, 2)


def test_the_shards_are_read_without_a_flush_once_a_second(local: Any) -> None:
    """Facts 11: Firehose polls each shard once per second."""
    source(local)

    async def scenario() -> None:
        body = {"StreamName": "events", "PartitionKey": "a", "Data": "b25l"}
        await local.kinesis.handle("Kinesis_20131202.PutRecord", json.dumps(body).encode())
        async with asyncio.timeout(5):
            while not local.keys():
                await asyncio.sleep(0.05)

    local.run(scenario, buffer_interval=0)
    assert local.bodies() == [b"one"]


def test_the_function_is_told_where_a_record_comes_from(local: Any) -> None:
    """Facts 3.1: sourceKinesisStreamArn, and kinesisRecordMetadata with numbers."""
    local.function(
        "import json, base64\n"
        "def handler(event, context):\n"
        "    seen = [event['sourceKinesisStreamArn'], event['records'][0]['kinesisRecordMetadata']]\n"
        "    data = base64.b64encode(json.dumps(seen).encode()).decode()\n"
        "    answers = [{'recordId': r['recordId'], 'result': 'Ok', 'data': data} for r in event['records']]\n"
        "    return {'records': answers}\n"
    )
    source(local, ProcessingConfiguration=local.processing())
    answer = local.over_http(lambda url: put(local.client(url, "kinesis"), ("key", b"one")))
    arn, metadata = json.loads(local.bodies("data/")[0])
    assert arn == SOURCE_ARN
    assert metadata == {
        "sequenceNumber": answer["Records"][0]["SequenceNumber"],
        "subsequenceNumber": 0,
        "partitionKey": "key",
        "shardId": "shardId-000000000000",
        "approximateArrivalTimestamp": int(local.now * 1000),
    }


def test_puts_to_the_delivery_stream_itself_are_not_permitted(local: Any) -> None:
    """Facts 1.3, observed error texts."""
    source(local)

    async def scenario() -> Any:
        return await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}})

    status, answer = local.run(scenario)
    assert (status, answer["__type"]) == (400, "InvalidArgumentException")
    assert answer["message"] == "This operation is not permitted on KinesisStreamAsSource delivery stream type."


def test_its_description_names_the_source_and_no_encryption(local: Any) -> None:
    """Facts 1.4: the SSE block is left out; ``DeliveryStartTimestamp`` is there."""
    source(local)

    def scenario(url: str) -> Any:
        firehose = local.client(url)
        names = [
            firehose.list_delivery_streams(DeliveryStreamType=kind)["DeliveryStreamNames"]
            for kind in ("DirectPut", "KinesisStreamAsSource")
        ]
        described = firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]
        return names, described

    names, described = local.over_http(scenario)
    assert names == [[], ["clicks"]]
    assert described["Source"]["KinesisStreamSourceDescription"]["KinesisStreamARN"] == SOURCE_ARN
    assert "DeliveryStartTimestamp" in described["Source"]["KinesisStreamSourceDescription"]
    assert "DeliveryStreamEncryptionConfiguration" not in described


def test_a_source_that_no_stack_has_is_named(local: Any) -> None:
    source(local)
    local.data_streams.clear()

    async def scenario() -> list[str]:
        return [item.reason for item in local.service.unsupported(local.streams[0])]

    assert local.run(scenario) == [f"the source {SOURCE_ARN} is not a Kinesis stream of a stack that runs here"]


def varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def aggregate(*records: tuple[str, bytes]) -> bytes:
    """A record as the Kinesis Producer Library writes it."""
    keys = b"".join(field(1, key.encode()) for key, _ in records)
    bodies = b"".join(
        field(3, varint(1 << 3) + varint(index) + field(3, data)) for index, (_, data) in enumerate(records)
    )
    message = keys + bodies
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def test_an_aggregate_of_the_producer_library_is_split_first(local: Any) -> None:
    """Facts 2.3: before everything else, but for the source backup, which has the record as it came."""
    whole = aggregate(("a", b"one\n"), ("b", b"two" * 100 + b"\n"))
    source(
        local,
        S3BackupMode="Enabled",
        S3BackupConfiguration={"BucketARN": "arn:aws:s3:::lake", "Prefix": "raw/"},
    )
    local.over_http(lambda url: put(local.client(url, "kinesis"), ("k", whole)))
    assert local.bodies("data/") == [b"one\n" + b"two" * 100 + b"\n"]
    assert local.bodies("raw/") == [whole]
    assert (local.state()["received"], local.state()["deaggregated"], local.state()["delivered"]) == (1, 1, 2)


@pytest.mark.parametrize("data", [b"plain", b"\xf3\x89\x9a\xc2", aggregate(("a", b"x"))[:-1] + b"?"])
def test_a_record_that_is_no_aggregate_is_left_alone(data: bytes) -> None:
    assert deaggregated(data) is None


def test_an_aggregate_that_is_cut_inside_is_left_alone() -> None:
    message = field(1, b"key") + varint(3 << 3 | 2) + varint(500) + b"cut"
    assert deaggregated(b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()) is None
