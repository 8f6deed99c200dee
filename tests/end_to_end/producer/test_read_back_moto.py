"""What the producer wrote, read back from moto's server: Firehose by its objects in S3, Kinesis by GetRecords.

Nobody here wrote that service. The same events put by boto3 alone have to come out the same.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from clickstream_producer import FirehoseStream, KinesisStream, Producer
from support.producer.sink import CREDENTIALS

REGION = "eu-central-1"

EVENTS: list[dict[str, Any]] = [
    {"event_id": "plain", "event_name": "click", "user_id": "u-1", "x": 0, "price": 12.5, "ok": True, "none": None},
    {
        "event_id": "words",
        "event_name": "s\u00f6k \U0001f6d2 \u2028 \u0000",
        "user_id": "u-2",
        "title": 'a "b" \\ \n\t}',
    },
    {"event_id": "deep", "event_name": "view", "user_id": "u-3", "items": [{"sku": "1", "tags": []}, {}], "n": -1e-7},
    {"event_id": "large", "event_name": "view", "user_id": "u-1", "text": "\u00e9" * 9_000},
    *({"event_id": f"{number}", "event_name": "scroll", "user_id": f"u-{number % 7}"} for number in range(1_200)),
]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of the server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client(service: str, url: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=CREDENTIALS["access_key_id"],
        aws_secret_access_key=CREDENTIALS["secret_access_key"],
    )


def delivery_stream(url: str, name: str) -> str:
    """A stream that delivers to a bucket of its own name."""
    client("s3", url).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    destination = {"RoleARN": "arn:aws:iam::123456789012:role/delivery", "BucketARN": f"arn:aws:s3:::{name}"}
    client("firehose", url).create_delivery_stream(
        DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination
    )
    return name


def rows(url: str, bucket: str) -> list[dict[str, Any]]:
    """Every line of every object, by its id."""
    s3 = client("s3", url)
    found = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page["Contents"]:
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
            assert body.endswith(b"\n")
            found += [json.loads(line) for line in body[:-1].split(b"\n")]
    return sorted(found, key=lambda row: row["event_id"])


def by_id(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda row: row["event_id"])


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_firehose_delivers_the_rows_that_boto3_alone_would_have_delivered(moto: str, events_per_record: int) -> None:
    ours = delivery_stream(moto, f"producer-{events_per_record}")
    theirs = delivery_stream(moto, f"boto3-{events_per_record}")
    given = [{**event, "client_time": "2026-11-21T12:00:00.000Z"} for event in EVENTS]
    target = FirehoseStream(ours, region=REGION, endpoint_url=moto, credentials=CREDENTIALS)
    with Producer(target, events_per_record=events_per_record) as producer:
        assert producer.put_many(given) == len(given)
    assert producer.stats().sent == len(given)
    firehose = client("firehose", moto)
    for start in range(0, len(given), 500):
        records = [{"Data": json.dumps(event).encode() + b"\n"} for event in given[start : start + 500]]
        assert firehose.put_record_batch(DeliveryStreamName=theirs, Records=records)["FailedPutCount"] == 0
    assert rows(moto, ours) == rows(moto, theirs) == by_id(given)


def test_firehose_delivers_an_event_with_the_id_and_time_that_put_gave_it(moto: str) -> None:
    stream = delivery_stream(moto, "stamped")
    before = dt.datetime.now(dt.UTC)
    target = FirehoseStream(stream, region=REGION, endpoint_url=moto, credentials=CREDENTIALS)
    with Producer(target) as producer:
        producer.put({"event_name": "click"})
    (row,) = rows(moto, stream)
    assert (len(row["event_id"]), row["event_name"]) == (32, "click")
    age = dt.datetime.fromisoformat(row["client_time"]) - before
    assert abs(age.total_seconds()) < 10


def shards(url: str, stream: str) -> dict[str, list[tuple[str, bytes]]]:
    """What is in each shard, in its order: partition key and data."""
    kinesis = client("kinesis", url)
    found = {}
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        held: list[tuple[str, bytes]] = []
        while records := (answer := kinesis.get_records(ShardIterator=iterator))["Records"]:
            held += [(record["PartitionKey"], record["Data"]) for record in records]
            iterator = answer["NextShardIterator"]
        found[shard["ShardId"]] = held
    return found


def test_kinesis_holds_the_records_that_boto3_alone_would_have_put_there(moto: str) -> None:
    # facts/kinesis.md#put-records: the key decides the shard, so equal keys have to land in equal shards, and in
    # their order.
    kinesis = client("kinesis", moto)
    for name in ("producer", "boto3"):
        kinesis.create_stream(StreamName=name, ShardCount=3)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    given = [{**event, "client_time": "2026-11-21T12:00:00.000Z"} for event in EVENTS]
    target = KinesisStream(
        "producer", partition_key="user_id", region=REGION, endpoint_url=moto, credentials=CREDENTIALS
    )
    with Producer(target) as producer:
        assert producer.put_many(given) == len(given)
    for start in range(0, len(given), 500):
        records = [
            {"Data": json.dumps(event).encode() + b"\n", "PartitionKey": event["user_id"]}
            for event in given[start : start + 500]
        ]
        assert kinesis.put_records(StreamName="boto3", Records=records)["FailedRecordCount"] == 0
    ours, theirs = shards(moto, "producer"), shards(moto, "boto3")

    def read(held: list[tuple[str, bytes]]) -> list[tuple[str, dict[str, Any]]]:
        return [(key, json.loads(data)) for key, data in held]

    assert {shard: read(held) for shard, held in ours.items()} == {shard: read(held) for shard, held in theirs.items()}
    assert by_id([json.loads(data) for held in ours.values() for _, data in held]) == by_id(given)
    assert sum(bool(held) for held in ours.values()) > 1
