from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clickstream_transform.click.enrich.clock import EARLIEST, MAX_AGE, MAX_FUTURE, correct, undoubted
from support.transform_harness import CLICK_SCHEMA, Transform

RECEIVED = 1_795_255_200_000
EDGES = (EARLIEST, RECEIVED, RECEIVED + MAX_FUTURE, RECEIVED - MAX_AGE)
times = st.one_of(
    st.builds(lambda edge, beside: edge + beside, st.sampled_from(EDGES), st.integers(-2, 2)),
    st.integers(EARLIEST - MAX_AGE, RECEIVED + 2 * MAX_FUTURE),
)


@given(times, times)
@example(RECEIVED - MAX_AGE, RECEIVED)
@example(RECEIVED - MAX_AGE - 1, RECEIVED)
@example(RECEIVED, EARLIEST)
def test_the_short_way_is_taken_where_nothing_is_doubted_and_says_the_same(client_time: int, sent_at: int) -> None:
    judged, short = correct(client_time, sent_at, RECEIVED), undoubted(client_time, sent_at, RECEIVED)
    corrected = client_time + RECEIVED - sent_at
    if judged.flags or judged.event_time != corrected:
        assert short is None
    else:
        assert short == judged.event_time


NAME = {"event_name": "click"}


@pytest.mark.parametrize(
    ("client_time", "sent_at", "expected", "flags"),
    [
        (None, None, {"event_time": "2026-11-21T10:00:00.123Z"}, []),
        (
            "2026-11-21T09:00:00Z",
            None,
            {"event_time": "2026-11-21T09:00:00.000Z", "client_time": "2026-11-21T09:00:00.000Z"},
            [],
        ),
        (
            "2026-11-21T09:59:00+02:00",
            "2026-11-21T09:59:05+02:00",
            {
                "event_time": "2026-11-21T09:59:55.123Z",
                "client_time": "2026-11-21T07:59:00.000Z",
                "sent_at": "2026-11-21T07:59:05.000Z",
            },
            [],
        ),
        ("1999-12-31T23:59:59Z", None, {"event_time": "2026-11-21T10:00:00.123Z"}, ["time_range"]),
        ("2026-11-22T10:00:00.124Z", None, {"event_time": "2026-11-21T10:00:00.123Z"}, ["time_future"]),
        (
            "2026-11-22T10:00:00.123Z",
            None,
            {"event_time": "2026-11-22T10:00:00.123Z", "client_time": "2026-11-22T10:00:00.123Z"},
            [],
        ),
        (
            "2026-11-18T10:00:00.122Z",
            None,
            {"event_time": "2026-11-18T10:00:00.122Z", "client_time": "2026-11-18T10:00:00.122Z"},
            ["time_stale"],
        ),
        ("1970-01-01T00:00:10Z", "1970-01-01T00:00:11Z", {"event_time": "2026-11-21T09:59:59.123Z"}, ["time_range"]),
        (
            "2026-11-21T08:00:00Z",
            "2000-01-01T00:00:00Z",
            {
                "event_time": "2026-11-21T08:00:00.000Z",
                "client_time": "2026-11-21T08:00:00.000Z",
                "sent_at": "2000-01-01T00:00:00.000Z",
            },
            [],
        ),
    ],
    ids=["none", "client", "skew", "before 2000", "future", "a day ahead", "stale", "clock at 1970", "nonsense pair"],
)
def test_the_time_of_an_event_is_corrected_for_the_clients_clock(
    client_time: str | None, sent_at: str | None, expected: dict[str, str], flags: list[str]
) -> None:
    """skew-corrected as Snowplow's derived_tstamp; a client's time is null if implausible."""
    row = Transform().row(NAME | {"client_time": client_time, "sent_at": sent_at})
    assert {name: row[name] for name in ("event_time", "client_time", "sent_at") if name in row} == expected
    assert row.get("enrich_flags", []) == flags


def test_a_required_time_that_is_not_plausible_rejects_the_event() -> None:
    schema = CLICK_SCHEMA | {"required": ["event_name", "client_time"]}
    transform = Transform(schema=schema)
    assert transform.reasons(NAME | {"client_time": "1999-01-01T00:00:00Z"}) == [("client_time", "required")]
