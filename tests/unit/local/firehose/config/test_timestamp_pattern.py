"""Patterns of java.time's DateTimeFormatter (facts/firehose.md#prefixes)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clickstream_local.firehose.config.timestamp_pattern import PatternError, compile_timestamp_pattern

INSTANT = datetime(2026, 1, 3, 15, 4, 5, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd-HH-mm-ss", "2026-01-03-15-04-05"),
        ("yy/M/d/H", "26/1/3/15"),
        ("uuuu", "2026"),
        ("MMM MMMM MMMMM", "Jan January J"),
        ("EEE EEEE", "Sat Saturday"),
        ("DDD", "003"),
        ("D", "3"),
        ("hh a", "03 PM"),
        ("kk KK", "15 03"),
        ("SSS", "000"),
        ("'year='yyyy", "year=2026"),
        ("yyyy''MM", "2026'01"),
        ("'it''s'", "it's"),
        ("Q", "1"),
        ("XXX xxx Z", "Z +00:00 +0000"),
        ("VV", "UTC"),
    ],
)
def test_a_field_is_written_as_java_writes_it(pattern: str, text: str) -> None:
    assert compile_timestamp_pattern(pattern)(INSTANT) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ((2025, 12, 27), "2025-52-7"),
        ((2025, 12, 28), "2026-01-1"),
        ((2026, 1, 3), "2026-01-7"),
        ((2026, 1, 4), "2026-02-1"),
    ],
)
def test_weeks_begin_on_sunday_and_week_one_holds_the_first_of_january(day: tuple[int, int, int], text: str) -> None:
    """facts/firehose.md#prefixes: as en-US; YYYY is the week's year, a classic bug around New Year."""
    assert compile_timestamp_pattern("YYYY-ww-e")(datetime(*day, tzinfo=UTC)) == text


def test_a_zone_moves_the_fields() -> None:
    assert compile_timestamp_pattern("dd HH xxx")(INSTANT.astimezone(ZoneInfo("Asia/Kolkata"))) == "03 20 +05:30"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("yyyy'", "not closed"), ("yyyy#", "'#' is reserved"), ("bbb", "'bbb' is not a field"), ("ddd", "'ddd' is not")],
)
def test_a_bad_pattern_is_named(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        compile_timestamp_pattern(pattern)
