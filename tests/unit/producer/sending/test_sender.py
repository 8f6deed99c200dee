"""What the service refuses: only an event's own fault costs it, no neighbour pays, and nothing spins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clickstream_producer import DropReason, Producer, TargetRefused
from support.producer.events import event, wait_until
from support.producer.sink import Refusal, Sink
from support.producer.spools import producer_at, segments, stop


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
    # facts/peers.md#findings, poison control.
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
    assert {error.fault for error in losses.errors if isinstance(error, TargetRefused)} == {"event"}


@pytest.mark.parametrize("bad", [{0}, {499}, {250}, {3, 4, 499}], ids=str)
def test_in_a_packed_record_only_the_event_at_fault_is_dropped(sink: Sink, bad: set[int]) -> None:
    sink.refuse = refuse_poison
    losses = Losses()
    events = [b'"%s %d"' % (b"poison" if number in bad else b"good", number) for number in range(500)]
    with Producer(sink.target(), **losses.callbacks()) as producer:
        producer.put_many(events)
        assert producer.flush(20).complete
    assert sorted(sink.events) == sorted(event for event in events if b"good" in event)
    assert sorted(losses.events()) == sorted(event for event in events if b"poison" in event)
    assert len(sink.requests) < 100


def test_a_divided_record_of_the_spool_is_kept_there_until_both_halves_are_settled(sink: Sink, tmp_path: Path) -> None:
    sink.refuse = refuse_poison
    with producer_at(sink, tmp_path) as producer:
        producer.put_many([b'"good 1"', b'"poison"', b'"good 2"'])
        assert producer.flush(20).complete
        assert (producer.stats().sent, producer.stats().dropped) == (2, 1)
    assert segments(tmp_path) == []
    assert sink.events == {b'"good 1"': 1, b'"good 2"': 1}


def test_an_event_that_is_refused_while_nothing_else_is_there_waits_for_another_to_prove_it(sink: Sink) -> None:
    sink.refuse = refuse_poison
    losses = Losses()
    with Producer(sink.target(), linger=0.05, retry_initial=0.01, **losses.callbacks()) as producer:
        producer.put(b'"poison"')
        wait_until(lambda: losses.errors)
        assert producer.stats().pending == 1
        assert losses.dropped == []
        producer.put(b'"good"')
        assert producer.flush(10).complete
    assert losses.dropped == [([b'"poison"'], DropReason.REFUSED)]
    assert sink.events == {b'"good"': 1}


def test_a_stream_that_begins_to_refuse_everything_loses_no_event(sink: Sink) -> None:
    losses = Losses()
    with Producer(sink.target(), events_per_record=1, retry_initial=0.01, **losses.callbacks()) as producer:
        producer.put(b'"0"')
        assert producer.flush(10).sent == 1
        sink.refuse = lambda records: (400, "InvalidArgumentException", "not a direct put stream")
        for number in range(1, 100):
            producer.put(b'"%d"' % number)
            if number % 10 == 0:
                producer.flush(0.02)
        assert producer.stats().pending == 99
        sink.refuse = lambda records: None
        assert producer.flush(20).complete
    assert losses.dropped == []
    assert sink.events == {b'"%d"' % number: 1 for number in range(100)}


def test_a_target_that_refuses_every_request_is_not_bisected_for_ever(sink: Sink) -> None:
    sink.refuse = lambda records: (400, "InvalidArgumentException", "not a direct put stream")
    losses = Losses()
    producer = Producer(sink.target(), events_per_record=1, **losses.callbacks())
    producer.put_many(b'"%d"' % number for number in range(2_000))
    wait_until(lambda: losses.errors)
    assert producer.stats().pending == 2_000
    assert len(sink.requests) < 25
    assert [error.fault for error in losses.errors if isinstance(error, TargetRefused)][:1] == ["target"]
    producer.clear()
    producer.close(0)


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (400, "ResourceNotFoundException", "target"),
        (403, "AccessDeniedException", "identity"),
        (400, "InvalidKMSResourceException", "target"),
        (403, "RequestTimeTooSkewed", "clock"),
        (404, "404", "network"),
        (400, "NobodyKnowsException", "unknown"),
    ],
)
def test_a_fault_that_is_not_an_event_s_costs_none_and_is_told(sink: Sink, status: int, code: str, fault: str) -> None:
    # facts/firehose.md#wire-protocol, #operations for the statuses and names.
    sink.refuse = lambda records: (status, code, "no")
    losses = Losses()
    producer = Producer(sink.target(), events_per_record=1, linger=0.05, **losses.callbacks())
    producer.put_many(b'"%d"' % number for number in range(100))
    wait_until(lambda: losses.errors)
    assert producer.stats().pending == 100
    assert len(sink.requests) <= 2  # the next one is half a second away
    error = losses.errors[0]
    assert isinstance(error, TargetRefused)
    assert (error.fault, error.code) == (fault, f"HTTP {code}" if code.isdigit() else code)
    assert "100 events are kept and tried again in" in str(error)
    sink.refuse = lambda records: None
    assert producer.flush(20).sent == 100
    assert losses.dropped == []
    producer.close()


def test_a_refusal_is_one_line_of_the_log_without_a_payload(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    sink.refuse = lambda records: (407, "407", f"<html>{records[0]!r}</html>")
    producer = Producer(sink.target(), retry_initial=0.01)
    producer.put(b'"the payload"')
    wait_until(lambda: producer.flush(0.05) and len(sink.requests) > 2)
    (line,) = caplog.messages
    assert "HTTP 407" in line
    assert "HTTPS_PROXY" in line
    assert "the payload" not in line
    producer.clear()
    producer.close(0)


@pytest.mark.parametrize(("kinesis", "action"), [(False, "firehose:PutRecordBatch"), (True, "kinesis:PutRecords")])
def test_a_refusal_names_what_the_identity_has_to_be_allowed(sink: Sink, kinesis: bool, action: str) -> None:
    sink.refuse = lambda records: (403, "AccessDeniedException", "no")
    losses = Losses()
    producer = Producer(sink.target(kinesis=kinesis), linger=0.05, **losses.callbacks())
    producer.put(b"1")
    wait_until(lambda: losses.errors)
    producer.clear()
    producer.close(0)
    assert f"this identity may not call {action} on this stream" in str(losses.errors[0])


def test_a_durable_spool_is_not_emptied_by_refusals(sink: Sink, tmp_path: Path) -> None:
    sink.refuse = lambda records: (403, "AccessDeniedException", "no")
    producer = producer_at(sink, tmp_path)
    producer.put_many([b"1", b"2"])
    assert stop(producer, 0.3).spooled == 2
    sink.refuse = lambda records: None
    with producer_at(sink, tmp_path) as later:
        assert later.flush(10).sent == 2


def test_entries_that_are_refused_for_another_reason_than_the_rate_are_kept_and_told(sink: Sink) -> None:
    def refused(answer: dict[str, Any]) -> dict[str, Any]:
        sink.answer = lambda answer: answer
        return {"FailedPutCount": 1, "RequestResponses": [{"ErrorCode": "AccessDeniedException", "ErrorMessage": "no"}]}

    sink.answer = refused
    losses = Losses()
    with Producer(sink.target(), retry_initial=0.01, **losses.callbacks()) as producer:
        producer.put(b"1")
        assert producer.flush(10).complete
    assert [error.fault for error in losses.errors if isinstance(error, TargetRefused)] == ["identity"]
    assert len(sink.requests) == 2


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
