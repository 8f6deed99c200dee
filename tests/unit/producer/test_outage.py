"""Outages and black holes: events wait, requests stay few, closing is bounded."""

from __future__ import annotations

import threading
import time

import pytest

from clickstream_producer import DropReason, Producer, ProducerClosed
from support.producer.sink import Sink, running_sink
from support.producer.soak import FULL, Tally


def test_an_outage_costs_no_event_and_few_requests(sink: Sink, tally: Tally) -> None:
    # producers.md section 7, C3: others sent 2,028 requests in 12 s, or lost up to everything (section 2).
    # The whole goal is 60 s at the defaults.
    seconds, initial, cap = (60.0, 0.1, 30.0) if FULL else (2.0, 0.05, 1.0)
    sink.down = True
    producer = Producer(sink.target(), linger=0.05, retry_initial=initial, retry_cap=cap)
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


def test_flush_tries_at_once_in_the_middle_of_a_pause(sink: Sink) -> None:
    sink.down = True
    producer = Producer(sink.target(), linger=0.01, retry_initial=30, retry_cap=30)
    producer.put(b"1")
    while not producer.stats().failed_requests:
        time.sleep(0.01)
    sink.down = False
    assert producer.flush(5).complete
    producer.close()


def test_flush_returns_in_time_and_keeps_the_events(sink: Sink) -> None:
    sink.down = True
    producer = Producer(sink.target(), retry_initial=0.05)
    producer.put(b"1")
    start = time.monotonic()
    result = producer.flush(0.5)
    assert 0.5 <= time.monotonic() - start < 1.5
    assert (result.sent, result.pending, result.dropped, result.complete) == (0, 1, 0, False)
    sink.down = False
    assert producer.close().sent == 1


def test_close_against_a_black_hole_returns_in_time_and_hands_the_rest_back(tally: Tally) -> None:
    # producers.md section 7, C7.
    lost: list[tuple[list[bytes], DropReason]] = []
    with running_sink(hold=threading.Event()) as hole:
        producer = Producer(
            hole.target(), events_per_record=1, on_drop=lambda events, reason: lost.append((events, reason))
        )
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


def test_close_again_returns_the_same_and_put_after_it_raises(sink: Sink) -> None:
    producer = Producer(sink.target())
    producer.put(b"1")
    first = producer.close()
    assert producer.close() == first
    with pytest.raises(ProducerClosed, match="make a new one"):
        producer.put(b"2")
    assert producer.stats().put == 1


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
