"""The short way to the service: the same bytes and the same errors as boto3's own, and boto3 where it is not open."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ReadTimeoutError

from clickstream_producer.errors import UnexpectedAnswer
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.connection import AwsConnection
from clickstream_producer.targets.direct_call import DirectCall
from support.producer.sink import CREDENTIALS, Sink

ONE = [Record(b"1\n", 1, 0.0)]
TWO = [Record(b"1\n", 1, 0.0), Record(b"2\n", 1, 0.0)]


def connected(sink: Sink, **options: Any) -> AwsConnection:
    """A connection that has sent its first request, which goes through boto3."""
    connection = sink.target(**options).connect()
    assert connection.send(ONE) == {}
    return connection


@pytest.fixture
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7))
    now = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *args, **options: now)


def untold(header: tuple[str, Any]) -> tuple[str, Any]:
    """A header without the SDK's list of features used so far: its order is that of a set, from call to call."""
    name, value = header
    return (name, re.sub(rb" m/[^ ]*", b"", value)) if name == "User-Agent" else header


@pytest.mark.usefixtures("_frozen")
@pytest.mark.parametrize("kinesis", [False, True])
@pytest.mark.parametrize("token", [{}, {"session_token": "t"}])
def test_the_bytes_on_the_wire_are_those_of_boto3(sink: Sink, kinesis: bool, token: dict[str, str]) -> None:
    # producers.md section 8: a test pins the bytes of both ways to be equal.
    connection = sink.target(kinesis=kinesis, credentials={**CREDENTIALS, **token}).connect()
    seen: list[tuple[Any, ...]] = []
    connection.client.meta.events.register(
        "before-send",
        lambda request, **_: seen.append(
            (request.method, request.url, bytes(request.body), sorted(map(untold, request.headers.items())))
        ),
    )
    records = [Record(b"1\n", 1, 0.0, "key"), Record(b"2\n", 1, 0.0, "k\u00e9y \"'")]
    for _ in range(3):
        assert connection.send(records) == {}
    assert connection._direct is not None
    assert seen[0] == seen[1] == seen[2]
    assert dict(seen[0][3])["Authorization"].startswith(b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/")


def test_the_first_request_teaches_and_the_second_takes_the_short_way(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connected(sink)

    def never(*args: object, **options: object) -> None:
        raise AssertionError("the long way was taken")

    monkeypatch.setattr(connection.client, "put_record_batch", never)
    assert connection.send(TWO) == {}
    assert sink.records == [b"1\n", b"1\n", b"2\n"]


def test_a_client_without_the_private_parts_sends_by_boto3(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DirectCall, "after", classmethod(lambda cls, client, event: None))
    connection = connected(sink)
    assert connection._direct is None
    assert connection.send(TWO) == {}
    assert sink.records == [b"1\n", b"1\n", b"2\n"]


@pytest.mark.parametrize(
    "broken",
    [{"endpoint": object()}, {"content_type": "application/cbor"}, {"signer": None}],
    ids=lambda broken: next(iter(broken)),
)
def test_a_botocore_of_another_make_is_recognized(broken: dict[str, Any]) -> None:
    class Session:
        def send(self) -> None: ...

    class Endpoint:
        http_session = Session()

        def create_request(self) -> None: ...

    class Client:
        _endpoint = broken.get("endpoint", Endpoint())

    event: dict[str, Any] = {
        "model": object(),
        "params": {"headers": {"Content-Type": broken.get("content_type", "application/x-amz-json-1.1")}},
        "request_signer": object(),
    }
    if "signer" in broken:
        del event["request_signer"]
    assert DirectCall.after(Client(), event) is None


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "ResourceNotFoundException"), (500, "ServiceUnavailableException"), (413, "RequestEntityTooLargeException")],
)
def test_an_error_is_the_one_that_boto3_raises(sink: Sink, status: int, code: str) -> None:
    connection = connected(sink)
    sink.refuse = lambda records: (status, code, "why")
    with pytest.raises(ClientError) as direct:
        connection.send(ONE)
    with pytest.raises(ClientError) as theirs:
        connection.client.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": b"1\n"}])
    assert type(direct.value) is type(theirs.value)
    assert direct.value.response["Error"] == theirs.value.response["Error"]
    for key in ("HTTPStatusCode", "RequestId"):
        assert direct.value.response["ResponseMetadata"][key] == theirs.value.response["ResponseMetadata"][key]


def test_failed_entries_are_found_in_the_answer(sink: Sink) -> None:
    connection = connected(sink)
    sink.partial = 1.0
    assert {index: failure.code for index, failure in connection.send(TWO).items()} == {
        0: "ServiceUnavailableException",
        1: "ServiceUnavailableException",
    }


def test_a_record_that_looks_like_an_answer_changes_nothing(sink: Sink) -> None:
    connection = connected(sink)
    sink.answer = lambda answer: {
        "RequestResponses": [{"ErrorCode": "E", "ErrorMessage": '"FailedPutCount":0,'}],
        "FailedPutCount": 1,
    }
    assert connection.send(ONE)[0].message == '"FailedPutCount":0,'


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"FailedPutCount":1}'])
def test_an_answer_of_another_kind_is_not_taken_for_success(sink: Sink, body: bytes) -> None:
    connection = connected(sink)

    class Raw:
        def stream(self, *args: object, **options: object) -> Any:
            return iter([body])

    answer = AWSResponse(sink.url, 200, {}, Raw())
    connection.client.meta.events.register("before-send", lambda **_: answer)
    with pytest.raises(UnexpectedAnswer, match=rf"PutRecordBatch answered {len(body)} bytes that are not its answer"):
        connection.send(ONE)


def test_handlers_of_the_application_see_each_request(sink: Sink) -> None:
    connection = connected(sink)
    seen: list[str] = []
    for event in ("before-call", "request-created", "before-sign", "before-send"):
        connection.client.meta.events.register(
            f"{event}.firehose.PutRecordBatch", lambda event_name, **_: seen.append(event_name.split(".")[0])
        )
    connection.send(ONE)
    assert seen == ["before-call", "request-created", "before-sign", "before-send"]


def test_a_header_that_a_handler_adds_to_one_call_is_not_kept(sink: Sink) -> None:
    connection = sink.target().connect()
    headers: list[Any] = []
    trace = iter(["first", None, "third"])

    def add(params: dict[str, Any], **_: object) -> None:
        value = next(trace)
        if value:
            params["headers"]["X-Trace"] = value

    connection.client.meta.events.register("before-call", add)
    connection.client.meta.events.register(
        "before-send", lambda request, **_: headers.append(request.headers.get("X-Trace"))
    )
    for _ in range(3):
        connection.send(ONE)
    assert headers == [b"first", None, b"third"]


def test_connection_trouble_is_raised_as_botocore_names_it(sink: Sink) -> None:
    connection = connected(sink)

    def time_out(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url=sink.url)

    connection.client.meta.events.register("before-send", time_out)
    with pytest.raises(ReadTimeoutError):
        connection.send(ONE)
