"""A day without the service, with restarts in between: the age of what is on the disk is faked, all else is real."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from clickstream_producer import FullPolicy, Producer
from clickstream_producer.spool import segment
from support.producer.sink import Sink
from support.producer.soak import Tally, size
from support.producer.spools import stop

HOUR = 3600.0


class SpoolClock:
    """Moves the time that the spool's files carry to so many hours before the end of the day; waiting is real."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hours = 0.0
        fake = SimpleNamespace(monotonic=lambda: time.monotonic() + (self.hours - 24) * HOUR)
        monkeypatch.setattr(segment, "time", fake)


@pytest.mark.parametrize("events_per_record", [1, 500])
def test_a_day_offline_with_three_restarts_loses_nothing_and_keeps_the_order(
    sink: Sink, tally: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events_per_record: int
) -> None:
    # facts/goals.md#producer, C4. facts/peers.md#findings, 3: others delete by a count of attempts, after minutes.
    clock = SpoolClock(monkeypatch)
    each = size(1_000, 67_000)
    events = [b'{"seq":%d,"padding":"0123456789abcdef0123456789abcdef"}' % number for number in range(3 * each)]
    sink.down = True
    for life in range(3):
        clock.hours = 8.0 * life
        producer = offline_for_long(sink, tmp_path, events_per_record)
        assert producer.put_many(events[life * each : life * each + each]) == each
        assert stop(producer).spooled == each * (life + 1)
    clock.hours = 24.0
    sink.down = False
    with offline_for_long(sink, tmp_path, events_per_record) as producer:
        result = producer.flush(size(30, 900))
    tally("C4", events=len(events), lost=len(events) - len(sink.events), copies=sink.copies(), rounds=3)
    assert (result.recovered, result.sent, result.dropped) == (len(events), len(events), 0)
    assert list(sink.events) == events
    assert sink.copies() == 0


def test_of_a_day_offline_exactly_what_is_older_than_max_age_is_dropped_and_counted(
    sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SpoolClock(monkeypatch)
    sink.down = True
    for life in range(3):
        clock.hours = 8.0 * life
        producer = offline_for_long(sink, tmp_path, 500)
        producer.put_many(b'"%d-%d"' % (life, number) for number in range(100))
        stop(producer)
    clock.hours = 24.0
    sink.down = False
    with offline_for_long(sink, tmp_path, 500, max_age="12h") as producer:
        result = producer.flush(30)
    assert (result.recovered, result.sent, result.dropped) == (300, 100, 200)
    assert producer.stats().dropped_by_reason == {"expired": 200}
    assert list(sink.events) == [b'"2-%d"' % number for number in range(100)]


def offline_for_long(sink: Sink, path: Path, events_per_record: int, max_age: str = "7d") -> Producer:
    return Producer(
        sink.target(),
        spool=path,
        events_per_record=events_per_record,
        retry_initial=0.01,
        max_age=max_age,
        when_full=FullPolicy.block(60),
    )
