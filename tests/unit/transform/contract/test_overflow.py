"""Rows that do not fit into the reply: facts/firehose.md#function-calls, #function-reply."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_transform.contract.record_result import LIMIT
from support.blueprints import Blueprint
from support.transform_harness import RECEIVED_AT, TOKEN, Client, Transform, batch, marshalled, raw_of, request, rows_of


def event(number: int, size: int = 3_000) -> bytes:
    return json.dumps({"event_name": "e", "event_id": str(number), "properties": {"x": "y" * size}}).encode()


def big_batch(records: int = 60, events: int = 40, **context: Any) -> list[bytes]:
    """About 7 MB of rows."""
    return [
        request(b"\n".join(event(record * 1000 + number) for number in range(events)), boundary=f"b{record}", **context)
        for record in range(records)
    ]


def test_a_reply_that_would_be_too_large_requeues_its_last_records() -> None:
    transform = Transform()
    records = big_batch()
    reply = transform.reply(batch(*records))
    results = [answer["result"] for answer in reply["records"]]
    kept = results.count("Ok")
    assert results == ["Ok"] * kept + ["Dropped"] * (len(records) - kept)
    assert LIMIT - 200_000 < marshalled(reply) <= LIMIT == 6_291_556 - 65_536
    assert transform.metrics[0]["RecordsRequeued"] == len(records) - kept
    assert set(transform.client.accepted) == {"clicks"}


def test_what_was_requeued_comes_out_as_the_rows_it_would_have_been() -> None:
    """Kind split, with the original received_at and the ids already given."""
    body = json.dumps([{"event_name": "a", "n": n, "p": "y" * 3_000} for n in range(40)]).encode()
    anonymous = [request(body, boundary=f"b{record}", ip="203.0.113.9", user_agent="A/1") for record in range(60)]
    transform = Transform()
    first = [row for answer in transform(*anonymous) if answer["result"] == "Ok" for row in rows_of(answer)]
    second = Transform().rows(*transform.client.accepted["clicks"])
    assert 0 < len(second) < 60 * 40
    expected = [row for record in anonymous for row in Transform().rows(record)]
    assert sorted(first + second, key=lambda row: row["event_id"]) == sorted(expected, key=lambda row: row["event_id"])


def test_what_was_requeued_is_believed_when_it_comes_round() -> None:
    """It stands behind a context line with the transform's own token, whichever its endpoint had."""
    former = "5d1f0c52-6c39-44a4-8f0e-0d7f7f0f9a77"
    transform = Transform(context_tokens=[TOKEN, former])
    transform(*big_batch(token=former, ip="203.0.113.9"))
    again = transform.client.accepted["clicks"]
    assert {json.loads(record.split(b"\n")[0])["token"] for record in again} == {TOKEN}
    assert {row["ip_address"] for row in Transform(context_tokens=[TOKEN]).rows(*again)} == {"203.0.113.0"}


def test_a_record_that_is_requeued_is_within_500_events_and_250_kb() -> None:
    lines = b"\n".join(b'{"event_name":"e","n":%d}' % number for number in range(1_200))
    transform = Transform()
    transform(gzip.compress(lines), *big_batch(), seconds=60)
    transform(*[*big_batch(58), gzip.compress(lines), gzip.compress(event(1, 2_000_000))])
    split = transform.client.accepted["clicks"]
    assert max(len(record) for record in split) <= 1_024_000
    for record in split:
        context, *events = record.rstrip(b"\n").split(b"\n")
        assert json.loads(context)["kind"] == "split"
        assert len(events) <= 500
        assert len(record) <= 250_000 or len(events) == 1


def test_rejected_events_of_a_record_that_is_requeued_are_judged_when_it_comes_round() -> None:
    transform = Transform()
    records = [record.replace(b"\nb", b"\n7\nb") for record in big_batch()]
    transform(*records[:-1], request(event(1) * 10 + b"\n{oops\n[1]\n" + event(2, 600_000)))
    assert all("oops" not in raw_of(reject).decode() for reject in transform.rejects())
    again = Transform()
    again(*transform.client.accepted["clicks"])
    assert [raw_of(reject) for reject in again.rejects() if reject["reasons"][0]["rule"] == "invalid_json"] == [
        b"{oops"
    ]
    assert b"1" in [raw_of(reject) for reject in again.rejects()]


def test_each_round_counts_an_attempt_and_the_cap_ends_it() -> None:
    """After the attempt cap, ProcessingFailed."""
    transform = Transform(overflow_attempts=2)
    transform(*big_batch())
    once = transform.client.accepted["clicks"][0]
    assert json.loads(once.split(b"\n")[0])["attempt"] == 1
    for attempt, result in ((1, "Dropped"), (2, "ProcessingFailed")):
        record = once.replace(b'"attempt":1', b'"attempt":%d' % attempt)
        again = Transform(overflow_attempts=2, dedupe=False)
        answers = again(*big_batch(), record)
        assert answers[-1]["result"] == result
        assert again.metrics[0]["RecordsRequeued"] > 0
        assert again.metrics[0].get("RecordsFailed.overflow", 0) == attempt - 1


def test_rows_of_the_kind_transformed_go_round_as_they_are() -> None:
    rows = b"".join(b'{"row":%d,"x":"%s"}\n' % (number, b"y" * 1000) for number in range(600))
    transform = Transform()
    answers = transform(*big_batch(), gzip.compress(b'{"clickstream":1,"kind":"transformed"}\n' + rows))
    assert answers[-1]["result"] == "Dropped"
    parts = [record for record in transform.client.accepted["clicks"] if b'"kind":"transformed"' in record]
    assert len(parts) == 3
    assert b"".join(part.partition(b"\n")[2] for part in parts) == rows


@pytest.mark.parametrize(
    ("options", "event_members"),
    [
        ({"overflow": "fail"}, {}),
        ({}, {"sourceKinesisStreamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/source"}),
        ({}, {"deliveryStreamArn": "aws:lambda:events"}),
        ({}, {"deliveryStreamArn": None}),
    ],
    ids=["switched off", "kinesis source", "no arn", "null"],
)
def test_where_nothing_can_be_requeued_the_last_records_fail(
    options: dict[str, Any], event_members: dict[str, Any]
) -> None:
    """facts/firehose.md#put-records: PutRecord on a stream with a Kinesis source is refused."""
    transform = Transform(**options)
    reply = transform.reply(batch(*big_batch(), **event_members))
    assert {answer["result"] for answer in reply["records"]} == {"Ok", "ProcessingFailed"}
    assert marshalled(reply) <= LIMIT
    assert transform.client.calls == []


def test_a_record_is_dropped_only_after_every_part_of_it_was_acknowledged() -> None:
    refused = Client(
        lambda stream, records: ["ServiceUnavailableException" if b'"first":0' in r else None for r in records]
    )
    transform = Transform(client=refused)
    answers = transform(*big_batch())
    assert {answer["result"] for answer in answers} == {"Ok", "ProcessingFailed"}
    assert transform.metrics[0]["RecordsFailed.overflow_put_failed"] > 0
    assert transform.metrics[0]["RecordsRequeued"] == 0


def test_the_first_time_of_receipt_survives_being_requeued() -> None:
    transform = Transform()
    transform(*big_batch())
    context = json.loads(transform.client.accepted["clicks"][0].split(b"\n")[0])
    assert context["received_at"] == RECEIVED_AT


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 700), st.integers(0, 6_000)), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from(["requeue", "fail"]),
)
def test_an_answer_is_never_above_the_limit(shapes: list[tuple[int, int]], inflated: bool, overflow: str) -> None:
    data = []
    for number, (count, size) in enumerate(shapes):
        lines = b"\n".join(
            b'{"event_name":"e","event_id":"%d-%d","x":"%s"}' % (number, index, b"y" * size) for index in range(count)
        )
        data.append(gzip.compress(lines, 1) if inflated else lines)
    transform = Transform(overflow=overflow)
    reply = transform.reply(batch(*data))
    assert len(json.dumps(reply)) <= LIMIT
    assert len(reply["records"]) == len(data)


def test_what_would_grow_too_much_when_it_is_split_fails_instead() -> None:
    events = [{"message": "m"}] * 300
    document = {"messageType": "DATA_MESSAGE", "logGroup": "g" * 50_000, "logEvents": events}
    blueprint = Blueprint("cloudwatch_logs")
    (answer,) = blueprint.reply(batch(json.dumps(document).encode()))["records"]
    assert answer["result"] == "ProcessingFailed"
    assert blueprint.client.calls == []
    assert blueprint.metrics[-1]["RecordsFailed.overflow"] == 1
