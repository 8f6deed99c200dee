"""The judge of a client's times has a short way for what it never doubts: both ways say the same."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from clickstream_transform.click.enrich.clock import EARLIEST, MAX_AGE, MAX_FUTURE, correct, undoubted

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
