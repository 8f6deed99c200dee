"""The verbs of the producer."""

from __future__ import annotations

import threading
import time

import pytest

from clickstream_producer import (
    InvalidEvent,
    Producer,
    ProducerClosed,
)
from support.producer.events import SMALL, event
from support.producer.sink import Sink


@pytest.mark.parametrize("events_per_record", [1, 7, 500])
def test_a_list_is_put_as_its_events_one_by_one(sink: Sink, events_per_record: int) -> None:
    events = [event(number) + b" " * (number % 900) for number in range(3_000)]
    with Producer(sink.target(), events_per_record=events_per_record, **SMALL) as producer:
        assert producer.put_many(events) == 3_000
    assert [taken for record in sink.records for taken in record.splitlines()] == events
    assert sink.broken_limits == []


def test_the_events_of_a_list_before_an_invalid_one_are_put(sink: Sink) -> None:
    with Producer(sink.target()) as producer:
        with pytest.raises(InvalidEvent):
            producer.put_many([*(event(number) for number in range(300)), b"{", event(300)])
        assert producer.stats().put == 300
    assert sink.events == dict.fromkeys(map(event, range(300)), 1)


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
    assert producer.client  # making it takes its time
    producer.put(b"1")
    start = time.monotonic()
    result = producer.flush(0.5)
    assert 0.5 <= time.monotonic() - start < 1.5
    assert (result.sent, result.pending, result.dropped, result.complete) == (0, 1, 0, False)
    sink.down = False
    assert producer.close().sent == 1


def test_close_again_returns_the_same_and_put_after_it_raises(sink: Sink) -> None:
    producer = Producer(sink.target())
    producer.put(b"1")
    first = producer.close()
    assert producer.close() == first
    with pytest.raises(ProducerClosed, match="make a new one"):
        producer.put(b"2")
    assert producer.stats().put == 1


def test_the_client_is_the_one_that_sends(sink: Sink) -> None:
    with Producer(sink.target()) as producer:
        producer.client.meta.events.register("before-send", lambda request, **_: sink.users.append(request.method))
        producer.put(b"1")
        producer.flush(10)
    assert sink.users == ["POST", "AKIDEXAMPLE"]
