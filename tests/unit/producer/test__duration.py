"""Durations."""

from __future__ import annotations

import pytest

from clickstream_producer._duration import seconds


@pytest.mark.parametrize(
    ("text", "number"), [("250ms", 0.25), ("5s", 5.0), ("1.5 m", 90.0), ("12h", 43_200.0), ("7d", 604_800.0), (3, 3.0)]
)
def test_a_duration_is_seconds_or_text_with_a_unit(text: str | float, number: float) -> None:
    assert seconds("linger", text) == number
