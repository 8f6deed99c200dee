"""The producer for asyncio: the same verbs, and the event loop runs on."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from clickstream_producer import AsyncProducer, FullPolicy, InvalidEvent, InvalidOption, Producer, ProducerClosed
from support.producer.events import event
from support.producer.sink import Sink, running_sink

MIB = 1024 * 1024


def test_it_has_the_verbs_of_the_producer() -> None:
    def verbs(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert verbs(AsyncProducer) == verbs(Producer)


def test_events_from_tasks_and_iterators_arrive_once(sink: Sink) -> None:
    sink.partial = 0.1

    async def stream() -> AsyncIterator[bytes]:
        for number in range(200, 300):
            yield event(number)

    async def run() -> None:
        async with AsyncProducer(sink.target(), linger=0.02) as producer:
            assert all(await asyncio.gather(*(producer.put(event(number)) for number in range(100))))
            assert await producer.put_many(event(number) for number in range(100, 200)) == 100
            assert await producer.put_many(stream()) == 100
            result = await producer.flush(10)
            assert (result.sent, result.complete) == (300, True)
            assert producer.stats().sent == 300

    asyncio.run(run())
    assert sink.events == dict.fromkeys(map(event, range(300)), 1)


@pytest.mark.parametrize("verb", ["put", "flush", "close"])
def test_the_event_loop_runs_while_a_verb_waits(verb: str) -> None:
    async def run(stuck: Sink) -> int:
        producer = AsyncProducer(stuck.target(), max_buffer_bytes=MIB, when_full=FullPolicy.block(1.5))
        while producer.stats().pending_bytes < MIB - 11_000:
            await producer.put(b'"%s"' % (b"x" * 10_000))
        ticks = 0
        big: dict[str, Any] = {"put": lambda: producer.put(b'"%s"' % (b"x" * 20_000))}
        waiting = asyncio.create_task(big.get(verb, lambda: getattr(producer, verb)(1.5))())
        while not waiting.done():
            await asyncio.sleep(0.01)
            ticks += 1
        if verb == "put":
            assert await waiting is False
        await producer.close(0)
        return ticks

    with running_sink(hold=threading.Event()) as stuck:
        start = time.monotonic()
        # A loop that is held up has one turn; a free one a hundred and fifty, or fewer on a busy machine.
        assert asyncio.run(run(stuck)) >= 3
        assert time.monotonic() - start < 30


def test_a_durable_spool_is_opened_outside_the_event_loop(sink: Sink, tmp_path: Path) -> None:
    async def run() -> None:
        async with AsyncProducer(sink.target(), spool=tmp_path) as producer:
            opened: list[int] = []
            recover = producer._core.buffer._recover

            def note() -> None:
                opened.append(threading.get_ident())
                recover()

            producer._core.buffer._recover = note  # type: ignore[method-assign]
            await producer.put(event(1))
            assert opened[0] != threading.get_ident()

    asyncio.run(run())
    assert sink.events == {event(1): 1}


def test_what_put_raises_is_raised_where_it_is_awaited(sink: Sink) -> None:
    async def run() -> None:
        producer = AsyncProducer(sink.target())
        with pytest.raises(InvalidEvent):
            await producer.put(b"{")
        with pytest.raises(InvalidOption, match="no partition keys"):
            await producer.put({}, partition_key="a")
        await producer.close()
        with pytest.raises(ProducerClosed):
            await producer.put({})

    asyncio.run(run())


def test_options_are_checked_as_there() -> None:
    with pytest.raises(InvalidOption, match="linger=-1"):
        AsyncProducer(Sink().target(), linger=-1)


def test_it_can_be_switched_off_and_emptied(sink: Sink) -> None:
    async def run() -> None:
        producer = AsyncProducer(sink.target(), linger=60)
        await producer.put(event(1))
        producer.disable()
        assert await producer.put(event(2)) is False
        producer.enable()
        await producer.put(event(3))
        assert await producer.clear() == 2
        assert (await producer.close()).dropped == 3

    asyncio.run(run())
    assert sink.events == {}


def test_the_event_loop_runs_while_a_long_list_is_put(sink: Sink) -> None:
    async def run() -> int:
        async with AsyncProducer(sink.target(), linger=60) as producer:
            ticks = 0
            putting = asyncio.create_task(producer.put_many([event(number) for number in range(10_000)]))
            while not putting.done():
                await asyncio.sleep(0)
                ticks += 1
            assert await putting == 10_000
        return ticks

    assert asyncio.run(run()) >= 10_000 // 256
