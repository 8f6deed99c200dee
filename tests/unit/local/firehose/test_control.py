"""Making, changing and removing delivery streams with real boto3 (facts 1.2 to 1.5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest

from clickstream_local.firehose.api.control import MOST_ENCRYPTION_CALLS_A_DAY

ROLE = "arn:aws:iam::123456789012:role/delivery"
S3 = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake", "Prefix": "new/"}


def play(local: Any, scenario: Callable[[Any], Any]) -> Any:
    """A scenario with a boto3 client."""
    return local.over_http(lambda url: scenario(local.client(url)))


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """The code and message of the error that a call ends with."""
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call()
    found = error.value.response["Error"]
    return found["Code"], found["Message"]


def create(firehose: Any, name: str = "made", **more: Any) -> Any:
    given = {"ExtendedS3DestinationConfiguration": S3} | more
    return firehose.create_delivery_stream(DeliveryStreamName=name, **given)


def test_a_made_stream_delivers(local: Any) -> None:
    def scenario(firehose: Any) -> Any:
        arn = create(firehose, Tags=[{"Key": "team", "Value": "web"}])["DeliveryStreamARN"]
        firehose.put_record(DeliveryStreamName="made", Record={"Data": b"one\n"})
        described = firehose.describe_delivery_stream(DeliveryStreamName="made")["DeliveryStreamDescription"]
        return arn, described, firehose.list_tags_for_delivery_stream(DeliveryStreamName="made")["Tags"]

    arn, described, tags = play(local, scenario)
    assert arn == described["DeliveryStreamARN"] == "arn:aws:firehose:eu-west-1:123456789012:deliverystream/made"
    assert (described["DeliveryStreamStatus"], described["VersionId"]) == ("ACTIVE", "1")
    assert tags == [{"Key": "team", "Value": "web"}]
    assert local.bodies("new/") == [b"one\n"]
    assert local.keys("new/")[0].rpartition("/")[2].startswith("made-1-2026-11-21-12-00-00-")


def test_a_name_is_taken_once(local: Any) -> None:
    """Facts 1.3, observed error texts."""
    local.stream()
    assert play(local, lambda firehose: refused(lambda: create(firehose, "clicks"))) == (
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
    local: Any, request_members: dict[str, Any], code: str, message: str
) -> None:
    """Facts 1.3, observed error texts; facts 2.1 for the hints; facts 5, rule 5."""

    def scenario(firehose: Any) -> tuple[str, str]:
        return refused(lambda: firehose.create_delivery_stream(DeliveryStreamName="made", **request_members))

    assert play(local, scenario) == (code, message)
    assert play(local, lambda firehose: firehose.list_delivery_streams()["DeliveryStreamNames"]) == []


def update(firehose: Any, version: str = "1", destination: str = "destinationId-000000000001", **changes: Any) -> Any:
    return firehose.update_destination(
        DeliveryStreamName="clicks",
        CurrentDeliveryStreamVersionId=version,
        DestinationId=destination,
        ExtendedS3DestinationUpdate=changes,
    )


def test_an_update_counts_for_what_is_already_buffered(local: Any) -> None:
    """Facts 1.4: the new prefix, and the new version in the key; absent members keep their value."""
    local.stream(CompressionFormat="GZIP")

    def scenario(firehose: Any) -> Any:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        update(firehose, Prefix="later/")
        return firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    described = play(local, scenario)
    (key,) = local.keys()
    assert key.startswith("later/2026/11/21/12/clicks-2-")
    assert key.endswith(".gz")
    assert described["VersionId"] == "2"
    assert described["LastUpdateTimestamp"]


def test_records_before_a_removed_function_go_on_without_it(local: Any) -> None:
    """Facts 1.4: ProcessingConfiguration is replaced whole."""
    local.function("return answer(record, b'transformed')")
    local.stream(ProcessingConfiguration=local.processing())

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        update(firehose, ProcessingConfiguration={"Enabled": False})

    play(local, scenario)
    assert local.bodies("data/") == [b"one\n"]
    assert local.state()["delivered"] == 1


def test_what_a_function_works_on_during_an_update_is_delivered(local: Any) -> None:
    local.function("import time; time.sleep(0.5)\nreturn answer(record, data)")
    local.stream(ProcessingConfiguration=local.processing(BufferIntervalInSeconds=0))

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        time.sleep(0.2)
        update(firehose, Prefix="later/")

    play(local, scenario)
    assert local.bodies() == [b"one\n"]
    assert local.state()["delivered"] == 1


def test_an_update_without_effect_keeps_the_version(local: Any) -> None:
    """Facts 1.4."""
    local.stream()

    def scenario(firehose: Any) -> str:
        update(firehose, Prefix="data/")
        described = firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]
        return str(described["VersionId"])

    assert play(local, scenario) == "1"


def test_conversion_merges_per_member(local: Any) -> None:
    """Facts 1.4: the schema stays when only the output format is given."""
    local.stream(DataFormatConversionConfiguration=local.conversion())

    def scenario(firehose: Any) -> None:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b'{"n": 1}'})
        orc = {"OutputFormatConfiguration": {"Serializer": {"OrcSerDe": {}}}}
        update(firehose, DataFormatConversionConfiguration=orc)

    play(local, scenario)
    assert [body[:3] for body in local.bodies("data/")] == [b"ORC"]


BACKUP = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake", "Prefix": "raw/"}


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
    local: Any, arguments: dict[str, Any], code: str, message: str
) -> None:
    """Facts 1.3 and 1.4; the exception of a wrong destination id is not recorded, only its text."""
    local.stream(S3BackupMode="Enabled", S3BackupConfiguration=BACKUP)

    def scenario(firehose: Any) -> Any:
        found = refused(lambda: update(firehose, **arguments))
        return found, firehose.describe_delivery_stream(DeliveryStreamName="clicks")["DeliveryStreamDescription"]

    found, described = play(local, scenario)
    assert found == (code, message)
    assert described["VersionId"] == "1"
    assert described["Destinations"][0]["ExtendedS3DestinationDescription"]["S3BackupMode"] == "Enabled"


def test_backup_can_be_switched_on(local: Any) -> None:
    """Facts 1.4: on by update, never off."""
    local.stream()

    def scenario(firehose: Any) -> None:
        update(firehose, S3BackupMode="Enabled", S3BackupUpdate=BACKUP)
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})

    play(local, scenario)
    assert local.bodies("raw/") == [b"one\n"]


def test_deleting_discards_what_is_not_delivered(local: Any) -> None:
    """Facts 1.4."""
    local.stream()

    def scenario(firehose: Any) -> tuple[str, str]:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        firehose.delete_delivery_stream(DeliveryStreamName="clicks", AllowForceDelete=True)
        return refused(lambda: firehose.describe_delivery_stream(DeliveryStreamName="clicks"))

    assert play(local, scenario) == (
        "ResourceNotFoundException",
        "Firehose clicks under account 123456789012 not found.",
    )
    assert local.keys() == []


def test_tags_are_set_and_taken_away(local: Any) -> None:
    local.stream(properties={"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})

    def scenario(firehose: Any) -> Any:
        firehose.tag_delivery_stream(DeliveryStreamName="clicks", Tags=[{"Key": "b", "Value": "3"}, {"Key": "c"}])
        firehose.untag_delivery_stream(DeliveryStreamName="clicks", TagKeys=["a", "unknown"])
        return firehose.list_tags_for_delivery_stream(DeliveryStreamName="clicks")["Tags"]

    assert play(local, scenario) == [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": ""}]


def test_there_are_at_most_fifty_tags(local: Any) -> None:
    """Facts 1.4."""
    local.stream(properties={"Tags": [{"Key": "a", "Value": "1"}]})
    fifty = [{"Key": str(number), "Value": ""} for number in range(50)]

    def scenario(firehose: Any) -> tuple[str, str]:
        return refused(lambda: firehose.tag_delivery_stream(DeliveryStreamName="clicks", Tags=fifty))

    assert play(local, scenario)[0] == "LimitExceededException"


def test_encryption_is_started_and_stopped(local: Any) -> None:
    """Facts 1.5, and facts 1.3: ``Encrypted`` of a put says whether it was on."""
    local.stream()
    key = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": "arn:aws:kms:eu-west-1:123456789012:key/k"}

    def scenario(firehose: Any) -> list[bool]:
        put = {"DeliveryStreamName": "clicks", "Record": {"Data": b"x"}}
        found = [firehose.put_record(**put)["Encrypted"]]
        firehose.start_delivery_stream_encryption(
            DeliveryStreamName="clicks", DeliveryStreamEncryptionConfigurationInput=key
        )
        found.append(firehose.put_record(**put)["Encrypted"])
        firehose.stop_delivery_stream_encryption(DeliveryStreamName="clicks")
        return [*found, firehose.put_record(**put)["Encrypted"]]

    assert play(local, scenario) == [False, True, False]


def test_encryption_is_changed_at_most_25_times_a_day(local: Any) -> None:
    """Facts 1.5."""
    local.stream()

    async def scenario() -> list[int]:
        start = "StartDeliveryStreamEncryption"
        first = [
            await local.call(start, {"DeliveryStreamName": "clicks"}) for _ in range(MOST_ENCRYPTION_CALLS_A_DAY + 1)
        ]
        local.now += 86_401
        return [status for status, _ in [*first[-2:], await local.call(start, {"DeliveryStreamName": "clicks"})]]

    assert local.run(scenario) == [200, 400, 200]
