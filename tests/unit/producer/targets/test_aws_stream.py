"""A client of the application's own: one for several producers, and for a forked child."""

from __future__ import annotations

import os
from typing import Any

import boto3
import pytest

from clickstream_producer import FirehoseStream, InvalidOption, KinesisStream, Producer, _lifecycle
from support.producer.events import wait_until
from support.producer.sink import CREDENTIALS, Sink


def client(sink: Sink, service: Any = "firehose") -> Any:
    return boto3.client(
        service,
        region_name="eu-central-1",
        endpoint_url=sink.url,
        aws_access_key_id=CREDENTIALS["access_key_id"],
        aws_secret_access_key=CREDENTIALS["secret_access_key"],
    )


def test_two_producers_send_with_one_client(sink: Sink) -> None:
    with Producer(sink.target("one")) as first:
        second = Producer(FirehoseStream("two", client=first.client))
        assert second.client is first.client
        for number in range(3):  # the first request takes another way than those after it
            first.put(b'"one %d"' % number)
            second.put(b'"two %d"' % number)
            assert first.flush(10).complete
            assert second.flush(10).complete
        second.close()
    assert sorted(sink.records) == sorted(b'"%s %d"\n' % (name, n) for name in (b"one", b"two") for n in range(3))


def test_a_kinesis_stream_takes_a_client_too(sink: Sink) -> None:
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"
    with Producer(KinesisStream(arn, client=client(sink, "kinesis"))) as producer:
        producer.put(b"1")
    assert sink.streams == [arn]


def test_a_forked_child_sends_with_a_given_client_on_connections_of_its_own(sink: Sink) -> None:
    producer = Producer(FirehoseStream("clicks", client=client(sink)), linger=60)
    producer.put(b'"parent"')
    producer.flush(10)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for number in range(20):
                producer.put(b'"child %d"' % number)
                producer.flush(10)
            status = 0 if producer.stats().sent == 20 else 1
        finally:
            os._exit(status)
    for number in range(20):
        producer.put(b'"parent %d"' % number)
        producer.flush(10)
    assert os.waitpid(child, 0)[1] == 0
    assert producer.close().sent == 21
    assert set(sink.events.values()) == {1}
    assert len(sink.events) == 41


def test_a_producer_that_cannot_live_in_a_forked_child_keeps_no_other_from_it(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    producers = [Producer(FirehoseStream("clicks", client=client(sink))) for _ in range(3)]
    for one in producers:
        one.put(b"{}")
        one.flush(10)
    first = next(core for core in list(_lifecycle._all) if core in [one._core for one in producers])

    def fail() -> None:
        raise OSError("the folder is gone")

    with monkeypatch.context() as patch:
        patch.setattr(first, "restart_in_child", fail)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                others = [one for one in producers if one._core is not first]
                for one in others:
                    one.put(b"{}")
                status = 0 if all(one.flush(10).complete for one in others) else 1
            finally:
                os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    for one in producers:
        one.close()


def test_a_client_of_another_service_is_refused(sink: Sink) -> None:
    with pytest.raises(InvalidOption, match=r"client is one for kinesis.*make it with boto3.client\(\"firehose\"\)"):
        FirehoseStream("clicks", client=client(sink, "kinesis"))


def test_a_client_beside_what_it_says_already_is_refused_by_name_without_values(sink: Sink) -> None:
    with pytest.raises(InvalidOption, match="client and region, credentials are both given") as error:
        FirehoseStream("clicks", client=client(sink), region="eu-west-1", credentials=CREDENTIALS)
    assert CREDENTIALS["secret_access_key"] not in str(error.value)


def test_a_closed_producer_leaves_nothing_with_the_client(sink: Sink) -> None:
    mine = client(sink)
    for _ in range(2):
        with Producer(FirehoseStream("clicks", client=mine)) as producer:
            producer.put(b"1")
            producer.flush(10)
        wait_until(lambda: not handlers(mine))
    answer = mine.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"2\n"}])
    assert len(answer["RequestResponses"]) == 1


def handlers(mine: Any) -> list[Any]:
    """Handlers of the producer that the client still has for its call."""
    found: list[Any] = mine.meta.events.emit(
        "before-call.firehose.PutRecordBatch",
        model=mine.meta.service_model.operation_model("PutRecordBatch"),
        params={"headers": {}, "body": b"", "context": {}, "url": mine.meta.endpoint_url, "method": "POST"},
        request_signer=None,
        context={},
    )
    return [handler for handler, _ in found if handler.__module__.startswith("clickstream_producer")]
