"""A hand-written template with a Kinesis stream and a log group as sources (facts 11)."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import botocore.config

from clickstream_local.assembly import load_stacks
from clickstream_local.runtime import Runtime

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Lake": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "lake"}},
        "Events": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 2}},
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/app"}},
        "FromKinesis": {
            "Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {
                "DeliveryStreamType": "KinesisStreamAsSource",
                "KinesisStreamSourceConfiguration": {
                    "KinesisStreamARN": {"Fn::GetAtt": ["Events", "Arn"]},
                    "RoleARN": "arn:aws:iam::000000000000:role/r",
                },
                "ExtendedS3DestinationConfiguration": {
                    "BucketARN": {"Fn::GetAtt": ["Lake", "Arn"]},
                    "RoleARN": "arn:aws:iam::000000000000:role/r",
                    "Prefix": "kinesis/",
                },
            },
        },
        "FromLogs": {
            "Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {
                "ExtendedS3DestinationConfiguration": {
                    "BucketARN": {"Fn::GetAtt": ["Lake", "Arn"]},
                    "RoleARN": "arn:aws:iam::000000000000:role/r",
                    "Prefix": "logs/",
                    "CompressionFormat": "GZIP",
                    "ProcessingConfiguration": {
                        "Enabled": True,
                        "Processors": [
                            {
                                "Type": "Decompression",
                                "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}],
                            },
                            {
                                "Type": "CloudWatchLogProcessing",
                                "Parameters": [{"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}],
                            },
                        ],
                    },
                },
            },
        },
        "Filter": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": "ERROR",
                "DestinationArn": {"Fn::GetAtt": ["FromLogs", "Arn"]},
                "RoleArn": "arn:aws:iam::000000000000:role/r",
            },
        },
    }
}


def client(url: str, service: str) -> Any:
    keys = {"aws_access_key_id": "AKIALOCAL", "aws_secret_access_key": "local"}
    config = botocore.config.Config(retries={"max_attempts": 1})
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=config, **keys)


def test_a_kinesis_stream_and_a_log_group_feed_their_delivery_streams(tmp_path: Path) -> None:
    template = tmp_path / "sources.json"
    template.write_text(json.dumps(TEMPLATE))
    data = tmp_path / "data"
    data.mkdir()

    def send(url: str) -> None:
        kinesis, logs = client(url, "kinesis"), client(url, "logs")
        name = kinesis.list_streams()["StreamNames"][0]
        kinesis.put_record(StreamName=name, Data=b"event\n", PartitionKey="k")
        logs.create_log_stream(logGroupName="/app", logStreamName="s")
        events = [{"timestamp": 1, "message": "ERROR broken"}, {"timestamp": 2, "message": "fine"}]
        logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=events)

    async def scenario() -> tuple[Any, str]:
        runtime = await Runtime.start(load_stacks(template), data_dir=data)
        await asyncio.to_thread(send, runtime.url)
        unsupported, metrics = runtime.unsupported(), runtime.metrics()
        await runtime.close()
        return unsupported, metrics

    unsupported, metrics = asyncio.run(scenario())
    assert unsupported == ()
    assert "aws_firehose_incoming_records_total" in metrics
    (from_kinesis,) = (data / "s3/lake/kinesis").rglob("*-*-*")
    (from_logs,) = (path for path in (data / "s3/lake/logs").rglob("*") if path.is_file())
    assert from_kinesis.read_bytes() == b"event\n"
    assert gzip.decompress(from_logs.read_bytes()) == b"ERROR broken\n"
