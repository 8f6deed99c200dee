"""A Kinesis data stream as source (facts/sources.md#kinds)."""

from __future__ import annotations

import asyncio
import json

from support.local_firehose import SOURCE_ARN, LocalFirehose


def test_the_shards_are_read_without_a_flush_once_a_second(local: LocalFirehose) -> None:
    """facts/sources.md#kinds: Firehose polls each shard once per second."""
    local.kinesis_source()

    async def scenario() -> None:
        body = {"StreamName": "events", "PartitionKey": "a", "Data": "b25l"}
        await local.kinesis.handle("Kinesis_20131202.PutRecord", json.dumps(body).encode())
        async with asyncio.timeout(5):
            while not local.keys():
                await asyncio.sleep(0.05)

    local.run(scenario, buffer_interval=0)
    assert local.bodies() == [b"one"]


def test_the_function_is_told_where_a_record_comes_from(local: LocalFirehose) -> None:
    """facts/firehose.md#function-request: sourceKinesisStreamArn, and kinesisRecordMetadata with numbers."""
    local.function(
        "import json, base64\n"
        "def handler(event, context):\n"
        "    seen = [event['sourceKinesisStreamArn'], event['records'][0]['kinesisRecordMetadata']]\n"
        "    data = base64.b64encode(json.dumps(seen).encode()).decode()\n"
        "    answers = [{'recordId': r['recordId'], 'result': 'Ok', 'data': data} for r in event['records']]\n"
        "    return {'records': answers}\n"
    )
    local.kinesis_source(ProcessingConfiguration=local.processing())
    answer = local.with_boto3(
        lambda kinesis: kinesis.put_record(StreamName="events", PartitionKey="key", Data=b"one"), service="kinesis"
    )
    arn, metadata = json.loads(local.bodies("data/")[0])
    assert arn == SOURCE_ARN
    assert metadata == {
        "sequenceNumber": answer["SequenceNumber"],
        "subsequenceNumber": 0,
        "partitionKey": "key",
        "shardId": "shardId-000000000000",
        "approximateArrivalTimestamp": int(local.now * 1000),
    }
