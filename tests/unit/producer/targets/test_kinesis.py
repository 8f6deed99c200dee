"""The Kinesis target: its names, and partition keys."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_producer import InvalidEvent, InvalidOption, KinesisStream, Producer
from support.producer.events import SMALL, event
from support.producer.sink import Sink

ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"


def keys_of(sink: Sink) -> list[str]:
    return [key for key, _ in sink.keys]


def test_each_event_is_a_record_of_its_own_by_default(sink: Sink) -> None:
    with Producer(sink.target(kinesis=True)) as producer:
        producer.put_many([b"1", b"2"])
    assert sink.records == [b"1\n", b"2\n"]
    assert sink.streams == ["clicks"]


def test_the_key_that_put_is_given_goes_with_the_event_also_when_it_is_sent_again(sink: Sink) -> None:
    sink.partial = 0.3
    with Producer(sink.target(kinesis=True), **SMALL) as producer:
        for number in range(500):
            producer.put(event(number), partition_key=f"user {number % 7} \u00e9")
    assert len(sink.keys) > 500
    by_event = {number: f"user {number % 7} \u00e9" for number in range(500)}
    assert {record: key for key, record in sink.keys} == {event(n) + b"\n": key for n, key in by_event.items()}


def test_without_a_key_the_shards_are_used_evenly(sink: Sink) -> None:
    with Producer(sink.target(kinesis=True)) as producer:
        producer.put_many(event(number) for number in range(1_000))
    assert len(set(keys_of(sink))) == 1_000


@pytest.mark.parametrize(
    ("source", "put", "key"),
    [
        ("user_id", {"user_id": "u-17"}, "u-17"),
        ("user_id", {"user_id": 17}, "17"),
        (lambda put: put["a"] + "!", {"a": "b"}, "b!"),
    ],
)
def test_the_target_takes_the_key_from_the_event(sink: Sink, source: Any, put: Any, key: str) -> None:
    with Producer(sink.target(kinesis=True, partition_key=source)) as producer:
        producer.put_many([put])
        producer.put(put, partition_key="given")
    assert keys_of(sink) == [key, "given"]


def test_an_event_without_that_member_gets_a_random_key(sink: Sink) -> None:
    with Producer(sink.target(kinesis=True, partition_key="user_id")) as producer:
        producer.put({"event_name": "click"})
        producer.put(b'{"user_id":"text is not looked into"}')
    assert len(set(keys_of(sink))) == 2


def test_packed_events_share_a_record_only_with_their_own_key(sink: Sink) -> None:
    with Producer(sink.target(kinesis=True), events_per_record=500) as producer:
        for number, key in enumerate(["a", "a", "b", "a", None, None]):
            producer.put(b"%d" % number, partition_key=key)
    assert [record for _, record in sink.keys] == [b"0\n1\n", b"2\n", b"3\n", b"4\n5\n"]
    assert keys_of(sink)[:3] == ["a", "b", "a"]


def test_an_arn_names_the_stream_and_its_region(sink: Sink) -> None:
    target = sink.target(ARN, kinesis=True, region=None)
    with Producer(target) as producer:
        producer.put_many([b"1"])
        assert producer.flush(10).sent == 1
        assert producer.client.meta.region_name == "eu-west-1"
    assert sink.streams == [ARN]
    assert target.name == "clicks"


@pytest.mark.parametrize("name", ["", "a b", "x" * 129, "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x", 5])
def test_a_name_that_kinesis_has_not_is_refused(name: Any) -> None:
    with pytest.raises(InvalidOption, match=r"must be a name \(1 to 128 .* or arn:aws:kinesis:"):
        KinesisStream(name)


@pytest.mark.parametrize("key", ["", "x" * 257, 5])
def test_a_key_that_kinesis_has_not_is_refused(key: Any) -> None:
    # facts/kinesis.md#put-records: 1 to 256 characters.
    producer = Producer(KinesisStream("clicks", region="eu-central-1"))
    with pytest.raises(InvalidOption, match=r"partition_key=.* must be text of 1 to 256 characters"):
        producer.put({}, partition_key=key)
    assert producer.stats().put == 0


@pytest.mark.parametrize("value", ["", "x" * 257, 1.5, ["a"]])
def test_a_key_of_an_event_that_kinesis_has_not_is_refused_without_showing_it(value: object) -> None:
    producer = Producer(KinesisStream("clicks", region="eu-central-1", partition_key="user_id"))
    with pytest.raises(InvalidEvent, match=f"the event's partition key is {type(value).__name__}") as error:
        producer.put({"user_id": value})
    assert "xxx" not in str(error.value)


def test_a_key_source_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidOption, match="partition_key=5 must be the name of a member or a function"):
        KinesisStream("clicks", partition_key=5)  # type: ignore[arg-type]
