"""The durable spool through kill -9 and faults: what put has returned for survives the process."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream_producer import Producer
from support.producer.events import SMALL, event
from support.producer.sink import Sink
from support.producer.soak import Tally, size
from support.producer.spools import WRITER, producer_at, segments, written


@pytest.mark.parametrize("packed", [1, 500])
def test_after_kill_9_every_event_put_is_delivered(sink: Sink, tally: Tally, tmp_path: Path, packed: int) -> None:
    # facts/goals.md#producer, C5. A copy may come of the one request that was under way.
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


@pytest.mark.parametrize("faults", [{}, {"partial": 0.3, "error": 0.1, "reset_before": 0.05}], ids=str)
@pytest.mark.parametrize("events_per_record", [1, 500])
def test_through_faults_no_event_is_missing_and_none_is_doubled(
    sink: Sink, tally: Tally, tmp_path: Path, faults: dict[str, float], events_per_record: int
) -> None:
    # facts/goals.md#producer, C1, with the spool.
    count = size(3_000, 200_000)
    for name, rate in faults.items():
        setattr(sink, name, rate)
    producer = Producer(
        sink.target(),
        spool=tmp_path,
        events_per_record=events_per_record,
        **SMALL,
    )
    producer.put_many([event(number) for number in range(count)])
    sent = producer.close(size(30, 1_800)).sent
    tally("C1", events=count, lost=count - len(sink.events), copies=sink.copies())
    assert sent == count
    assert sink.events == dict.fromkeys(map(event, range(count)), 1)
    assert segments(tmp_path) == []
