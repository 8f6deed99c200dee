"""Requests with members of any type: an answer of the service, never a failure of the runtime."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.cloudwatch_logs.service import LogService
from clickstream_local.common.model import Column, DeliveryStream, Function, KinesisStream, LogGroup, Table
from clickstream_local.firehose.api.service import FirehoseService
from clickstream_local.kinesis.service import KinesisService
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.s3.directory_store import DirectoryStore
from clickstream_local.wire.aws_json import ApiError
from clickstream_local.wire.aws_shapes import checked_request

ACCOUNT = {"region": "eu-west-1", "account": "123456789012"}
S3 = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::lake"}
FUNCTION = Function(
    "Fn", "fn", "arn:aws:lambda:eu-west-1:123456789012:function:fn", "python3.13", "app.handler", Path("/")
)
TABLE = Table("Table", "d", "t", (Column("n", "int"),))
REQUESTS: dict[str, dict[str, Any]] = {
    "Firehose_20150804.CreateDeliveryStream": {
        "DeliveryStreamName": "new",
        "DeliveryStreamType": "DirectPut",
        "ExtendedS3DestinationConfiguration": S3
        | {
            "Prefix": "x/",
            "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60},
            "CompressionFormat": "GZIP",
            "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "g", "LogStreamName": "s"},
            "ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}]},
        },
        "Tags": [{"Key": "a", "Value": "b"}],
    },
    "Firehose_20150804.CreateDeliveryStream#2": {
        "DeliveryStreamName": "new",
        "ExtendedS3DestinationConfiguration": S3
        | {
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [
                    {
                        "Type": "Lambda",
                        "Parameters": [
                            {"ParameterName": "LambdaArn", "ParameterValue": FUNCTION.arn},
                            {"ParameterName": "NumberOfRetries", "ParameterValue": "1"},
                            {"ParameterName": "BufferSizeInMBs", "ParameterValue": "1"},
                        ],
                    }
                ],
            },
            "DataFormatConversionConfiguration": {
                "SchemaConfiguration": {
                    "RoleARN": "arn:aws:iam::123456789012:role/r",
                    "DatabaseName": "d",
                    "TableName": "t",
                },
                "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": True}}},
                "OutputFormatConfiguration": {
                    "Serializer": {"OrcSerDe": {"StripeSizeBytes": 67_108_864, "BloomFilterColumns": ["n"]}}
                },
            },
        },
    },
    "Firehose_20150804.CreateDeliveryStream#3": {
        "DeliveryStreamName": "new",
        "ExtendedS3DestinationConfiguration": S3
        | {
            "Prefix": "x/!{partitionKeyFromLambda:k}/",
            "ErrorOutputPrefix": "e/",
            "DynamicPartitioningConfiguration": {"Enabled": True, "RetryOptions": {"DurationInSeconds": 5}},
            "S3BackupMode": "Enabled",
            "S3BackupConfiguration": S3 | {"Prefix": "raw/"},
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [
                    {
                        "Type": "RecordDeAggregation",
                        "Parameters": [
                            {"ParameterName": "SubRecordType", "ParameterValue": "DELIMITED"},
                            {"ParameterName": "Delimiter", "ParameterValue": "IyM="},
                        ],
                    },
                    {
                        "Type": "Lambda",
                        "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": FUNCTION.arn}],
                    },
                ],
            },
        },
    },
    "Firehose_20150804.UpdateDestination": {
        "DeliveryStreamName": "clicks",
        "CurrentDeliveryStreamVersionId": "1",
        "DestinationId": "destinationId-000000000001",
        "ExtendedS3DestinationUpdate": {"Prefix": "y/", "CustomTimeZone": "UTC", "FileExtension": ".x"},
    },
    "Firehose_20150804.TagDeliveryStream": {"DeliveryStreamName": "clicks", "Tags": [{"Key": "a"}]},
    "Firehose_20150804.StartDeliveryStreamEncryption": {
        "DeliveryStreamName": "clicks",
        "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"},
    },
    "Firehose_20150804.ListDeliveryStreams": {"Limit": 5, "ExclusiveStartDeliveryStreamName": "a"},
    "Firehose_20150804.PutRecordBatch": {"DeliveryStreamName": "clicks", "Records": [{"Data": "eA=="}]},
    "Kinesis_20131202.PutRecords": {
        "StreamName": "events",
        "Records": [{"Data": "eA==", "PartitionKey": "k", "ExplicitHashKey": "5"}],
    },
    "Kinesis_20131202.GetShardIterator": {
        "StreamName": "events",
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "AT_TIMESTAMP",
        "Timestamp": 1.5,
    },
    "Kinesis_20131202.ListShards": {"StreamName": "events", "MaxResults": 5, "ExclusiveStartShardId": "s"},
    "Kinesis_20131202.GetRecords": {"ShardIterator": "x", "Limit": 5},
    "Logs_20140328.PutLogEvents": {
        "logGroupName": "/g",
        "logStreamName": "s",
        "logEvents": [{"timestamp": 1, "message": "m"}],
    },
    "Logs_20140328.DescribeLogStreams": {"logGroupName": "/g", "limit": 5, "nextToken": "x"},
}
JUNK = st.sampled_from([None, True, -1, 0, 10**30, 1.5, "", "x" * 2000, "\0", "../..", [], [[]], [None], {}, {"a": {}}])


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, Any]:
    """A request with one member, at any depth, replaced or left out."""
    target = draw(st.sampled_from(sorted(REQUESTS)))
    document = json.loads(json.dumps(REQUESTS[target]))
    place: Any = document
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        deeper = isinstance(place[key], dict | list) and place[key] and draw(st.booleans())
        if not deeper:
            break
        place = place[key]
    if draw(st.booleans()):
        place[key] = draw(JUNK)
    else:
        del place[key]
    return target, document


async def answer(root: Path, target: str, document: Any) -> tuple[int, Any]:
    """The answer of services that are made for this request."""
    logs = Logs(root)
    functions = LambdaService([FUNCTION], endpoint_url="http://127.0.0.1:9", logs=logs)
    arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks"
    stream = DeliveryStream("Clicks", "clicks", arn, {"ExtendedS3DestinationConfiguration": S3})
    firehose = FirehoseService(
        [stream], functions=functions, tables=[TABLE], store=DirectoryStore(root), logs=logs, **ACCOUNT
    )
    kinesis = KinesisService([KinesisStream("Events", "events", "arn:x/events")], account="123456789012")
    log_service = LogService([LogGroup("Group", "/g", ("s",))], logs=logs, **ACCOUNT)
    body = json.dumps(document).encode()
    service: Any = {"F": firehose, "K": kinesis, "L": log_service}[target[0]]
    response = await service.handle(target.partition("#")[0], body)
    for name in json.loads((await firehose.handle("Firehose_20150804.ListDeliveryStreams", b"{}")).body)[
        "DeliveryStreamNames"
    ]:
        await firehose.handle(
            "Firehose_20150804.DeleteDeliveryStream", json.dumps({"DeliveryStreamName": name}).encode()
        )
    await firehose.close()
    logs.close()
    return response.status, json.loads(response.body)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=broken())
def test_no_member_of_a_wrong_type_makes_the_runtime_fail(tmp_path: Path, request: tuple[str, Any]) -> None:
    status, body = asyncio.run(answer(tmp_path, *request))
    assert status in (200, 400, 404)
    assert status == 200 or body["__type"]


@pytest.mark.parametrize("target", sorted(REQUESTS))
def test_the_unbroken_requests_are_good_ones(tmp_path: Path, target: str) -> None:
    status, body = asyncio.run(answer(tmp_path, target, REQUESTS[target]))
    assert status == 200 or body["message"] == "Invalid ShardIterator."


def test_what_is_wrong_is_named_by_its_path() -> None:
    with pytest.raises(ApiError, match=r"tags\.1\.member\.key is of the wrong type: it must be a string"):
        checked_request("firehose", "TagDeliveryStream", {"DeliveryStreamName": "x", "Tags": [{"Key": 5}]})


def test_what_is_missing_is_named_in_the_services_words() -> None:
    with pytest.raises(ApiError, match="Value null at 'destinationId' failed to satisfy constraint"):
        checked_request(
            "firehose", "UpdateDestination", {"DeliveryStreamName": "x", "CurrentDeliveryStreamVersionId": "1"}
        )


@pytest.mark.parametrize(
    ("request_members", "problems"),
    [
        ({"StreamName": "a" * 129}, ["Member must have length less than or equal to 128"]),
        (
            {"StreamName": ""},
            [
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
                "Member must have length greater than or equal to 1",
            ],
        ),
        ({"StreamName": "s", "Limit": 0}, ["Member must have value greater than or equal to 1"]),
        ({"StreamName": "s", "Limit": 10_001}, ["Member must have value less than or equal to 10000"]),
    ],
)
def test_limits_are_told_in_the_services_words_and_only_where_they_are_asked_for(
    request_members: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(ApiError) as refused:
        checked_request("kinesis", "DescribeStream", request_members, limits=True)
    assert [text.rpartition("constraint: ")[2] for text in str(refused.value).split("; ")] == problems
    assert checked_request("kinesis", "DescribeStream", request_members) == request_members


def test_an_enum_is_told_with_its_values() -> None:
    members = {"StreamName": "s", "ShardId": "0", "ShardIteratorType": "NEWEST"}
    with pytest.raises(ApiError, match=r"at 'shardIteratorType' .*: Member must satisfy enum value set: \[AT_SEQUENCE"):
        checked_request("kinesis", "GetShardIterator", members, limits=True)
