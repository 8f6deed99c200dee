"""Rejected events: they come last, in chunks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from support.blueprints import Blueprint
from support.transform_harness import (
    ARRIVAL,
    BAD_EVENT,
    GOOD_EVENT,
    Client,
    Context,
    Transform,
    batch,
    raw_of,
    request,
    rows_of,
)


def events_in(rejects: Iterable[Mapping[str, Any]]) -> int:
    return sum(reject.get("events", 1) for reject in rejects)


def test_a_reject_has_the_members_of_firehoses_own_error_objects_and_its_reasons() -> None:
    """facts/firehose.md#error-objects: the order as captured, lambdaARN spelt so; reasons, reject_id,
    compressed bytes.
    """
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
    assert events_in(transform.rejects()) == 1_000
    assert transform.metrics[0]["RecordsFailed.too_many_rejects"] == 1


def test_an_invocation_rejects_ten_thousand_events_at_most() -> None:
    transform = Transform()
    answers = transform(*[b"[" + b"1," * 899 + b"1]"] * 12, BAD_EVENT, GOOD_EVENT)
    assert [answer["result"] for answer in answers] == ["Dropped"] * 11 + ["ProcessingFailed", "Dropped", "Ok"]
    assert events_in(transform.rejects()) == 9_901


def test_many_small_rejects_share_one_object_that_is_read_as_all_of_them() -> None:
    bad = [b'{"event_name":%d}' % number for number in range(400)]
    transform = Transform()
    transform(b"\n".join([GOOD_EVENT, *bad]))
    *alone, rest = transform.rejects()
    assert [raw_of(reject) for reject in alone] == bad[: len(alone)]
    assert len(alone) > 20
    assert rest["events"] == 400 - len(alone)
    assert rest["reasons"] == alone[0]["reasons"]

    again = Transform()
    again(json.dumps(rest["context"]).encode() + b"\n" + raw_of(rest))
    assert events_in(again.rejects()) == rest["events"]


def test_ids_of_events_that_share_a_reject_are_none_of_their_neighbours() -> None:
    pairs = b"\n".join(b'{"event_name":"good"}{"event_name":%d}' % number for number in range(200))
    transform = Transform()
    (answer,) = transform(pairs)
    rest = transform.rejects()[-1]
    mended = raw_of(rest).replace(b":", b':"').replace(b"}", b'"}')
    replayed = Transform().rows(json.dumps(rest["context"]).encode() + b"\n" + mended)
    assert len(replayed) == rest["events"]
    assert {row["event_id"] for row in replayed}.isdisjoint(row["event_id"] for row in rows_of(answer))


def test_the_reasons_of_an_event_are_told_once_each() -> None:
    schema = {
        "properties": {"n": {"type": "array", "items": {"type": "integer"}}, "v": {"enum": [1], "type": "integer"}}
    }
    transform = Transform(schema=schema)
    transform(json.dumps({"n": ["x"] * 5_000 + [True, 1.5], "v": 2}).encode())
    (reject,) = transform.rejects()
    assert [reason["message"] for reason in reject["reasons"]] == [
        "must be an integer, not a string",
        "must be an integer, not a boolean",
        "must be an integer, not a fraction",
        "must be one of the schema's 1 values",
    ]


def test_a_document_that_every_rejected_log_event_repeats_fails_as_a_whole() -> None:
    document = {"messageType": "DATA_MESSAGE", "logGroup": "g" * 50_000, "logEvents": [{"message": 1}] * 200}
    blueprint = Blueprint("cloudwatch_logs")
    (answer,) = blueprint.reply(batch(json.dumps(document).encode()))["records"]
    assert answer["result"] == "ProcessingFailed"
    assert blueprint.metrics[-1]["RecordsFailed.too_many_rejects"] == 1


def test_when_a_chunk_fails_the_records_in_it_fail_and_others_go_on() -> None:
    """If a chunk fails, the records whose events it held are answered ProcessingFailed."""
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
