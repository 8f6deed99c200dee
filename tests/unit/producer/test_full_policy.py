"""The choice for a full buffer."""

from __future__ import annotations

from clickstream_producer import FullPolicy


def test_blocking_takes_a_duration() -> None:
    assert FullPolicy.block("2s").timeout == 2.0
