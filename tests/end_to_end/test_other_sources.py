"""A hand-written template with a Kinesis stream and a log group as sources (facts/sources.md#kinds)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.failures.objects import unzipped
from clickstream_local.testing import LocalPipeline

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


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[LocalPipeline]:
    template = tmp_path / "sources.json"
    template.write_text(json.dumps(TEMPLATE))
    with LocalPipeline(template, data_dir=tmp_path / "data") as running:
        yield running


def delivered(pipeline: LocalPipeline, prefix: str) -> list[bytes]:
    return [unzipped(found.path.read_bytes()) for found in pipeline.objects(prefix)]


def test_a_kinesis_stream_is_read_by_its_delivery_stream(pipeline: LocalPipeline) -> None:
    """facts/kinesis.md#put-records, facts/firehose.md#buffering: the destination's hints, by default 300 s, count from
    the read.
    """
    kinesis = pipeline.client("kinesis")
    (name,) = kinesis.list_streams()["StreamNames"]
    kinesis.put_record(StreamName=name, Data=b"event\n", PartitionKey="k")
    pipeline.advance(295)
    assert delivered(pipeline, "kinesis/") == []
    pipeline.advance(30)
    assert delivered(pipeline, "kinesis/") == [b"event\n"]


def test_records_of_one_key_keep_their_order(pipeline: LocalPipeline) -> None:
    kinesis = pipeline.client("kinesis")
    (name,) = kinesis.list_streams()["StreamNames"]
    for start in range(0, 100, 25):
        records = [
            {"Data": f"{key} {number}\n".encode(), "PartitionKey": key}
            for number in range(start, start + 25)
            for key in ("one", "other")
        ]
        assert kinesis.put_records(StreamName=name, Records=records)["FailedRecordCount"] == 0
    pipeline.flush()
    lines = b"".join(delivered(pipeline, "kinesis/")).decode().splitlines()
    for key in ("one", "other"):
        assert [line for line in lines if line.startswith(f"{key} ")] == [f"{key} {number}" for number in range(100)]


def test_documents_that_share_a_record_are_taken_apart_when_asked(tmp_path: Path) -> None:
    """facts/firehose.md#processing-order: record de-aggregation comes before everything else."""
    template = copy.deepcopy(TEMPLATE)
    destination = template["Resources"]["FromKinesis"]["Properties"]["ExtendedS3DestinationConfiguration"]
    parameters = [{"ParameterName": "SubRecordType", "ParameterValue": "JSON"}]
    processor = {"Type": "RecordDeAggregation", "Parameters": parameters}
    delimiter = {
        "Type": "AppendDelimiterToRecord",
        "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
    }
    destination["ProcessingConfiguration"] = {"Enabled": True, "Processors": [processor, delimiter]}
    path = tmp_path / "sources.json"
    path.write_text(json.dumps(template))
    with LocalPipeline(path) as pipeline:
        kinesis = pipeline.client("kinesis")
        (name,) = kinesis.list_streams()["StreamNames"]
        kinesis.put_record(StreamName=name, Data=b'{"n":1}{"n":2}', PartitionKey="k")
        pipeline.flush()
        assert delivered(pipeline, "kinesis/") == [b'{"n":1}\n{"n":2}']
        names = pipeline.client("firehose").list_delivery_streams()["DeliveryStreamNames"]
        (stream,) = [found for found in names if "FromKinesis" in found]
        assert pipeline.counts(stream)["records_deaggregated"] == 1


def test_a_subscription_sends_the_log_events_that_its_filter_takes(pipeline: LocalPipeline) -> None:
    """facts/sources.md#cloudwatch-logs: gzip documents of log events, which Decompression and CloudWatchLogProcessing
    take apart.
    """
    logs = pipeline.client("logs")
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    events = [{"timestamp": 1, "message": "ERROR broken"}, {"timestamp": 2, "message": "fine"}]
    logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=events)
    pipeline.advance(400)
    assert delivered(pipeline, "logs/") == [b"ERROR broken\n"]
    assert [event.message for event in pipeline.logs("/app")] == ["ERROR broken", "fine"]


def test_what_is_on_its_way_from_a_source_is_delivered_at_the_end(tmp_path: Path) -> None:
    template = tmp_path / "sources.json"
    template.write_text(json.dumps(TEMPLATE))
    pipeline = LocalPipeline(template, data_dir=tmp_path / "data")
    kinesis, logs = pipeline.client("kinesis"), pipeline.client("logs")
    kinesis.put_record(StreamName=kinesis.list_streams()["StreamNames"][0], Data=b"last\n", PartitionKey="k")
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    logs.put_log_events(
        logGroupName="/app", logStreamName="s", logEvents=[{"timestamp": 1, "message": "ERROR at the end"}]
    )
    pipeline.stop()
    assert delivered(pipeline, "kinesis/") == [b"last\n"]
    assert delivered(pipeline, "logs/") == [b"ERROR at the end\n"]
