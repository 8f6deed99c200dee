"""CreateDeliveryStream with real boto3 (facts/firehose.md#put-records, #streams)."""

from __future__ import annotations

from typing import Any

import pytest

from support.local_firehose import LocalFirehose
from support.wire_client import refused

S3 = {"RoleARN": "arn:aws:iam::123456789012:role/delivery", "BucketARN": "arn:aws:s3:::lake", "Prefix": "new/"}


def create(firehose: Any, name: str = "made", **more: Any) -> Any:
    given = {"ExtendedS3DestinationConfiguration": S3} | more
    return firehose.create_delivery_stream(DeliveryStreamName=name, **given)


def test_a_made_stream_delivers(local: LocalFirehose) -> None:
    def scenario(firehose: Any) -> Any:
        arn = create(firehose, Tags=[{"Key": "team", "Value": "web"}])["DeliveryStreamARN"]
        firehose.put_record(DeliveryStreamName="made", Record={"Data": b"one\n"})
        described = firehose.describe_delivery_stream(DeliveryStreamName="made")["DeliveryStreamDescription"]
        return arn, described, firehose.list_tags_for_delivery_stream(DeliveryStreamName="made")["Tags"]

    arn, described, tags = local.with_boto3(scenario)
    assert arn == described["DeliveryStreamARN"] == "arn:aws:firehose:eu-west-1:123456789012:deliverystream/made"
    assert (described["DeliveryStreamStatus"], described["VersionId"]) == ("ACTIVE", "1")
    assert tags == [{"Key": "team", "Value": "web"}]
    assert local.bodies("new/") == [b"one\n"]
    assert local.keys("new/")[0].rpartition("/")[2].startswith("made-1-2026-11-21-12-00-00-")


def test_a_name_is_taken_once(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records, observed error texts."""
    local.stream()
    assert local.with_boto3(lambda firehose: refused(lambda: create(firehose, "clicks"))) == (
        "ResourceInUseException",
        "Firehose clicks under accountId 123456789012 already exists",
    )


@pytest.mark.parametrize(
    ("request_members", "code", "message"),
    [
        (
            {"ExtendedS3DestinationConfiguration": S3, "S3DestinationConfiguration": S3},
            "InvalidArgumentException",
            "Exactly one destination configuration is supported for a Firehose",
        ),
        ({}, "InvalidArgumentException", "Exactly one destination configuration is supported for a Firehose"),
        (
            {"ExtendedS3DestinationConfiguration": S3 | {"CompressionFormat": "SNAPPY"}},
            "ValidationException",
            "1 validation error detected: Value at 'extendedS3DestinationConfiguration.compressionFormat' failed to "
            "satisfy constraint: Member must satisfy enum value set: [ZIP, HADOOP_SNAPPY, Snappy, GZIP, UNCOMPRESSED]",
        ),
        (
            {"ExtendedS3DestinationConfiguration": S3 | {"Prefix": "!{timestamp:yyyy}/"}},
            "InvalidArgumentException",
            "Ths supplied prefix(es) do not satisfy the following constraint: ErrorOutputPrefix cannot be null or "
            "empty when Prefix contains expressions",
        ),
        (
            {"ExtendedS3DestinationConfiguration": S3 | {"BufferingHints": {"SizeInMBs": 5}}},
            "InvalidArgumentException",
            "BufferingHints has SizeInMBs only: give SizeInMBs and IntervalInSeconds, or neither",
        ),
        (
            {
                "ExtendedS3DestinationConfiguration": S3,
                "Tags": [{"Key": "aws:x", "Value": "y"}],
            },
            "InvalidArgumentException",
            "the tag 'aws:x' is not valid: a key has 1 to 128 characters and does not begin with aws:, a value has at "
            "most 256",
        ),
    ],
)
def test_what_the_service_refuses_is_refused_in_its_words(
    local: LocalFirehose, request_members: dict[str, Any], code: str, message: str
) -> None:
    """facts/firehose.md#put-records, observed error texts; facts/firehose.md#buffering for the hints;
    facts/firehose.md#prefixes, rule
    5.
    """

    def scenario(firehose: Any) -> tuple[str, str]:
        return refused(lambda: firehose.create_delivery_stream(DeliveryStreamName="made", **request_members))

    assert local.with_boto3(scenario) == (code, message)
    assert local.with_boto3(lambda firehose: firehose.list_delivery_streams()["DeliveryStreamNames"]) == []
