"""Delivery through injected faults: nothing missing, no copies but those of lost answers, and the counters add up."""

from __future__ import annotations

import threading

import pytest

from clickstream_producer import Producer
from support.producer.events import SMALL, TIMEOUT, assert_adds_up, event
from support.producer.sink import Sink
from support.producer.soak import Tally, size

EVENTS = size(4_000, 200_000)

FAULTS = [
    {},
    {"partial": 0.1},
    {"partial": 0.1, "throttle": 0.1, "error": 0.1, "reset_before": 0.1},
    {"partial": 0.01},
    {"partial": 0.5},
    {"throttle": 0.2},
    {"error": 0.1},
    {"reset_before": 0.05},
    {"records_per_second": 4_000.0, "tokens": 100.0},
]


@pytest.mark.parametrize("events_per_record", [1, 500])
@pytest.mark.parametrize(
    ("kinesis", "faults"),
    [*((False, faults) for faults in FAULTS), *((True, faults) for faults in FAULTS[:3])],
    ids=str,
)
def test_no_event_is_missing_and_none_is_doubled(
    sink: Sink, tally: Tally, kinesis: bool, faults: dict[str, float], events_per_record: int
) -> None:
    # facts/goals.md#producer, C1; facts/peers.md#measured-losses has what others lose.
    for name, rate in faults.items():
        setattr(sink, name, rate)
    producer = Producer(sink.target(kinesis=kinesis), events_per_record=events_per_record, **SMALL)
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
    # facts/goals.md#producer, C2: a retry after a reset can double (facts/firehose.md#put-records), and that is the
    # floor.
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
    # facts/goals.md#producer, C8.
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
