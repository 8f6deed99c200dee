"""Delivery through injected faults: nothing missing, no copies but those of lost answers, and the books balance."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from clickstream_producer import FullPolicy, InvalidEvent, Producer, Stats
from support.producer.sink import Sink
from support.producer.soak import Tally, size

EVENTS = size(4_000, 200_000)
TIMEOUT = size(90, 1_800)
"""Customarily two seconds go by. When half of all records fail by chance, a pace that was cut low by chance lasts up to
30 s (pace.PATIENCE)."""

SMALL: dict[str, Any] = {
    "record_bytes": 5_000,
    "batch_bytes": 40_000,
    "retry_initial": 0.01,
    "when_full": FullPolicy.block(TIMEOUT),
}
"""Small records and requests, so that a few thousand events meet many faults."""


def event(number: int) -> bytes:
    return b'{"event_name":"click","seq":%d,"padding":"0123456789abcdef0123456789abcdef"}' % number


def assert_adds_up(stats: Stats) -> None:
    assert stats.put + stats.recovered == stats.sent + stats.pending + stats.spooled + stats.dropped
    assert stats.dropped == sum(stats.dropped_by_reason.values())
    assert stats.pending >= 0
    assert (stats.pending == 0) == (stats.pending_bytes == 0)


@pytest.mark.parametrize("events_per_record", [1, 500])
@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"partial": 0.01},
        {"partial": 0.1},
        {"partial": 0.5},
        {"throttle": 0.2},
        {"error": 0.1},
        {"reset_before": 0.05},
        {"records_per_second": 4_000.0, "tokens": 100.0},
        {"partial": 0.1, "throttle": 0.1, "error": 0.1, "reset_before": 0.1},
    ],
    ids=str,
)
def test_no_event_is_missing_and_none_is_doubled(
    sink: Sink, tally: Tally, faults: dict[str, float], events_per_record: int
) -> None:
    # producers.md section 7, C1; section 2 has what others lose under the same faults.
    for name, rate in faults.items():
        setattr(sink, name, rate)
    producer = Producer(sink.target(), events_per_record=events_per_record, **SMALL)
    assert producer.put_many(event(number) for number in range(EVENTS)) == EVENTS
    result = producer.close(TIMEOUT)
    tally("C1", events=EVENTS, lost=EVENTS - len(sink.events), copies=sink.copies())
    assert sink.events == dict.fromkeys(map(event, range(EVENTS)), 1)
    assert (result.sent, result.pending, result.dropped, result.complete) == (EVENTS, 0, 0, True)
    assert sink.broken_limits == []
    assert_adds_up(producer.stats())


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_a_lost_answer_doubles_the_events_of_its_request_and_no_others(
    sink: Sink, tally: Tally, events_per_record: int
) -> None:
    # producers.md section 7, C2: a retry after a reset can double (aws-facts 1.3), and that is the floor.
    sink.reset_after = 0.2
    producer = Producer(sink.target(), events_per_record=events_per_record, **SMALL)
    producer.put_many(event(number) for number in range(EVENTS))
    assert producer.close(TIMEOUT).complete
    others = sink.copies() - sink.reset_events.total()
    tally("C2", events=EVENTS, lost=EVENTS - len(sink.events), copies=others)
    assert sink.reset_events.total() > 0
    assert sink.events == {event(number): 1 + sink.reset_events[event(number)] for number in range(EVENTS)}


def test_copies_carry_the_same_id(sink: Sink) -> None:
    sink.reset_after = 0.3
    with Producer(sink.target(), **SMALL) as producer:
        producer.put_many({"event_name": "click", "seq": number} for number in range(2_000))
    assert sink.copies() > 0
    assert len(sink.events) == 2_000


def test_the_counters_add_up_at_every_moment(sink: Sink, tally: Tally) -> None:
    # producers.md section 7, C8.
    each = size(1_500, 66_667)
    sink.partial = sink.error = 0.2
    producer = Producer(
        sink.target(), events_per_record=10, max_buffer_bytes=1024 * 1024, batch_bytes=20_000, retry_initial=0.01
    )
    writers = [
        threading.Thread(target=producer.put_many, args=([event(number) + b" " * 900 for number in range(each)],))
        for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    samples = 0
    while any(writer.is_alive() for writer in writers) or samples < 50:
        assert_adds_up(producer.stats())
        samples += 1
    producer.close(0.2)
    stats = producer.stats()
    assert_adds_up(stats)
    tally("C8", events=3 * each, lost=stats.put - stats.sent - stats.dropped, copies=0, rounds=samples)
    assert stats.put == 3 * each
    assert stats.pending == 0


def test_a_full_batch_is_sent_without_waiting_for_linger(sink: Sink) -> None:
    with Producer(sink.target(), record_bytes=5_000, batch_bytes=20_000, linger=60) as producer:
        producer.put_many(event(number) for number in range(400))
        wait_until(lambda: producer.stats().sent > 0)
        # Only whole records went; what is left waits for company.
        assert 0 < producer.stats().pending < 400


def test_500_unpacked_events_are_a_full_batch(sink: Sink) -> None:
    with Producer(sink.target(), events_per_record=1, linger=60) as producer:
        producer.put_many(event(number) for number in range(501))
        wait_until(lambda: producer.stats().sent == 500)
        assert [count for _, count in sink.requests] == [500]
        assert producer.stats().pending == 1


def test_a_lone_event_is_sent_after_linger(sink: Sink) -> None:
    with Producer(sink.target(), linger=0.3) as producer:
        start = time.monotonic()
        producer.put(event(1))
        wait_until(lambda: producer.stats().sent == 1)
        assert 0.3 <= sink.requests[0][0] - start < 1.5


def test_events_that_come_within_linger_share_a_record(sink: Sink) -> None:
    with Producer(sink.target(), linger=0.3) as producer:
        for number in range(3):
            producer.put(event(number))
            time.sleep(0.02)
        wait_until(lambda: producer.stats().sent == 3)
    assert sink.records == [b"".join(event(number) + b"\n" for number in range(3))]


def test_flush_sends_at_once_and_leaves_the_producer_open(sink: Sink) -> None:
    with Producer(sink.target(), linger=60) as producer:
        producer.put(event(1))
        result = producer.flush(10)
        assert (result.sent, result.pending, result.complete) == (1, 0, True)
        producer.put(event(2))
        assert producer.flush(10).sent == 2


def test_flush_waits_for_what_was_put_before_it_and_not_for_later_events(sink: Sink) -> None:
    stop = threading.Event()
    producer = Producer(sink.target(), linger=0.01, record_bytes=2_000)

    def keep_putting() -> None:
        while not stop.is_set():
            producer.put(event(0))
            time.sleep(0.0005)

    writer = threading.Thread(target=keep_putting)
    writer.start()
    try:
        producer.put(event(1))
        assert producer.flush(10).complete
        assert sink.events[event(1)] == 1
    finally:
        stop.set()
        writer.join()
        producer.close()


def test_flush_of_nothing_returns_at_once(sink: Sink) -> None:
    producer = Producer(sink.target())
    assert producer.flush(10).complete
    assert sink.attempts == []


def test_a_failed_record_is_sent_again_before_its_linger_is_over(sink: Sink) -> None:
    sink.answer = fail_the_first_entry_once()
    with Producer(sink.target(), events_per_record=1, batch_bytes=1_000, linger=60) as producer:
        producer.put_many(event(number) for number in range(20))
        wait_until(lambda: producer.stats().records_retried == 1 and len(sink.requests) >= 2)


@pytest.mark.parametrize("kinesis", [False, True])
def test_failed_entries_are_sent_again_together_with_fresh_ones(sink: Sink, kinesis: bool) -> None:
    # producers.md section 7, C1 at 50%: twice as many entries as events, and so twice as many requests. Where those
    # that failed go alone it is ten times as many: 500, 250, 125, ...
    sink.partial = 0.5
    sink.answer = without_throttling
    with Producer(sink.target(kinesis=kinesis), events_per_record=1, retry_cap=0.1) as producer:
        producer.put_many([event(number) for number in range(5_000)])
        assert producer.close(30).complete
    assert sink.events == dict.fromkeys(map(event, range(5_000)), 1)
    # The last block has nobody to travel with.
    assert len(sink.requests) <= 20 + 15


def test_collected_events_go_with_a_request_of_failed_ones(sink: Sink) -> None:
    sink.answer = fail_the_first_entry_once()
    with Producer(sink.target(), events_per_record=1, linger=60, retry_cap=0.1) as producer:
        producer.put_many([event(number) for number in range(510)])
        wait_until(lambda: producer.stats().sent == 510)
        assert [count for _, count in sink.requests] == [500, 11]


def without_throttling(answer: dict[str, Any]) -> dict[str, Any]:
    """Failures that do not ask for a slower pace, so that a test counts requests of the ordinary size."""
    name = "RequestResponses" if "RequestResponses" in answer else "Records"
    entries = [entry | {"ErrorCode": "InternalFailure"} if "ErrorCode" in entry else entry for entry in answer[name]]
    return answer | {name: entries}


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


def fail_the_first_entry_once() -> Any:
    seen: list[bool] = []

    def answer(taken: dict[str, Any]) -> dict[str, Any]:
        if seen:
            return taken
        seen.append(True)
        entries = [{"ErrorCode": "InternalFailure", "ErrorMessage": ""}, *taken["RequestResponses"][1:]]
        return {**taken, "FailedPutCount": 1, "RequestResponses": entries}

    return answer


def wait_until(condition: Any, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.01)


def test_the_events_of_a_list_before_an_invalid_one_are_put(sink: Sink) -> None:
    with Producer(sink.target()) as producer:
        with pytest.raises(InvalidEvent):
            producer.put_many([*(event(number) for number in range(300)), b"{", event(300)])
        assert producer.stats().put == 300
    assert sink.events == dict.fromkeys(map(event, range(300)), 1)


@pytest.mark.parametrize("events_per_record", [1, 7, 500])
def test_a_list_is_put_as_its_events_one_by_one(sink: Sink, events_per_record: int) -> None:
    events = [event(number) + b" " * (number % 900) for number in range(3_000)]
    with Producer(sink.target(), events_per_record=events_per_record, **SMALL) as producer:
        assert producer.put_many(events) == 3_000
    assert [taken for record in sink.records for taken in record.splitlines()] == events
    assert sink.broken_limits == []


def test_large_unpacked_events_stay_within_a_request(sink: Sink) -> None:
    # aws-facts 1.3: 4 MiB of raw bytes.
    events = [b'"%d%s"' % (number, b"x" * 900_000) for number in range(12)]
    with Producer(sink.target(), events_per_record=1, batch_bytes=4 * 1024 * 1024, linger=60) as producer:
        producer.put_many(events)
        wait_until(lambda: producer.stats().sent >= 8)
    assert list(sink.events) == events
    assert [count for _, count in sink.requests] == [4, 4, 4]
    assert sink.broken_limits == []
