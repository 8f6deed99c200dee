from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clickstream_local.common.window import Window

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def millis(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", "2026-11-30T11:30+00:00"),
        ("2h", "2026-11-30T10:00+00:00"),
        ("7d", "2026-11-23T12:00+00:00"),
        ("2026-11-29", "2026-11-29T00:00+00:00"),
        ("2026-11-29T10:00", "2026-11-29T10:00+00:00"),
        ("2026-11-29T10:00+01:00", "2026-11-29T09:00+00:00"),
    ],
)
def test_a_time_is_an_age_or_iso_8601(text: str, moment: str) -> None:
    window = Window.of(text, None, NOW)
    assert window.since == millis(moment)
    assert window.holds(window.since)
    assert not window.holds(window.since - 1)


def test_what_arrived_at_the_end_is_left_out() -> None:
    window = Window.of(None, "1h", NOW)
    assert [window.holds(window.until + shift) for shift in (-1, 0)] == [True, False]


@pytest.mark.parametrize(("since", "until"), [("yesterday", None), ("1h", "2h"), ("1 h", None)])
def test_what_is_no_time_or_no_range_is_refused(since: str, until: str | None) -> None:
    with pytest.raises(ValueError, match=r"is no time: write an age|is empty"):
        Window.of(since, until, NOW)


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [
        ("dt=2026-11-27/", False),
        ("dt=2026-11-28/", True),  # it may be a day of another time zone
        ("dt=2026-12-02/", False),
        ("2026/11/30/", True),
        ("2026/11/", True),
        ("processing-failed/", True),
        ("dt=2026-99-99/", True),
        ("120261101-01-01/", True),
    ],
)
def test_only_folders_whose_day_is_too_far_off_are_left_out(folder: str, wanted: bool) -> None:
    assert Window.of("12h", "1h", NOW).may_hold_folder(folder) is wanted
