"""Operations on delivery streams with real boto3 (facts/firehose.md#operations, #streams, #stream-encryption)."""

from __future__ import annotations

from typing import Any

from clickstream_local.firehose.api.control import MAX_ENCRYPTION_CALLS_A_DAY
from support.local_firehose import LocalFirehose
from support.wire_client import refused


def test_streams_are_listed_in_pages_of_ten_by_name(local: LocalFirehose) -> None:
    """facts/firehose.md#streams: alphabetical, default Limit 10."""
    for number in reversed(range(12)):
        local.stream(f"s{number:02}")
    _, first = local.asked("ListDeliveryStreams", {})
    _, rest = local.asked("ListDeliveryStreams", {"ExclusiveStartDeliveryStreamName": first["DeliveryStreamNames"][-1]})
    assert first == {"DeliveryStreamNames": [f"s{n:02}" for n in range(10)], "HasMoreDeliveryStreams": True}
    assert rest == {"DeliveryStreamNames": ["s10", "s11"], "HasMoreDeliveryStreams": False}


def test_streams_are_listed_by_their_source(local: LocalFirehose) -> None:
    local.kinesis_source()
    listed = [
        local.asked("ListDeliveryStreams", {"DeliveryStreamType": kind})[1]["DeliveryStreamNames"]
        for kind in ("DirectPut", "KinesisStreamAsSource")
    ]
    assert listed == [[], ["clicks"]]


def test_tags_are_listed(local: LocalFirehose) -> None:
    local.stream(properties={"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]})
    _, body = local.asked("ListTagsForDeliveryStream", {"DeliveryStreamName": "clicks", "Limit": 1})
    assert body == {"Tags": [{"Key": "a", "Value": "1"}], "HasMoreTags": True}


def test_deleting_discards_what_is_not_delivered(local: LocalFirehose) -> None:
    """facts/firehose.md#streams."""
    local.stream()

    def scenario(firehose: Any) -> tuple[str, str]:
        firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"one\n"})
        firehose.delete_delivery_stream(DeliveryStreamName="clicks", AllowForceDelete=True)
        return refused(lambda: firehose.describe_delivery_stream(DeliveryStreamName="clicks"))

    assert local.with_boto3(scenario) == (
        "ResourceNotFoundException",
        "Firehose clicks under account 123456789012 not found.",
    )
    assert local.keys() == []


def test_tags_are_set_and_taken_away(local: LocalFirehose) -> None:
    local.stream(properties={"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})

    def scenario(firehose: Any) -> Any:
        firehose.tag_delivery_stream(DeliveryStreamName="clicks", Tags=[{"Key": "b", "Value": "3"}, {"Key": "c"}])
        firehose.untag_delivery_stream(DeliveryStreamName="clicks", TagKeys=["a", "unknown"])
        return firehose.list_tags_for_delivery_stream(DeliveryStreamName="clicks")["Tags"]

    assert local.with_boto3(scenario) == [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": ""}]


def test_there_are_at_most_fifty_tags(local: LocalFirehose) -> None:
    """facts/firehose.md#streams."""
    local.stream(properties={"Tags": [{"Key": "a", "Value": "1"}]})
    fifty = [{"Key": str(number), "Value": ""} for number in range(50)]

    def scenario(firehose: Any) -> tuple[str, str]:
        return refused(lambda: firehose.tag_delivery_stream(DeliveryStreamName="clicks", Tags=fifty))

    assert local.with_boto3(scenario)[0] == "LimitExceededException"


def test_a_tag_that_the_service_refuses_is_refused(local: LocalFirehose) -> None:
    request = {"DeliveryStreamName": "clicks", "Tags": [{"Key": "aws:x", "Value": "y"}]}
    _, answer = local.asked("TagDeliveryStream", request)
    assert answer["message"] == (
        "the tag 'aws:x' is not valid: a key has 1 to 128 characters and does not begin with aws:, a value has at "
        "most 256"
    )


def test_encryption_is_started_and_stopped(local: LocalFirehose) -> None:
    """facts/firehose.md#stream-encryption, and facts/firehose.md#put-records: ``Encrypted`` of a put says whether it
    was on.
    """
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

    assert local.with_boto3(scenario) == [False, True, False]


def test_encryption_is_changed_at_most_25_times_a_day(local: LocalFirehose) -> None:
    """facts/firehose.md#stream-encryption."""
    local.stream()

    async def scenario() -> list[int]:
        start = "StartDeliveryStreamEncryption"
        first = [
            await local.call(start, {"DeliveryStreamName": "clicks"}) for _ in range(MAX_ENCRYPTION_CALLS_A_DAY + 1)
        ]
        local.now += 86_401
        return [status for status, _ in [*first[-2:], await local.call(start, {"DeliveryStreamName": "clicks"})]]

    assert local.run(scenario) == [200, 400, 200]
