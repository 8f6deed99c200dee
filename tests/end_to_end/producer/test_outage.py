"""Outages and black holes: events wait, requests stay few, closing is bounded."""

from __future__ import annotations

import threading
import time

from clickstream_producer import DropReason, Producer
from support.producer.sink import Sink, running_sink
from support.producer.soak import FULL, Tally


def test_an_outage_costs_no_event_and_few_requests(sink: Sink, tally: Tally) -> None:
    # facts/goals.md#producer, C3: others sent 2,028 requests in 12 s, or lost up to everything.
    # The whole goal is 60 s at the defaults.
    seconds, initial, cap = (60.0, 0.1, 30.0) if FULL else (2.0, 0.05, 1.0)
    sink.down = True
    producer = Producer(sink.target(), linger=0.05, retry_initial=initial, retry_cap=cap)
    assert producer.client  # making it takes its time
    producer.put_many(b'"%d"' % number for number in range(1_000))
    time.sleep(seconds)
    during = len(sink.attempts)
    sink.down = False
    back = time.monotonic()
    while producer.stats().pending:
        assert time.monotonic() - back < cap + 4
        time.sleep(0.01)
    tally("C3", events=1_000, lost=1_000 - len(sink.events), copies=sink.copies())
    assert sink.requests[0][0] - back <= cap + 0.5
    assert 2 <= during <= 40
    assert len(sink.events) == 1_000
    assert sink.copies() == 0
    assert producer.close().dropped == 0


def test_close_against_a_black_hole_returns_in_time_and_hands_the_rest_back(tally: Tally) -> None:
    # facts/goals.md#producer, C7.
    lost: list[tuple[list[bytes], DropReason]] = []
    with running_sink(hold=threading.Event()) as hole:
        producer = Producer(
            hole.target(), events_per_record=1, on_drop=lambda events, reason: lost.append((events, reason))
        )
        assert producer.client  # making it takes its time
        producer.put_many(b'"%d"' % number for number in range(700))
        start = time.monotonic()
        result = producer.close(0.7)
        took = time.monotonic() - start
        tally("C7", events=700, lost=700 - sum(len(events) for events, _ in lost), copies=0)
        assert 0.7 <= took < 1.7
        assert (result.sent, result.pending, result.dropped, result.complete) == (0, 0, 700, False)
        assert lost == [([b'"%d"' % number for number in range(700)], DropReason.CLOSED)]
        # The answer that comes after all changes no counter of events: they were handed back.
        assert hole.hold is not None
        hole.hold.set()
        while not producer.stats().requests:
            time.sleep(0.01)
        stats = producer.stats()
        assert (stats.put, stats.sent, stats.pending, stats.dropped) == (700, 0, 0, 700)


def test_a_sick_stream_does_not_hold_up_another(sink: Sink) -> None:
    with running_sink(hold=threading.Event()) as hole:
        sick, well = Producer(hole.target("sick")), Producer(sink.target("well"))
        sick.put(b"1")
        sick.flush(0.1)
        well.put(b"2")
        start = time.monotonic()
        assert well.flush(5).complete
        assert time.monotonic() - start < 3
        well.close()
        sick.close(0)
