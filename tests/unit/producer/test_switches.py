"""Consent and patience: disable, enable, clear, and a bound on retries."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from clickstream_producer import DropReason, Producer
from support.producer.sink import Sink, running_sink
from unit.producer.test_delivery import assert_adds_up


def test_disabled_it_drops_new_events_and_sends_those_it_has(sink: Sink) -> None:
    lost: list[DropReason] = []
    with Producer(sink.target(), on_drop=lambda events, reason: lost.append(reason)) as producer:
        producer.put(b"1")
        producer.disable()
        assert producer.put(b"2") is False
        assert producer.put_many([b"3", b"4"]) == 0
        assert producer.flush(10).sent == 1
        producer.enable()
        assert producer.put(b"5")
        stats = producer.stats()
        assert (stats.put, stats.dropped_by_reason) == (5, {DropReason.DISABLED: 3})
        assert_adds_up(stats)
    assert sink.events == {b"1": 1, b"5": 1}
    assert lost == []


def test_disabling_before_the_first_event_works_too(sink: Sink) -> None:
    with Producer(sink.target()) as producer:
        producer.disable()
        assert not producer.put(b"1")
    assert sink.attempts == []


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_clear_drops_what_waits(sink: Sink, events_per_record: int) -> None:
    producer = Producer(sink.target(), linger=60, events_per_record=events_per_record)
    producer.put_many(b"%d" % number for number in range(700 if events_per_record == 500 else 300))
    count = producer.stats().pending
    assert producer.clear() == count > 0
    stats = producer.stats()
    assert (stats.pending, stats.pending_bytes, stats.dropped_by_reason) == (0, 0, {DropReason.CLEARED: count})
    producer.put(b'"after"')
    assert producer.close().sent == 1
    assert sink.events == {b'"after"': 1}


def test_clear_leaves_the_request_that_is_under_way() -> None:
    with running_sink(hold=threading.Event()) as sink:
        producer = Producer(sink.target(), linger=0.01)
        producer.put(b"1")
        while not sink.requests:
            time.sleep(0.005)
        producer.put(b"2")
        assert producer.clear() == 1
        assert sink.hold is not None
        sink.hold.set()
        assert producer.close().sent == 1


def test_clear_empties_the_disk_too(sink: Sink, tmp_path: Path) -> None:
    producer = Producer(sink.target(), linger=60, spool=tmp_path)
    producer.put_many([b"1", b"2"])
    assert producer.clear() == 2
    producer.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("fault", ["down", "partial"])
def test_max_retries_gives_up_by_count(sink: Sink, fault: str) -> None:
    setattr(sink, fault, 1.0)
    lost: list[tuple[list[bytes], DropReason]] = []
    with Producer(
        sink.target(),
        max_retries=2,
        retry_initial=0.01,
        retry_cap=0.02,
        on_drop=lambda events, reason: lost.append((events, reason)),
    ) as producer:
        producer.put_many([b"1", b"2"])
        result = producer.flush(10)
        assert (result.dropped, result.complete) == (2, True)
        assert producer.stats().requests == 3
    assert lost == [([b"1", b"2"], DropReason.RETRIES)]
