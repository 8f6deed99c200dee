"""What the service refuses for good: one offender never costs its neighbours, and nothing spins."""

from __future__ import annotations

from typing import Any

import pytest

from clickstream_producer import DropReason, FirehoseStream, Producer, TargetRefused
from support.producer.events import event
from support.producer.sink import CREDENTIALS, Refusal, Sink


class Losses:
    """Collects what the callbacks are told."""

    def __init__(self) -> None:
        self.dropped: list[tuple[list[bytes], DropReason]] = []
        self.errors: list[Exception] = []

    def events(self) -> list[bytes]:
        return [event for events, _ in self.dropped for event in events]

    def callbacks(self) -> dict[str, Any]:
        return {"on_drop": lambda events, reason: self.dropped.append((events, reason)), "on_error": self.errors.append}


def refuse_poison(records: list[bytes]) -> Refusal | None:
    poisoned = any(b"poison" in record for record in records)
    return (400, "InvalidArgumentException", "one of the records is bad") if poisoned else None


@pytest.mark.parametrize("bad", [{0}, {499}, {250}, {3, 4, 499}, set(range(0, 500, 50))], ids=str)
def test_refused_records_are_found_and_only_they_are_dropped(sink: Sink, bad: set[int]) -> None:
    # producers.md section 4, poison control.
    sink.refuse = refuse_poison
    losses = Losses()
    events = [b'"%s %d"' % (b"poison" if number in bad else b"good", number) for number in range(500)]
    producer = Producer(sink.target(), events_per_record=1, **losses.callbacks())
    producer.put_many(events)
    result = producer.close(20)
    assert sorted(sink.events) == sorted(event for event in events if b"good" in event)
    assert sorted(losses.events()) == sorted(event for event in events if b"poison" in event)
    assert (result.sent, result.dropped, result.complete) == (500 - len(bad), len(bad), True)
    assert producer.stats().dropped_by_reason == {DropReason.REFUSED: len(bad)}
    assert {type(error) for error in losses.errors} == {TargetRefused}


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "ResourceNotFoundException"), (403, "AccessDeniedException"), (400, "InvalidKMSResourceException")],
)
def test_a_target_that_cannot_work_costs_one_request_and_says_so(sink: Sink, status: int, code: str) -> None:
    # aws-facts 1.1 and 1.2 for the statuses and names.
    sink.refuse = lambda records: (status, code, "no")
    losses = Losses()
    producer = Producer(sink.target(), events_per_record=1, **losses.callbacks())
    producer.put_many(b'"%d"' % number for number in range(100))
    result = producer.flush(10)
    assert (result.dropped, result.complete) == (100, True)
    assert len(sink.requests) == 1
    assert losses.dropped == [([b'"%d"' % number for number in range(100)], DropReason.REFUSED)]
    (error,) = losses.errors
    assert isinstance(error, TargetRefused)
    assert error.code == code
    assert "100 events are dropped. Check that the stream exists" in str(error)
    producer.close()


@pytest.mark.parametrize(("kinesis", "action"), [(False, "firehose:PutRecordBatch"), (True, "kinesis:PutRecords")])
def test_a_refusal_names_what_the_identity_has_to_be_allowed(sink: Sink, kinesis: bool, action: str) -> None:
    sink.refuse = lambda records: (403, "AccessDeniedException", "no")
    losses = Losses()
    with Producer(sink.target(kinesis=kinesis), **losses.callbacks()) as producer:
        producer.put(b"1")
    (error,) = losses.errors
    assert f"that this identity may call {action} on it" in str(error)


def test_a_target_that_refuses_every_request_is_not_bisected_for_ever(sink: Sink) -> None:
    sink.refuse = lambda records: (400, "InvalidArgumentException", "not a direct put stream")
    producer = Producer(sink.target(), events_per_record=1)
    producer.put_many(b'"%d"' % number for number in range(2_000))
    assert producer.close(20).dropped == 2_000
    assert len(sink.requests) < 60


def test_after_the_target_works_again_events_arrive(sink: Sink) -> None:
    sink.refuse = lambda records: (400, "ResourceNotFoundException", "no")
    with Producer(sink.target()) as producer:
        producer.put(b"1")
        producer.flush(10)
        sink.refuse = lambda records: None
        producer.put(b"2")
        assert producer.flush(10).sent == 1
    assert sink.events == {b"2": 1}


def test_a_missing_region_is_reported_and_does_not_spin() -> None:
    losses = Losses()
    with Producer(FirehoseStream("clicks", credentials=CREDENTIALS), **losses.callbacks()) as producer:
        producer.put(b"1")
        assert producer.flush(10).dropped == 1
    assert [error.code for error in losses.errors if isinstance(error, TargetRefused)] == ["NoRegionError"]


def test_an_answer_that_contradicts_itself_is_not_taken_for_success(sink: Sink) -> None:
    def headless(answer: dict[str, Any]) -> dict[str, Any]:
        sink.answer = lambda answer: answer
        return {**answer, "FailedPutCount": 1}

    sink.answer = headless
    errors: list[Exception] = []
    with Producer(sink.target(), retry_initial=0.01, on_error=errors.append) as producer:
        producer.put(event(1))
        assert producer.flush(10).complete
    assert [str(error) for error in errors] == [
        "PutRecordBatch on clicks answered FailedPutCount 1 with 1 entries, 0 of them failed, to a request of 1"
    ]
    assert len(sink.requests) == 2
