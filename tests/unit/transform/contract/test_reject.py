"""Rejected events: DESIGN section 6 (they come last, in chunks)."""

from __future__ import annotations

import json

import pytest

from support.transform_harness import (
    ARRIVAL,
    BAD_EVENT,
    GOOD_EVENT,
    Client,
    Context,
    Transform,
    raw_of,
    request,
    rows_of,
)


def test_a_reject_has_the_members_of_firehoses_own_error_objects_and_its_reasons() -> None:
    """aws-facts 4.2: the order as captured, lambdaARN spelt so; DESIGN 6: reasons, reject_id, compressed bytes."""
    transform = Transform()
    transform(request(b'[{"event_name": 7}]', ip="203.0.113.9"))
    (reject,) = transform.rejects()
    assert list(reject) == [
        "rawData",
        "errorCode",
        "errorMessage",
        "attemptsMade",
        "arrivalTimestamp",
        "attemptEndingTimestamp",
        "lambdaARN",
        "reasons",
        "reject_id",
        "context",
    ]
    assert raw_of(reject) == b'{"event_name": 7}'
    assert reject["errorCode"] == "Clickstream.EventRejected"
    assert reject["errorMessage"] == "event_name: must be a string, not a number"
    assert (reject["arrivalTimestamp"], reject["attemptEndingTimestamp"]) == (ARRIVAL, ARRIVAL + 1000)
    assert reject["lambdaARN"] == Context.invoked_function_arn
    assert reject["reasons"] == [{"path": "event_name", "rule": "type", "message": "must be a string, not a number"}]


def test_a_retried_invocation_gives_a_reject_the_same_id() -> None:
    transform = Transform()
    for _ in range(2):
        transform(b'{"event_name":1}{"event_name":2}', b'{"event_name":1}')
    ids = [reject["reject_id"] for reject in transform.rejects()]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_rejects_are_put_in_chunks_of_at_most_250_kb() -> None:
    transform = Transform()
    lines = [json.dumps({"event_name": n, "x": "y" * 100}).encode() for n in range(2_000)]
    transform(b"\n".join(lines[:1_000]), b"\n".join(lines[1_000:]))
    chunks = transform.client.accepted["rejects"]
    assert len(chunks) > 3
    assert max(map(len, chunks)) <= 250_000
    assert len(transform.rejects()) == 2_000


def test_a_record_with_more_rejected_events_than_a_thousand_fails_as_a_whole() -> None:
    """A trusted producer's 600 kB of numbers must not become 300,000 reject objects."""
    transform = Transform()
    answers = transform(b"[" + b"1," * 300_000 + b"1]", b"[" + b"1," * 999 + b"1]", GOOD_EVENT)
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Dropped", "Ok"]
    assert len(transform.rejects()) == 1_000
    assert transform.metrics[0]["RecordsFailed.too_many_rejects"] == 1


def test_an_invocation_rejects_ten_thousand_events_at_most() -> None:
    transform = Transform()
    answers = transform(*[b"[" + b"1," * 899 + b"1]"] * 12, BAD_EVENT, GOOD_EVENT)
    assert [answer["result"] for answer in answers] == ["Dropped"] * 11 + ["ProcessingFailed", "Dropped", "Ok"]
    assert len(transform.rejects()) == 9_901


def test_when_a_chunk_fails_the_records_in_it_fail_and_others_go_on() -> None:
    """DESIGN 6: if a chunk fails, the records whose events it held are answered ProcessingFailed."""
    transform = Transform(client=Client(lambda stream, records: ["InternalFailure"] * len(records)))
    answers = transform(GOOD_EVENT + b'{"event_name":7}', GOOD_EVENT.replace(b"good", b"other"))
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok"]
    assert transform.metrics[0]["RecordsFailed.reject_put_failed"] == 1


def test_a_reject_that_no_record_can_hold_leaves_its_record_to_firehose() -> None:
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(600_000))
    transform = Transform()
    answers = transform(json.dumps({"event_name": 7, "x": noise}, ensure_ascii=False).encode(), GOOD_EVENT)
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok"]


def test_rejects_of_a_record_that_fails_anyway_are_not_put() -> None:
    event_twice = Transform()
    reply = event_twice.reply(
        {"records": [{"recordId": "a", "data": "eyJldmVudF9uYW1lIjo3fQ=="}, {"recordId": "a", "data": "eA=="}]}
    )
    assert reply["records"] == [{"recordId": "a", "result": "ProcessingFailed"}]
    assert event_twice.client.calls == []


@pytest.mark.parametrize("seconds", [0, 1.9])
def test_without_time_left_rejected_events_fail_their_record(seconds: float) -> None:
    transform = Transform()
    (failed, good) = transform(b'{"event_name":7}', GOOD_EVENT, seconds=seconds)
    assert failed["result"] == "ProcessingFailed"
    assert len(rows_of(good)) == 1
