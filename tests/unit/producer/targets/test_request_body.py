"""The body that the producer writes itself: what boto3 would have written."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickstream_producer import FirehoseStream
from clickstream_producer.spool.record import Record
from clickstream_producer.targets.put_operation import PUT_RECORD_BATCH
from clickstream_producer.targets.request_body import PIECE, RequestBody
from support.producer.sink import CREDENTIALS

CLIENT = FirehoseStream("clicks", region="eu-central-1", endpoint_url="http://127.0.0.1:1", credentials=CREDENTIALS)


def as_records(entries: list[bytes]) -> list[Record]:
    return [Record(entry, 1, 0.0) for entry in entries]


def boto3_body(client: Any, entries: list[bytes]) -> Any:
    """What boto3 itself serializes, caught before it is sent."""
    caught: list[Any] = []

    def catch(params: dict[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
        caught.append(json.loads(params["body"]))

        class Answer:
            status_code = 200

        return Answer(), {}

    client.meta.events.register_first("before-call.firehose.PutRecordBatch", catch, unique_id="catch")
    client.put_record_batch(DeliveryStreamName="clicks", Records=[{"Data": entry} for entry in entries])
    client.meta.events.unregister("before-call.firehose.PutRecordBatch", unique_id="catch")
    return caught[0]


def test_a_body_says_the_same_as_that_of_boto3() -> None:
    client = CLIENT.connect().client
    body = RequestBody(PUT_RECORD_BATCH, CLIENT.request_members)
    for entries in (
        [b"{}\n"],
        [b"a", b"bc", b"def", b"", b"ghij"],
        [b"x" * (PIECE - 1), b"y" * PIECE, b"z" * (PIECE + 1), b"short"],
        [bytes(range(256)) * 600, b"\n"],
        [b"%d" % number for number in range(500)],
    ):
        assert json.loads(bytes(body.build(as_records(entries)))) == boto3_body(client, entries)


@given(st.lists(st.lists(st.binary(max_size=300), min_size=1, max_size=40), min_size=1, max_size=4))
def test_the_buffer_is_used_again_without_a_trace_of_the_request_before(requests: list[list[bytes]]) -> None:
    body = RequestBody(PUT_RECORD_BATCH, CLIENT.request_members)
    for entries in requests:
        assert bytes(body.build(as_records(entries))) == bytes(
            RequestBody(PUT_RECORD_BATCH, CLIENT.request_members).build(as_records(entries))
        )
