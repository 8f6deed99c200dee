"""Back-pressure: a loop that outruns a healthy stream is slowed down before the buffer is full, and loses nothing."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from clickstream_producer import AsyncProducer, FullPolicy, Producer, ProducerClosed
from clickstream_producer.buffer import backpressure as pressure_module
from clickstream_producer.buffer import event_buffer as spool_module
from clickstream_producer.buffer.backpressure import MAX_WAIT, REQUESTS, Backpressure
from support.producer.events import MIB, large_event, wait_until
from support.producer.sink import Sink, running_sink

BATCH = 300_000

HIGH = REQUESTS * BATCH


def block(sink: Sink, timeout: float = 30.0) -> Producer:
    return Producer(sink.target(), batch_bytes=BATCH, record_bytes=50_000, when_full=FullPolicy.block(timeout))


def test_a_loop_without_pause_keeps_a_few_requests_waiting_not_a_full_buffer(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A machine that is busy with other work may hold up an answer for a second.
    for module in (pressure_module, spool_module):
        monkeypatch.setattr(module, "MAX_WAIT", 30.0)
    sink.latency = 0.02
    producer = block(sink)
    producer.put(large_event(0))
    producer.flush(10)
    most = 0
    for number in range(1, 12_000):
        assert producer.put(large_event(number))
        if number % 10 == 0:
            most = max(most, producer.stats().pending_bytes)
    assert producer.close(30).sent == 12_000
    assert HIGH - 100_000 < most <= HIGH + 100_000
    assert sink.copies() == 0


def test_a_stream_that_does_not_answer_gets_the_whole_buffer_after_one_wait() -> None:
    with running_sink(hold=threading.Event()) as stuck:
        producer = block(stuck)
        start = time.monotonic()
        assert all(producer.put(large_event(number)) for number in range(12_000))
        assert MAX_WAIT <= time.monotonic() - start < 3 * MAX_WAIT
        assert producer.stats().pending == 12_000
        producer.close(0)


@pytest.mark.parametrize("policy", [FullPolicy.block(0.05), FullPolicy.drop_newest()], ids=lambda policy: policy.kind)
def test_nobody_waits_longer_than_the_policy_says_and_nothing_is_dropped_for_it(
    policy: FullPolicy,
) -> None:
    with running_sink(hold=threading.Event()) as stuck:
        producer = Producer(stuck.target(), batch_bytes=BATCH, record_bytes=50_000, when_full=policy)
        start = time.monotonic()
        assert all(producer.put(large_event(number)) for number in range(3_000))
        assert time.monotonic() - start < MAX_WAIT
        producer.close(0)


def test_close_frees_a_put_that_waits_for_the_stream() -> None:
    with running_sink(hold=threading.Event()) as stuck:
        producer = block(stuck)
        raised: list[float] = []

        def put_until_it_raises() -> None:
            try:
                for number in range(12_000):
                    producer.put(large_event(number))
            except ProducerClosed:
                raised.append(time.monotonic())

        writer = threading.Thread(target=put_until_it_raises)
        writer.start()
        while producer.stats().pending_bytes < HIGH:
            time.sleep(0.005)
        start = time.monotonic()
        producer.close(0)
        writer.join(5)
        assert len(raised) == 1
        assert raised[0] - start < MAX_WAIT / 2


def test_disabling_frees_a_put_that_waits_for_the_stream() -> None:
    with running_sink(hold=threading.Event()) as stuck:
        producer = block(stuck)
        waiting = threading.Event()

        def put_until_it_is_refused() -> None:
            while producer.put(large_event(0)):
                if producer.stats().pending_bytes >= HIGH:
                    waiting.set()

        writer = threading.Thread(target=put_until_it_is_refused)
        writer.start()
        waiting.wait(5)
        start = time.monotonic()
        producer.disable()
        writer.join(5)
        assert time.monotonic() - start < MAX_WAIT / 2
        producer.close(0)


def test_a_stream_that_refuses_slows_nobody_down(sink: Sink) -> None:
    sink.refuse = lambda records: (400, "InvalidArgumentException", "no")
    producer = block(sink)
    producer.put(large_event(0))
    wait_until(lambda: producer.stats().failed_requests)
    with sink.lock:  # no answer from here on
        start = time.monotonic()
        assert all(producer.put(large_event(number)) for number in range(5_000))
        assert time.monotonic() - start < MAX_WAIT
    producer.clear()
    producer.close(0)


def test_the_event_loop_goes_on_while_a_put_waits(sink: Sink) -> None:
    sink.latency = 0.05

    async def work() -> tuple[int, int]:
        ticks = 0
        done = False

        async def tick() -> None:
            nonlocal ticks
            while not done:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        producer = AsyncProducer(sink.target(), batch_bytes=BATCH, record_bytes=50_000, when_full=FullPolicy.block(30))
        await producer.put_many([large_event(number) for number in range(6_000)])
        sent = (await producer.close(30)).sent
        done = True
        await ticking
        return sent, ticks

    sent, ticks = asyncio.run(work())
    assert sent == 6_000
    assert ticks > 20


@pytest.mark.parametrize(
    ("whole", "seconds", "slows"),
    [(True, 0.2, True), (True, MAX_WAIT + 0.1, False), (False, 0.2, False)],
    ids=["taken soon", "taken late", "partly failed"],
)
def test_only_a_stream_that_takes_requests_whole_and_soon_slows_a_loop_down(
    whole: bool, seconds: float, slows: bool
) -> None:
    pressure = Backpressure(BATCH)
    assert pressure.is_exceeded(HIGH)
    pressure.request_began(BATCH, 100.0)
    pressure.request_ended(whole=whole, now=100.0 + seconds)
    assert pressure.is_exceeded(HIGH) is slows
    assert pressure.is_eased(HIGH - 1) is not slows
    assert pressure.is_eased(HIGH * 3 // 4)


def test_larger_requests_let_more_wait_and_small_ones_no_less_than_the_smallest_buffer() -> None:
    pressure = Backpressure(1_000)
    assert not pressure.is_exceeded(MIB - 1)
    assert pressure.is_exceeded(MIB)
    pressure.request_began(4_000_000, 0.0)
    assert not pressure.is_exceeded(2 * 4_000_000 - 1)
    assert pressure.is_exceeded(2 * 4_000_000)
