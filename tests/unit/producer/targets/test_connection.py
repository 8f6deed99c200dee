"""Requests through boto3 with the producer's own body, and what their answers say."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.connection import AwsConnection
from support.producer.sink import Sink

ONE = [Record(b"1\n", 1, 0.0)]
TWO = [Record(b"1\n", 1, 0.0, "key"), Record(b"2\n", 1, 0.0, "k\u00e9y \"'")]


def parsed_answers(client: Any) -> list[dict[str, Any]]:
    """What boto3 makes of the answers to come, without what it adds of its own."""
    answers: list[dict[str, Any]] = []
    client.meta.events.register(
        "after-call", lambda parsed, **_: answers.append({k: v for k, v in parsed.items() if k != "ResponseMetadata"})
    )
    return answers


@pytest.mark.parametrize("kinesis", [False, True])
def test_every_record_is_sent_with_its_key(sink: Sink, kinesis: bool) -> None:
    connection = sink.target(kinesis=kinesis).connect()
    for _ in range(2):
        assert connection.send(TWO) == {}
    assert sink.records == [b"1\n", b"2\n"] * 2
    assert sink.keys == ([("key", b"1\n"), ("k\u00e9y \"'", b"2\n")] * 2 if kinesis else [])


@pytest.mark.parametrize("kinesis", [False, True])
def test_an_answer_that_says_that_all_was_taken_is_not_read_further(sink: Sink, kinesis: bool) -> None:
    connection = sink.target(kinesis=kinesis).connect()
    answers = parsed_answers(connection.client)
    connection.send(TWO)
    assert answers == [{"FailedRecordCount" if kinesis else "FailedPutCount": 0}]


def test_failed_entries_are_found_in_the_answer(sink: Sink) -> None:
    connection = sink.target().connect()
    sink.partial = 1.0
    assert {index: failure.code for index, failure in connection.send(TWO).items()} == {
        0: "ServiceUnavailableException",
        1: "ServiceUnavailableException",
    }


def test_a_message_that_looks_like_an_answer_changes_nothing(sink: Sink) -> None:
    connection = sink.target().connect()
    sink.answer = lambda answer: {
        "RequestResponses": [{"ErrorCode": "E", "ErrorMessage": '"FailedPutCount":0,'}],
        "FailedPutCount": 1,
    }
    assert connection.send(ONE)[0].message == '"FailedPutCount":0,'


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", UnexpectedAnswer),
        (b"{}", UnexpectedAnswer),
        (b'{"FailedPutCount":1}', UnexpectedAnswer),
        (b"[]", Exception),
        (b"<html>", Exception),
    ],
)
def test_an_answer_of_another_kind_is_not_taken_for_success(sink: Sink, body: bytes, error: type[Exception]) -> None:
    connection = sink.target().connect()

    class Raw:
        def stream(self, *args: object, **options: object) -> Any:
            return iter([body])

    answer = AWSResponse(sink.url, 200, {}, Raw())
    connection.client.meta.events.register("before-send", lambda **_: answer)
    with pytest.raises(error):
        connection.send(ONE)


RESPONSES = [{"RecordId": "r"}, {"RecordId": "r"}]
FAILED = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ({"FailedPutCount": 0, "RequestResponses": [FAILED, FAILED]}, {0, 1}),
        ({"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"}, FAILED]}, {1}),
        ({"FailedPutCount": 1, "RequestResponses": [{"RecordId": "r"}, FAILED]}, {1}),
        ({"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r"}, {}]}, {1}),
        ({"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r", "ErrorCode": None}] * 2}, set()),
        ({"FailedPutCount": 0, "RequestResponses": RESPONSES}, set()),
        ({"FailedPutCount": 0, "RequestResponses": None}, None),
        ({"FailedPutCount": 0}, None),
        ({"FailedPutCount": 0, "RequestResponses": RESPONSES[:1]}, None),
        ({"FailedPutCount": 0, "RequestResponses": [*RESPONSES, *RESPONSES]}, None),
        ({"FailedPutCount": 2, "RequestResponses": [{"RecordId": "r"}, FAILED]}, None),
        ({"RequestResponses": RESPONSES}, None),
    ],
    ids=str,
)
def test_the_count_is_believed_only_with_the_evidence_of_the_entries(
    sink: Sink, answer: dict[str, Any], failed: set[int] | None
) -> None:
    connection = sink.target().connect()
    sink.answer = lambda _: answer
    if failed is None:
        with pytest.raises(UnexpectedAnswer):
            connection.send(TWO)
    else:
        assert set(connection.send(TWO)) == failed


def test_a_handler_of_the_application_sees_the_body_that_is_sent(sink: Sink) -> None:
    connection = sink.target().connect()
    seen: list[bytes] = []
    connection.client.meta.events.register("before-call", lambda params, **_: seen.append(bytes(params["body"])))
    connection.send(ONE)
    assert seen == [b'{"DeliveryStreamName":"clicks","Records":[{"Data":"MQo="}]}']


def test_a_call_that_the_application_makes_keeps_its_own_body_and_answer(sink: Sink) -> None:
    connection = sink.target().connect()
    connection.send(ONE)
    answers = parsed_answers(connection.client)
    connection.client.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"mine\n"}])
    assert sink.records == [b"1\n", b"mine\n"]
    assert answers == [{"FailedPutCount": 0, "RequestResponses": [{"RecordId": "r" * 224}]}]


@pytest.mark.parametrize("kinesis", [False, True])
def test_boto3_writes_the_body_where_the_service_is_spoken_to_in_something_else_than_json(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, kinesis: bool
) -> None:
    other = sink.target(kinesis=kinesis).connect()
    other.close()
    with monkeypatch.context() as patch:
        patch.setattr(other.client.meta.service_model, "resolved_protocol", "smithy-rpc-v2-cbor")
        connection = AwsConnection(other.client, other._operation, other._stream)
    answers = parsed_answers(connection.client)
    assert connection.send(TWO) == {}
    assert sink.records == [b"1\n", b"2\n"]
    assert len(answers[0]) == 2


def test_a_closed_connection_leaves_nothing_with_the_client(sink: Sink) -> None:
    connection = sink.target().connect()
    answers = parsed_answers(connection.client)
    connection.send(ONE)
    connection.close()
    connection.client.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"mine\n"}])
    assert sink.records == [b"1\n", b"mine\n"]
    assert len(answers[1]) == 2
