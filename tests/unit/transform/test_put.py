"""Putting records: aws-facts 1.3 (limits, partial failure) and DESIGN section 6 (rejects come last, in chunks)."""

from __future__ import annotations

import json

import pytest

from clickstream_transform.contract.put import BatchPutter
from support.transform_harness import ARRIVAL, Client, Context, Transform, raw_of, request, rows_of

BAD = b'{"event_name":7}'
GOOD = b'{"event_name":"click","event_id":"good"}'


def putter(client: Client, pauses: list[float]) -> BatchPutter:
    return BatchPutter(lambda: client, sleep=pauses.append, jitter=lambda: 1.0)


def test_a_batch_has_at_most_500_records_and_4_mib() -> None:
    client = Client()
    assert all(putter(client, []).put("s", [b"x"] * 1_100 + [b"y" * 1_000_000] * 9, 60))
    assert [len(records) for _, records in client.calls] == [500, 500, 104, 4, 1]
    assert max(sum(map(len, records)) for _, records in client.calls) <= 4 * 1024 * 1024


def test_a_record_that_firehose_cannot_take_is_not_tried() -> None:
    """aws-facts 1.3: 0 to 1,024,000 raw bytes."""
    client = Client()
    assert putter(client, []).put("s", [b"x" * 1_024_000, b"x" * 1_024_001, b""], 60) == [True, False, True]


def test_only_the_entries_that_failed_are_put_again_after_growing_pauses() -> None:
    tries: dict[bytes, int] = {}

    def answer(stream: str, records: list[bytes]) -> list[str | None]:
        for record in records:
            tries[record] = tries.get(record, 0) + 1
        return ["ServiceUnavailableException" if int(record) > tries[record] - 1 else None for record in records]

    client, pauses = Client(answer), []
    assert putter(client, pauses).put("s", [b"0", b"1", b"2", b"9"], 60) == [True, True, True, False]
    assert [records for _, records in client.calls] == [
        [b"0", b"1", b"2", b"9"],
        [b"1", b"2", b"9"],
        [b"2", b"9"],
        [b"9"],
        [b"9"],
    ]
    assert pauses == [0.2, 0.4, 0.8, 1.6]


def test_a_call_that_raises_is_tried_again() -> None:
    failures = [ConnectionError("down")]

    def answer(stream: str, records: list[bytes]) -> list[None]:
        if failures:
            raise failures.pop()
        return [None] * len(records)

    assert putter(Client(answer), []).put("s", [b"a"], 60) == [True]


def test_an_error_that_waiting_does_not_cure_is_not_tried_again() -> None:
    class DeniedError(Exception):
        response = {"Error": {"Code": "AccessDeniedException"}}  # noqa: RUF012

    def answer(stream: str, records: list[bytes]) -> list[None]:
        raise DeniedError

    client = Client(answer)
    assert putter(client, []).put("s", [b"a"], 60) == [False]
    assert len(client.calls) == 1


def test_no_pause_goes_past_the_time_that_is_left() -> None:
    client, pauses = Client(lambda stream, records: ["InternalFailure"]), []
    assert putter(client, pauses).put("s", [b"a"], 0.3) == [False]
    assert pauses == [0.2]


def test_after_a_put_no_call_begins_that_could_outlast_the_invocation() -> None:
    """It would be stopped in the middle, tried again as a whole, and put the first group twice."""
    client = Client()
    assert putter(client, []).put("s", [b"x"] * 501, 7) == [True] * 500 + [False]
    assert len(client.calls) == 1
    assert all(putter(client, []).put("s", [b"x"] * 501, 60))


def test_without_time_nothing_is_put() -> None:
    client = Client()
    assert putter(client, []).put("s", [b"a"], 0) == [False]
    assert client.calls == []


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
    answers = transform(b"[" + b"1," * 300_000 + b"1]", b"[" + b"1," * 999 + b"1]", GOOD)
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Dropped", "Ok"]
    assert len(transform.rejects()) == 1_000
    assert transform.metrics[0]["RecordsFailed.too_many_rejects"] == 1


def test_an_invocation_rejects_ten_thousand_events_at_most() -> None:
    transform = Transform()
    answers = transform(*[b"[" + b"1," * 899 + b"1]"] * 12, BAD, GOOD)
    assert [answer["result"] for answer in answers] == ["Dropped"] * 11 + ["ProcessingFailed", "Dropped", "Ok"]
    assert len(transform.rejects()) == 9_901


def test_when_a_chunk_fails_the_records_in_it_fail_and_others_go_on() -> None:
    """DESIGN 6: if a chunk fails, the records whose events it held are answered ProcessingFailed."""
    transform = Transform(client=Client(lambda stream, records: ["InternalFailure"] * len(records)))
    answers = transform(GOOD + b'{"event_name":7}', GOOD.replace(b"good", b"other"))
    assert [answer["result"] for answer in answers] == ["ProcessingFailed", "Ok"]
    assert transform.metrics[0]["RecordsFailed.reject_put_failed"] == 1


def test_a_reject_that_no_record_can_hold_leaves_its_record_to_firehose() -> None:
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(600_000))
    transform = Transform()
    answers = transform(json.dumps({"event_name": 7, "x": noise}, ensure_ascii=False).encode(), GOOD)
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
    (failed, good) = transform(b'{"event_name":7}', GOOD, seconds=seconds)
    assert failed["result"] == "ProcessingFailed"
    assert len(rows_of(good)) == 1
