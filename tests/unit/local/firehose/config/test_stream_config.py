"""The configuration of a stream: what is read, and what is refused with its reason (facts/firehose.md#buffering,
#object-names, #dynamic-partitioning).
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from clickstream_local.common.model import DeliveryStream
from support.local_firehose import PARTITIONED, TO_NAMES, LocalFirehose


@pytest.mark.parametrize(
    ("s3", "reason"),
    [
        ({"CompressionFormat": "SNAPPY"}, "CompressionFormat is 'SNAPPY'; it must be one of UNCOMPRESSED, GZIP"),
        ({"Prefix": "!{timestamp:yyyy}/", "ErrorOutputPrefix": ""}, "ErrorOutputPrefix cannot be null or empty"),
        ({"Prefix": "x/!{partitionKeyFromLambda:k}/"}, "partition keys, which need dynamic partitioning"),
        ({"BufferingHints": {"SizeInMBs": 129}}, "BufferingHints.SizeInMBs is 129: it must be between 1 and 128"),
        ({"BufferingHints": {"IntervalInSeconds": 901}}, "IntervalInSeconds is 901: it must be between 0 and 900"),
        ({"FileExtension": "json"}, "FileExtension is 'json': it must be a dot and"),
        ({"CustomTimeZone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)
def test_a_destination_that_cannot_run_says_why(local: LocalFirehose, s3: dict[str, Any], reason: str) -> None:
    local.stream(**s3)
    (found,) = local.reasons()
    assert reason in found


def test_another_destination_and_source_are_named(local: LocalFirehose) -> None:
    properties = {"RedshiftDestinationConfiguration": {}, "DeliveryStreamType": "MSKAsSource"}
    local.streams = [DeliveryStream("ClicksStream", "clicks", "arn", properties)]
    assert local.reasons() == [
        "DeliveryStreamType 'MSKAsSource': only DirectPut and KinesisStreamAsSource run here",
        "the destination is RedshiftDestinationConfiguration: only ExtendedS3DestinationConfiguration and "
        "S3DestinationConfiguration run here",
    ]


@pytest.mark.parametrize(
    ("s3", "expected"),
    [
        ({"Prefix": TO_NAMES}, "it needs a MetadataExtraction or a Lambda processor"),
        ({"Prefix": TO_NAMES, "ErrorOutputPrefix": None}, "ErrorOutputPrefix cannot be null or empty"),
        ({"Prefix": "data/", "lambda": True}, "uses no partition key"),
        ({"Prefix": "!{partitionKeyFromQuery:x}/", "lambda": True}, "which needs a MetadataExtraction processor"),
        ({"Prefix": TO_NAMES, "lambda": True, "BufferingHints": {"SizeInMBs": 5}}, "it must be at least 64"),
        (
            {"Prefix": TO_NAMES, "lambda": True, "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 0}},
            "IntervalInSeconds is 0 with DynamicPartitioningConfiguration: it must be at least 60",
        ),
    ],
)
def test_what_cannot_be_partitioned_is_named(local: LocalFirehose, s3: dict[str, Any], expected: str) -> None:
    """facts/firehose.md#dynamic-partitioning: what is needed; facts/firehose.md#buffering: hints."""
    if s3.pop("lambda", False):
        local.function("pass")
        s3["ProcessingConfiguration"] = local.processing()
    local.stream(**PARTITIONED, **s3)
    (found,) = local.reasons()
    assert expected in found


def test_a_plain_s3_destination_delivers_too(local: LocalFirehose) -> None:
    plain = {"BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:r", "Prefix": "plain/"}
    local.streams = [DeliveryStream("ClicksStream", "clicks", "arn", {"S3DestinationConfiguration": plain})]
    local.deliver(b"x")
    assert local.keys()[0].startswith("plain/2026/11/21/12/")


def test_a_buffer_interval_replaces_the_templates(local: LocalFirehose) -> None:
    local.stream()

    async def scenario() -> list[str]:
        await local.put(b"x")
        await asyncio.sleep(0.5)
        found: list[str] = local.keys()
        return found

    assert len(local.run(scenario, buffer_interval=0.1)) == 1


@pytest.mark.parametrize(
    ("s3", "ending", "encoding"),
    [
        ({}, "", None),
        ({"CompressionFormat": "GZIP"}, ".gz", "gzip"),
        ({"CompressionFormat": "GZIP", "FileExtension": ".json.gz"}, ".json.gz", "gzip"),
        ({"CompressionFormat": "GZIP", "FileExtension": ""}, ".gz", "gzip"),
        ({"FileExtension": ".jsonl"}, ".jsonl", None),
    ],
)
def test_extension_and_encoding_follow_the_compression(
    local: LocalFirehose, s3: dict[str, str], ending: str, encoding: str | None
) -> None:
    """facts/firehose.md#object-names: FileExtension replaces the default; empty means unset; Content-Type is always
    the same.
    """
    local.stream(**s3)
    local.deliver(b"x")
    (found,) = local.store.list("lake")
    assert re.fullmatch(r".*-[0-9a-f]{12}" + re.escape(ending), found.key)
    assert (found.content_encoding, found.content_type) == (encoding, "application/octet-stream")


def test_a_kms_key_is_kept_beside_the_object(local: LocalFirehose) -> None:
    key = "arn:aws:kms:eu-west-1:1:key/k"
    local.stream(EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": key}})
    local.deliver(b"x")
    (found,) = local.store.list("lake")
    assert found.metadata["x-amz-server-side-encryption-aws-kms-key-id"] == key
