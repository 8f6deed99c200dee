"""Buffering hints: whichever of size and interval is reached first (facts/firehose.md#buffering)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from clickstream_local.firehose.records.record import Record
from clickstream_local.firehose.stages.buffer import Buffer

Released = list[list[bytes]]


def play(scenario: Callable[[Buffer], Coroutine[Any, Any, None]], size: int = 10, interval: float = 60) -> Released:
    released: Released = []

    async def main() -> None:
        buffer = Buffer(size, interval, lambda records, _: released.append([record.data for record in records]))
        await scenario(buffer)

    asyncio.run(main())
    return released


def add(*data: bytes) -> Callable[[Buffer], Coroutine[Any, Any, None]]:
    async def scenario(buffer: Buffer) -> None:
        for item in data:
            buffer.add(Record(item, 0))

    return scenario


def test_nothing_is_released_before_a_hint_is_reached() -> None:
    assert play(add(b"12345", b"1234")) == []


def test_reaching_the_size_releases() -> None:
    assert play(add(b"12345", b"12345", b"1")) == [[b"12345", b"12345"]]


def test_a_record_that_would_pass_the_size_begins_the_next_batch() -> None:
    assert play(add(b"123456", b"123456", b"1234")) == [[b"123456"], [b"123456", b"1234"]]


def test_a_record_larger_than_the_size_goes_alone() -> None:
    assert play(add(b"1", b"x" * 20)) == [[b"1"], [b"x" * 20]]


def test_the_interval_counts_from_the_first_record() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.add(Record(b"a", 0))
        await asyncio.sleep(0.1)
        buffer.add(Record(b"b", 0))
        await asyncio.sleep(0.5)
        buffer.add(Record(b"c", 0))

    assert play(scenario, interval=0.5) == [[b"a", b"b"]]


def test_an_interval_of_zero_still_keeps_one_requests_records_together() -> None:
    """facts/firehose.md#buffering: zero buffering delivers within seconds."""

    async def scenario(buffer: Buffer) -> None:
        buffer.add(Record(b"a", 0))
        buffer.add(Record(b"b", 0))
        await asyncio.sleep(0.2)

    assert play(scenario, interval=0) == [[b"a", b"b"]]


def test_many_records_at_once_are_cut_like_single_ones() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.extend([Record(b"123", 0), Record(b"456", 0)], 6)
        buffer.extend([Record(b"789", 0), Record(b"abc", 0)], 6)
        buffer.flush()

    assert play(scenario) == [[b"123", b"456", b"789"], [b"abc"]]


def test_several_records_at_once_wait_for_the_interval_like_single_ones() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.extend([Record(b"a", 0), Record(b"b", 0)], 2)
        await asyncio.sleep(0.2)

    assert play(scenario, interval=0.1) == [[b"a", b"b"]]


def test_a_restored_batch_comes_first_when_it_is_released_again() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.add(Record(b"new", 0))
        buffer.restore([Record(b"old", 0)])
        assert buffer.bytes == 6
        buffer.flush()

    assert play(scenario) == [[b"old", b"new"]]


def test_what_came_back_waits_and_what_comes_meanwhile_waits_with_it() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.restore([Record(b"123456", 0)])
        buffer.add(Record(b"123456", 0))
        buffer.extend([Record(b"12345", 0), Record(b"1", 0)], 6)
        await asyncio.sleep(0.1)

    assert play(scenario, interval=0.01) == []


def test_the_wait_doubles_with_each_failure_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def scenario(buffer: Buffer) -> None:
        monkeypatch.setattr(buffer, "_start_timer", waits.append)
        for _ in range(9):
            buffer.restore([Record(b"old", 0)])
            buffer.drain()
        buffer.failures = 0
        buffer.restore([Record(b"old", 0)])

    play(scenario)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 1]


def test_what_gathered_beyond_the_size_leaves_in_batches_of_it() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.restore([Record(b"12345", 0)] * 5 + [Record(b"x" * 20, 0), Record(b"1", 0)])
        buffer.flush()

    assert play(scenario) == [[b"12345"] * 2, [b"12345"] * 2, [b"12345"], [b"x" * 20], [b"1"]]


def test_flushing_an_empty_buffer_releases_nothing() -> None:
    async def scenario(buffer: Buffer) -> None:
        buffer.flush()

    assert play(scenario) == []
