"""A full buffer: each policy does what it says, and the bound in bytes holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from clickstream_producer import BufferFull, DropReason, FullPolicy, Producer, ProducerClosed
from support.producer.sink import Sink, running_sink

MIB = 1024 * 1024


def event(number: int) -> bytes:
    return b'{"seq":"%06d","padding":"%s"}' % (number, b"x" * 1_000)


@pytest.fixture
def stuck() -> Iterator[Sink]:
    """An endpoint that takes requests and does not answer before the end of the test."""
    with running_sink(hold=threading.Event()) as running:
        yield running


def fill(producer: Producer) -> int:
    number = 0
    while producer.put(event(number)):
        number += 1
    return number


def test_drop_newest_refuses_the_new_event_at_once_and_keeps_the_bound(stuck: Sink) -> None:
    lost: list[tuple[list[bytes], DropReason]] = []
    producer = Producer(
        stuck.target(), max_buffer_bytes=MIB, on_drop=lambda events, reason: lost.append((events, reason))
    )
    held = fill(producer)
    stats = producer.stats()
    assert (stats.pending, stats.dropped_by_reason) == (held, {DropReason.BUFFER_FULL: 1})
    assert MIB - len(event(0)) <= stats.pending_bytes <= MIB
    assert lost == [([event(held)], DropReason.BUFFER_FULL)]
    producer.close(0)


def test_drop_oldest_makes_room_with_the_oldest_records_that_wait(stuck: Sink) -> None:
    lost: list[bytes] = []
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        record_bytes=10_000,
        batch_bytes=20_000,
        when_full=FullPolicy.drop_oldest(),
        on_drop=lambda events, reason: lost.extend(events),
    )
    assert producer.put_many(event(number) for number in range(40)) == 40
    while not stuck.requests:
        time.sleep(0.005)
    in_request = stuck.requests[0][1] * 9
    assert all(producer.put(event(number)) for number in range(40, 2_000))
    stats = producer.stats()
    assert stats.pending_bytes <= MIB
    assert stats.dropped == len(lost) > 0
    # The request under way keeps its events; from there on exactly the oldest are gone.
    assert lost == [event(number) for number in range(in_request, in_request + len(lost))]
    producer.close(0)


def test_drop_oldest_refuses_the_new_event_when_everything_is_under_way(stuck: Sink) -> None:
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        record_bytes=600_000,
        batch_bytes=1_200_000,
        when_full=FullPolicy.drop_oldest(),
        linger=0.01,
    )
    big = b'"' + b"x" * 599_000 + b'"'
    assert producer.put(big)
    while not stuck.requests:
        time.sleep(0.005)
    assert not producer.put(big)
    producer.close(0)


def test_block_waits_for_room(sink: Sink) -> None:
    sink.latency = 0.05
    producer = Producer(
        sink.target(), max_buffer_bytes=MIB, record_bytes=50_000, batch_bytes=100_000, when_full=FullPolicy.block(20)
    )
    assert producer.put_many(event(number) for number in range(3_000)) == 3_000
    assert producer.close(20).sent == 3_000


@pytest.mark.parametrize("record_bytes", [50_000, 1_024_000])
def test_a_full_buffer_is_sent_even_when_it_is_smaller_than_a_request(sink: Sink, record_bytes: int) -> None:
    producer = Producer(
        sink.target(),
        max_buffer_bytes=MIB,
        record_bytes=record_bytes,
        batch_bytes=4 * MIB,
        linger=60,
        when_full=FullPolicy.block(20),
    )
    start = time.monotonic()
    assert producer.put_many(event(number) for number in range(3_000)) == 3_000
    assert producer.close(20).sent == 3_000
    assert time.monotonic() - start < 15


def test_block_gives_up_after_its_timeout(stuck: Sink) -> None:
    producer = Producer(stuck.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(0.2))
    start = time.monotonic()
    fill(producer)
    assert 0.2 <= time.monotonic() - start < 2
    assert producer.stats().dropped_by_reason == {DropReason.BUFFER_FULL: 1}
    producer.close(0)


def test_close_frees_a_put_that_waits_for_room(stuck: Sink) -> None:
    producer = Producer(stuck.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(60))
    raised: list[BaseException] = []

    def put_until_it_raises() -> None:
        try:
            fill(producer)
        except ProducerClosed as error:
            raised.append(error)

    writer = threading.Thread(target=put_until_it_raises)
    writer.start()
    while producer.stats().pending_bytes < MIB - 2_000:
        time.sleep(0.005)
    producer.close(0.1)
    writer.join(5)
    assert len(raised) == 1


def test_events_expire_by_age_and_the_buffer_has_room_again() -> None:
    with running_sink(down=True) as down:
        lost: list[DropReason] = []
        producer = Producer(
            down.target(),
            linger=0.05,
            max_age=0.4,
            retry_initial=20,
            retry_cap=20,
            on_drop=lambda events, reason: lost.append(reason),
        )
        producer.put(event(0))
        deadline = time.monotonic() + 5
        while producer.stats().pending and time.monotonic() < deadline:
            time.sleep(0.01)
        assert producer.stats().dropped_by_reason == {DropReason.EXPIRED: 1}
        assert producer.stats().pending_bytes == 0
        producer.close(0)
        assert lost == [DropReason.EXPIRED]


@pytest.mark.parametrize("faulty", ["down", "stuck"])
def test_put_stays_quick_while_the_endpoint_is_down_or_stuck(faulty: str) -> None:
    # producers.md section 7, S4: put never waits for the endpoint. The bound is wide for a busy machine.
    with running_sink(down=faulty == "down", hold=threading.Event() if faulty == "stuck" else None) as sink:
        producer = Producer(sink.target(), linger=0.01, retry_initial=0.01)
        durations = []
        for number in range(5_000):
            start = time.perf_counter()
            producer.put(event(number))
            durations.append(time.perf_counter() - start)
        durations.sort()
        assert durations[len(durations) // 2] < 0.0005
        assert durations[int(len(durations) * 0.99)] < 0.05
        producer.close(0)


def test_error_raises_and_drops_nothing(stuck: Sink) -> None:
    lost: list[bytes] = []
    producer = Producer(
        stuck.target(),
        max_buffer_bytes=MIB,
        when_full=FullPolicy.error(),
        on_drop=lambda events, reason: lost.extend(events),
    )
    with pytest.raises(BufferFull, match=r"max_buffer_bytes=1,048,576.*put again later"):
        fill(producer)
    with pytest.raises(BufferFull):
        producer.put_many([event(0), event(1)])
    stats = producer.stats()
    assert (stats.put, stats.dropped, lost) == (stats.pending, 0, [])
    producer.close(0)


def test_a_first_list_larger_than_the_buffer_is_sent_while_the_caller_waits(sink: Sink) -> None:
    events = [b'"%03d%s"' % (number, b"x" * 10_000) for number in range(250)]
    with Producer(sink.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(5)) as producer:
        assert producer.put_many(events) == 250
    assert list(sink.events) == events
