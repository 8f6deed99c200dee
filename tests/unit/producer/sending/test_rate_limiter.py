"""The rate limiter: near a quota that nobody told, and no slower than that."""

from __future__ import annotations

import random
import time

import pytest

from clickstream_producer import Producer
from clickstream_producer._limits import MAX_REQUEST_RECORDS
from clickstream_producer.sending.rate_limiter import FORGET_AFTER, RECOVERY, RateLimiter
from support.producer.events import event
from support.producer.sink import Sink


class Service:
    """A stream with a quota of records a second, saved up for ``burst`` seconds, and a sender that always has more."""

    def __init__(self, quota: float, *, burst: float = 1.0, whole: bool = False, latency: float = 0.01) -> None:
        self.now = 1_000.0
        self.quota, self.burst, self.whole, self.latency = quota, burst, whole, latency
        self.tokens = quota * burst
        self.pace = RateLimiter(lambda: self.now)
        self.random = random.Random(20261121)
        self.unlucky = 0.0
        self.taken = self.throttled = self.requests = 0

    def run(self, seconds: float) -> tuple[float, float]:
        """Give records a second that got through, and throttled ones for each of those."""
        self.taken = self.throttled = self.requests = 0
        end = self.now + seconds
        while self.now < end:
            began, records = self.now, self.pace.max_records
            self._pass(self.latency)
            if self.whole:
                taken = records if self.tokens >= records and self.random.random() >= self.unlucky else 0
            else:
                lucky = sum(self.random.random() >= self.unlucky for _ in range(records)) if self.unlucky else records
                taken = min(lucky, int(self.tokens))
            self.tokens -= taken
            self.taken += taken
            self.throttled += records - taken
            self.requests += 1
            self.pace.note(began, taken, records - taken)
            self._pass(self.pace.pause)
        return self.taken / seconds, self.throttled / max(1, self.taken)

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        self.tokens = min(self.quota * self.burst, self.tokens + seconds * self.quota)


@pytest.mark.parametrize(("quota", "whole"), [(20, False), (1_000, False), (1_000, True), (20_000, True)])
@pytest.mark.parametrize("burst", [1.0, 5.0])
def test_goodput_is_near_the_quota_and_little_is_sent_in_vain(quota: float, burst: float, whole: bool) -> None:
    service = Service(quota, burst=burst, whole=whole)
    service.run(10)
    goodput, waste = service.run(60)
    assert goodput > 0.85 * quota
    assert waste < 0.1


def test_without_throttling_there_is_no_limit() -> None:
    service = Service(1e9)
    service.run(10)
    assert (service.pace.limit, service.pace.max_records, service.pace.pause) == (None, MAX_REQUEST_RECORDS, 0.0)


def test_a_quota_that_is_raised_is_found_within_seconds() -> None:
    service = Service(1_000)
    service.run(10)
    service.quota = 10_000
    service.run(FORGET_AFTER + 5)
    assert service.run(20)[0] > 8_500


def test_a_quota_that_falls_is_found_within_seconds() -> None:
    service = Service(10_000)
    service.run(10)
    service.quota = service.tokens = 1_000
    service.run(2 * RECOVERY)
    goodput, waste = service.run(20)
    assert goodput > 850
    assert waste < 0.1


def test_the_limit_ends_when_nothing_is_throttled_any_more() -> None:
    service = Service(1_000)
    service.run(5)
    assert service.pace.limit is not None
    service.now += FORGET_AFTER + 1
    assert service.pace.limit is None


@pytest.mark.parametrize("whole", [False, True], ids=["records", "requests"])
@pytest.mark.parametrize("unlucky", [0.01, 0.1, 0.5])
def test_throttling_that_does_not_come_from_the_rate_does_not_slow_down_for_long(unlucky: float, whole: bool) -> None:
    # facts/goals.md#producer, C1: such faults are chance. A pace that obeyed each of them would come to a standstill.
    healthy = 500 / 0.01
    service = Service(1e9, whole=whole)
    service.unlucky = unlucky
    assert service.run(120)[0] > 0.5 * healthy * (1 - unlucky)


def test_a_stream_that_takes_nothing_leaves_the_pauses_to_the_back_off() -> None:
    pace = RateLimiter(lambda: 7.0)
    pace.note(1.0, 0, 500)
    assert pace.limit is None


@pytest.mark.parametrize("kinesis", [False, True])
def test_a_producer_keeps_to_a_quota_of_its_stream(sink: Sink, kinesis: bool) -> None:
    sink.records_per_second, sink.tokens = 1_000.0, 1_000.0
    start = time.monotonic()
    with Producer(sink.target(kinesis=kinesis), events_per_record=1, linger=0.1) as producer:
        assert producer.stats().rate_limit is None
        producer.put_many(event(number) for number in range(6_000))
        assert producer.flush(30).complete
        took = time.monotonic() - start
        stats = producer.stats()
    assert sink.events == dict.fromkeys(map(event, range(6_000)), 1)
    # Five seconds are the least, since a second was saved up; the rest is for a busy machine.
    assert took < 25
    assert stats.rate_limit is not None
    assert 300 < stats.rate_limit < 2_000
    # Without a pace, 11,000 and more were sent again on the same machine.
    assert stats.records_retried < 9_000
