"""The durable spool: what put has returned for survives the process."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream_producer import DropReason, FullPolicy, Producer
from support.producer.sink import Sink
from support.producer.soak import Tally, size
from support.producer.spools import WRITER, producer_at, segments, stop, written
from unit.producer.test_delivery import SMALL, assert_adds_up, event, wait_until


@pytest.mark.parametrize("packed", [1, 500])
def test_after_kill_9_every_event_put_is_delivered(sink: Sink, tally: Tally, tmp_path: Path, packed: int) -> None:
    # producers.md section 7, C5. A copy may come of the one request that was under way.
    rounds = size(4, 200)
    sink.partial, sink.error = 0.05, 0.05
    chance = random.Random(packed)
    put: list[range] = []
    start = 0
    for _ in range(rounds):
        command = [sys.executable, "-c", WRITER, sink.url, str(tmp_path), str(start), str(packed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.25))
            process.send_signal(signal.SIGKILL)
            seen = process.stdout.read().split()
        put.append(range(start, int(seen[-1]) if seen else start + 1))
        start = put[-1].stop + 1_000
    with producer_at(sink, tmp_path) as producer:
        result = producer.flush(size(30, 900))
    assert result.complete
    expected = {written(number) for numbers in put for number in numbers}
    allowed = rounds * (20_000 // len(written(0)))  # a request a round
    lost = len(expected - set(sink.events))
    tally("C5", events=len(expected), lost=lost, copies=max(0, sink.copies() - allowed), rounds=rounds)
    assert lost == 0
    # One more event may have been put and not said so.
    assert len(set(sink.events) - expected) <= rounds
    assert sink.copies() <= allowed
    assert sink.broken_limits == []
    assert segments(tmp_path) == []


def test_what_close_could_not_send_is_sent_by_the_next_producer(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    lost: list[DropReason] = []
    producer = producer_at(sink, tmp_path, on_drop=lambda events, reason: lost.append(reason))
    producer.put_many(event(number) for number in range(1_000))
    result = stop(producer, 0.2)
    assert (result.sent, result.spooled, result.pending, result.dropped) == (0, 1_000, 0, 0)
    assert lost == []
    sink.down = False
    with producer_at(sink, tmp_path) as later:
        later.put(event(1_000))
        result = later.flush(10)
    assert (result.put, result.recovered, result.sent) == (1, 1_000, 1_001)
    assert_adds_up(later.stats())
    assert list(sink.events) == [event(number) for number in range(1_001)]
    assert sink.copies() == 0


def test_an_outage_with_three_restarts_loses_nothing_and_keeps_the_order(sink: Sink, tmp_path: Path) -> None:
    # producers.md section 7, C4 in small.
    sink.down = True
    for part in range(3):
        producer = producer_at(sink, tmp_path, events_per_record=10)
        producer.put_many(event(number) for number in range(part * 200, part * 200 + 200))
        assert stop(producer).spooled == part * 200 + 200
    sink.down = False
    with producer_at(sink, tmp_path) as producer:
        assert producer.flush(10).recovered == 600
    assert list(sink.events) == [event(number) for number in range(600)]


def test_nothing_stays_on_the_disk_once_all_is_delivered(sink: Sink, tmp_path: Path) -> None:
    with producer_at(sink, tmp_path, when_full=FullPolicy.block(20)) as producer:
        producer.put_many(event(number) + b" " * 2_000 for number in range(10_000))  # more than two segments
        wait_until(lambda: producer.stats().sent == 10_000, 30)
        assert len(segments(tmp_path)) <= 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert sink.copies() == 0


def test_a_record_that_was_acknowledged_is_not_sent_again(sink: Sink, tmp_path: Path) -> None:
    producer = producer_at(sink, tmp_path, events_per_record=1)
    producer.put_many([b"1", b"2"])
    assert producer.flush(10).sent == 2
    sink.down = True
    producer.put(b"3")
    assert stop(producer).spooled == 1
    sink.down = False
    with producer_at(sink, tmp_path) as later:
        assert later.flush(10).recovered == 1
    assert sink.events == {b"1": 1, b"2": 1, b"3": 1}


def test_partition_keys_survive(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = Producer(sink.target(kinesis=True), spool=tmp_path, retry_initial=0.01)
    producer.put(b"1", partition_key="k\u00e9y")
    producer.put(b"2")
    stop(producer)
    sink.down = False
    with Producer(sink.target(kinesis=True), spool=tmp_path) as later:
        assert later.flush(10).sent == 2
    assert sink.keys[0] == ("k\u00e9y", b"1\n")


def test_old_events_expire_by_the_wall_clock_across_processes(sink: Sink, tmp_path: Path) -> None:
    sink.down = True
    producer = producer_at(sink, tmp_path)
    producer.put(b"1")
    stop(producer, 0.05)
    time.sleep(0.3)
    sink.down = False
    with producer_at(sink, tmp_path, max_age=0.2) as later:
        result = later.flush(10)
    assert (result.recovered, result.dropped, result.sent) == (1, 1, 0)
    assert segments(tmp_path) == []


@pytest.mark.parametrize("faults", [{}, {"partial": 0.3, "error": 0.1, "reset_before": 0.05}], ids=str)
@pytest.mark.parametrize("events_per_record", [1, 500])
def test_through_faults_no_event_is_missing_and_none_is_doubled(
    sink: Sink, tally: Tally, tmp_path: Path, faults: dict[str, float], events_per_record: int
) -> None:
    # producers.md section 7, C1, with the spool.
    count = size(3_000, 200_000)
    for name, rate in faults.items():
        setattr(sink, name, rate)
    producer = Producer(sink.target(), spool=tmp_path, events_per_record=events_per_record, **SMALL)
    producer.put_many([event(number) for number in range(count)])
    sent = producer.close(size(30, 1_800)).sent
    tally("C1", events=count, lost=count - len(sink.events), copies=sink.copies())
    assert sent == count
    assert sink.events == dict.fromkeys(map(event, range(count)), 1)
    assert segments(tmp_path) == []


def test_events_of_the_largest_size_fit(sink: Sink, tmp_path: Path) -> None:
    big = [b'"%d%s"' % (number, b"x" * 1_023_990) for number in range(10)]
    with producer_at(sink, tmp_path) as producer:
        producer.put_many(big)
        assert producer.flush(20).sent == 10
    assert list(sink.events) == big
