"""Events to put, options that meet many faults, and what always has to hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from clickstream_producer import FullPolicy, Stats
from support.producer.soak import size

MIB = 1024 * 1024

TIMEOUT = size(90, 1_800)
"""Customarily two seconds go by. When half of all records fail by chance, a rate that was cut low by chance lasts up to
30 s (rate_limiter.FORGET_AFTER)."""

SMALL: dict[str, Any] = {
    "record_bytes": 5_000,
    "batch_bytes": 40_000,
    "retry_initial": 0.01,
    "when_full": FullPolicy.block(TIMEOUT),
}
"""Small records and requests, so that a few thousand events meet many faults."""


def event(number: int) -> bytes:
    return b'{"event_name":"click","seq":%d,"padding":"0123456789abcdef0123456789abcdef"}' % number


def large_event(number: int) -> bytes:
    """An event of about a kilobyte."""
    return b'{"seq":"%06d","padding":"%s"}' % (number, b"x" * 1_000)


def assert_adds_up(stats: Stats) -> None:
    assert stats.put + stats.recovered == stats.sent + stats.pending + stats.spooled + stats.dropped
    assert stats.dropped == sum(stats.dropped_by_reason.values())
    assert stats.pending >= 0
    assert (stats.pending == 0) == (stats.pending_bytes == 0)


def wait_until(condition: Callable[[], object], timeout: float = 20.0) -> None:
    """Return once the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.01)
