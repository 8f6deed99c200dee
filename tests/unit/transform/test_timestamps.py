"""Times as columns hold them: facts/firehose.md#function-calls and facts/firehose.md#function-reply (OpenX takes no
offsets).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream_transform.timestamps import format_millis, normalise_date_time, to_millis

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = int((datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH).total_seconds() * 1000)
FIRST = int((datetime(1, 1, 1, tzinfo=UTC) - EPOCH).total_seconds() * 1000)


@given(st.integers(FIRST, LAST))
def test_milliseconds_are_written_as_the_calendar_has_them_and_read_back(millis: int) -> None:
    text = format_millis(millis)
    moment = EPOCH + timedelta(milliseconds=millis)
    assert text == moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    assert to_millis(text) == millis
    assert normalise_date_time(text) == (text, True)


@pytest.mark.parametrize("millis", [FIRST - 1, LAST + 1_000, 10**30])
def test_a_time_that_no_calendar_has_is_an_overflow(millis: int) -> None:
    with pytest.raises(OverflowError):
        format_millis(millis)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "2026-11-21T10:00:00Z",
        "2026-11-21 10:00:00.000Z",
        "2026-11-21T10:00:60.000Z",
        "2026-11-21T24:00:00.000Z",
        "2026-02-29T10:00:00.000Z",
        "2026-W47-6T10:00:00.000Z",
        "20261121T10:00+1:00.000Z",
        "2026-11-21T10:00:00.0000",
        "２０２６-11-21T10:00:00.000Z",
        "2026-11-21T10:00:00.000Z ",
        "0000-11-21T10:00:00.000Z",
    ],
)
def test_a_text_in_another_form_is_not_taken_for_a_columns_own(text: str) -> None:
    assert to_millis(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-21 10:38:20+00", "2026-11-21T10:38:20.000Z"),
        ("2026-11-21T10:38:20,123+0100", "2026-11-21T09:38:20.123Z"),
        ("2026-11-21T10:38Z", "2026-11-21T10:38:00.000Z"),
        ("2026-11-21T10:38:60Z", "2026-11-21T10:38:59.999Z"),
        ("2026-11-21T10:38:61Z", None),
    ],
)
def test_a_customary_form_of_a_time_is_read(text: str, time: str | None) -> None:
    assert normalise_date_time(text)[0] == time
