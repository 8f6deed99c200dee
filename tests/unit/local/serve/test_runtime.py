"""The runtime when objects cannot be written, and how it ends."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_local.serve.runtime import Runtime
from support.assemblies import load_resources
from support.local_process import local, started
from support.small_template import UPPER, small_template

SLOW = UPPER.replace('print("got"', "import time; time.sleep(1.5)\n    print('got'")


def break_bucket(data_dir: Path) -> None:
    """Nothing can be written where a file stands in the folder's place."""
    (data_dir / "s3" / "lake").rmdir()
    (data_dir / "s3" / "lake").write_text("")


def test_a_flush_that_cannot_write_is_a_500_that_says_why_and_loses_nothing(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data") as running:
        running.post()
        break_bucket(tmp_path / "data")
        status, answer = running.call("POST", "/_local/flush")
        assert status == 500
        assert "cannot write s3://lake/" in answer["message"]
        assert "flush again" in answer["message"]
        assert answer["delivery_streams"]["clicks"]["records_buffered"] == 1
        (tmp_path / "data/s3/lake").unlink()
        assert running.call("POST", "/_local/flush")[0] == 200
        assert running.delivered() == b'{"EVENT_NAME": "CLICK"}\n'


def test_an_end_that_cannot_deliver_says_what_is_lost_and_exits_with_1(tmp_path: Path) -> None:
    with local(small_template(tmp_path), tmp_path / "data") as running:
        running.post()
        break_bucket(tmp_path / "data")
        code, said = running.stop()
    assert code == 1
    assert "cannot write s3://lake/" in said
    assert "1 records were not delivered and are lost" in said
    assert "Traceback" not in said


def test_a_full_disk_is_named_and_nothing_is_lost_while_it_is_full(tmp_path: Path) -> None:
    """No file may grow beyond 4 kB: the kernel's answer to a write is an error, as on a full disk."""
    template = small_template(tmp_path)
    limited = f"""
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from clickstream_local.cli import main
main(["local", "--assembly", {str(template)!r}, "--port", "0", "--data-dir", {str(tmp_path / "data")!r}])
"""
    with started([sys.executable, "-c", limited], tmp_path / "data") as running:
        running.post(json.dumps({"event_name": os.urandom(4000).hex()}).encode())
        status, answer = running.call("POST", "/_local/flush")
        assert (status, "File too large" in answer["message"]) == (500, True)
        assert answer["delivery_streams"]["clicks"]["records_buffered"] == 1
        code, said = running.stop()
    assert code == 1
    assert "Traceback" not in said


def test_the_request_under_way_at_sigterm_is_answered(tmp_path: Path) -> None:
    answers: list[int] = []
    with local(small_template(tmp_path, SLOW), tmp_path / "data") as running:
        running.post()
        flush = threading.Thread(target=lambda: answers.append(running.call("POST", "/_local/flush")[0]))
        flush.start()
        time.sleep(0.5)
        code, _ = running.stop()
        flush.join()
        assert (answers, code) == ([200], 0)
        assert running.delivered() == b'{"EVENT_NAME": "CLICK"}\n'


def test_a_function_that_cannot_run_is_named_even_if_no_stream_uses_it(tmp_path: Path) -> None:
    template = small_template(tmp_path)
    other = "  Node:\n    Type: AWS::Lambda::Function\n    Properties: {Runtime: nodejs22.x, Handler: i.h}\n"
    template.write_text(template.read_text().replace("  Api:\n", other + "  Api:\n", 1))
    with local(template, tmp_path / "data") as running:
        _, said = running.stop()
    assert "not run locally: Node (AWS::Lambda::Function): " in said


STREAM = {
    "DeliveryStreamName": "clicks",
    "DeliveryStreamType": "DirectPut",
    "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"},
    "Tags": [{"Key": "a", "Value": "b"}],
    "ExtendedS3DestinationConfiguration": {
        "BucketARN": "arn:aws:s3:::lake",
        "RoleARN": "arn:aws:iam::000000000000:role/r",
        "Prefix": "d/!{partitionKeyFromLambda:k}/",
        "ErrorOutputPrefix": "e/!{firehose:error-output-type}/",
        "CompressionFormat": "UNCOMPRESSED",
        "CustomTimeZone": "Europe/Berlin",
        "FileExtension": ".json",
        "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
        "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "g", "LogStreamName": "s"},
        "DynamicPartitioningConfiguration": {"Enabled": True, "RetryOptions": {"DurationInSeconds": 0}},
        "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": "arn:aws:kms:us-east-1:1:key/k"}},
        "ProcessingConfiguration": {
            "Enabled": True,
            "Processors": [
                {
                    "Type": "Lambda",
                    "Parameters": [
                        {"ParameterName": "LambdaArn", "ParameterValue": {"Fn::GetAtt": ["Fn", "Arn"]}},
                        {"ParameterName": "BufferSizeInMBs", "ParameterValue": "1"},
                    ],
                }
            ],
        },
        "DataFormatConversionConfiguration": {
            "Enabled": True,
            "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": True}}},
            "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "GZIP"}}},
            "SchemaConfiguration": {"DatabaseName": "db", "TableName": "t", "RoleARN": "arn:r", "VersionId": "LATEST"},
        },
        "S3BackupMode": "Enabled",
        "S3BackupConfiguration": {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:r", "Prefix": "b/"},
    },
}
RESOURCES = {
    "Clicks": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": STREAM},
    "Fn": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.13", "Handler": "index.f", "Code": {"ZipFile": ""}, "Role": "arn:r"},
    },
    "Table": {
        "Type": "AWS::Glue::Table",
        "Properties": {
            "CatalogId": "1",
            "DatabaseName": "db",
            "TableInput": {
                "Name": "t",
                "PartitionKeys": [{"Name": "day", "Type": "string"}],
                "StorageDescriptor": {"Location": "s3://lake/d/", "Columns": [{"Name": "a", "Type": "int"}]},
            },
        },
    },
    "Logs": {
        "Type": "AWS::Logs::SubscriptionFilter",
        "Properties": {"LogGroupName": "g", "FilterPattern": "a", "DestinationArn": {"Fn::GetAtt": ["Clicks", "Arn"]}},
    },
    "Source": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1, "RetentionPeriodHours": 24}},
}
OTHER = {
    "Type": "AWS::KinesisFirehose::DeliveryStream",
    "Properties": {
        "DeliveryStreamName": "other",
        "ExtendedS3DestinationConfiguration": {"BucketARN": "arn:aws:s3:::other", "RoleARN": "arn:r"},
    },
}
ODD = (None, "", "x", 0, -1, 7.5, True, [], {}, [1], ["a"], {"a": 1}, "delete")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.matrix)])
def test_nothing_in_one_resource_keeps_another_stream_from_running(tmp_path: Path, step: int) -> None:
    """What CloudFormation leaves optional is removed, and everything is something else."""
    chance = random.Random(16)
    count = sum(1 for _ in _places(RESOURCES))

    async def main() -> None:
        for place in range(0, count, step):
            resources = copy.deepcopy(RESOURCES)
            container, key = list(_places(resources))[place]
            if container is resources or key in ("Type", "Properties"):
                continue
            if (change := chance.choice(ODD)) == "delete":
                del container[key]
            else:
                container[key] = change
            stack = load_resources(tmp_path, {**resources, "Other": OTHER})
            runtime = await Runtime.start([stack], data_dir=tmp_path / "data")
            found = runtime.unsupported()
            streams = runtime.state()["delivery_streams"]
            await runtime.close()
            assert "other" in streams, (key, change, found)

    asyncio.run(main())
