"""UpdateDestination with real boto3 (facts/firehose.md#streams)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from support.local_firehose import BACKUP, LocalFirehose
from support.wire_client import refused


def update(firehose: Any, version: str = "1", destination: str = "destinationId-000000000001", **changes: Any) -> Any:
    return firehose.update_destination(
        DeliveryStreamName="clicks",
        CurrentDeliveryStreamVersionId=version,
        DestinationId=destination,
        ExtendedS3DestinationUpdate=changes,
    )


def test_an_update_counts_for_what_is_already_buffered(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: the new prefix, and the new version in the key; absent members keep their value."""
    local.stream(CompressionFormat="GZIP")

    def scenario(firehose: Any) -> Any:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        update(firehose, Prefix="later/")
        return firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    described = local.with_boto3(scenario)
    (key,) = local.keys()
    assert key.startswith("later/2026/11/21/12/clicks-2-")
    assert key.endswith(".gz")
    assert described["VersionId"] == "2"
    assert described["LastUpdateTimestamp"]


def test_records_before_a_removed_function_go_on_without_it(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: ProcessingConfiguration is replaced whole."""
    local.function("return answer(record, b'transformed')")
    local.stream(ProcessingConfiguration=local.processing())

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        update(firehose, ProcessingConfiguration={"Enabled": False})

    local.with_boto3(scenario)
    assert local.bodies("data/") == [b"one\n"]
    assert local.state()["delivered"] == 1


def test_what_a_function_works_on_during_an_update_is_delivered(local: LocalFirehose) -> None:
    local.function("import time; time.sleep(0.5)\nreturn answer(record, data)")
    local.stream(ProcessingConfiguration=local.processing(BufferIntervalInSeconds=0))

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        time.sleep(0.2)
        update(firehose, Prefix="later/")

    local.with_boto3(scenario)
    assert local.bodies() == [b"one\n"]
    assert local.state()["delivered"] == 1


def test_an_update_without_effect_keeps_the_version(local: LocalFirehose) -> None:
    """facts/firehose.md#streams."""
    local.stream()

    def scenario(firehose: Any) -> str:
        update(firehose, Prefix="data/")
        described = firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]
        return str(described["VersionId"])

    assert local.with_boto3(scenario) == "1"


def test_conversion_merges_per_member(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: the schema stays when only the output format is given."""
    local.stream(DataFormatConversionConfiguration=local.conversion())

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b'{"n": 1}'})
        orc = {"OutputFormatConfiguration": {"Serializer": {"OrcSerDe": {}}}}
        update(firehose, DataFormatConversionConfiguration=orc)

    local.with_boto3(scenario)
    assert [body[:3] for body in local.bodies("data/")] == [b"ORC"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            {"version": "7"},
            "ConcurrentModificationException",
            "Cannot update firehose: clicks since the current version id: 1 and specified version id: 7 do not match",
        ),
        ({"destination": "d-2"}, "InvalidArgumentException", "Destination Id d-2 not found"),
        ({"S3BackupMode": "Disabled"}, "InvalidArgumentException", "Disabling S3 backup is not currently supported."),
        (
            {"DynamicPartitioningConfiguration": {"Enabled": True}},
            "InvalidArgumentException",
            "DynamicPartitioningConfiguration.Enabled cannot be changed: dynamic partitioning is chosen when a "
            "delivery stream is created",
        ),
        (
            {"BufferingHints": {"SizeInMBs": 500, "IntervalInSeconds": 60}},
            "InvalidArgumentException",
            "BufferingHints.SizeInMBs is 500: it must be between 1 and 128",
        ),
    ],
)
def test_an_update_that_is_refused_changes_nothing(
    local: LocalFirehose, arguments: dict[str, Any], code: str, message: str
) -> None:
    """facts/firehose.md#put-records, #streams; the exception of a wrong destination id is not recorded, only its
    text.
    """
    local.stream(**BACKUP)

    def scenario(firehose: Any) -> Any:
        found = refused(lambda: update(firehose, **arguments))
        return found, firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    found, described = local.with_boto3(scenario)
    assert found == (code, message)
    assert described["VersionId"] == "1"
    assert described["Destinations"][0]["ExtendedS3DestinationDescription"]["S3BackupMode"] == "Enabled"


def test_backup_can_be_switched_on(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: on by update, never off."""
    local.stream()

    def scenario(firehose: Any) -> None:
        update(firehose, S3BackupMode="Enabled", S3BackupUpdate=BACKUP["S3BackupConfiguration"])
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})

    local.with_boto3(scenario)
    assert local.bodies("raw/") == [b"one\n"]
