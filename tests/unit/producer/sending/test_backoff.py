"""Waiting times: full jitter under a bound that doubles up to the cap."""

from __future__ import annotations

import pytest

from clickstream_producer.options import Growth
from clickstream_producer.sending.backoff import PARTIAL_CAP, Backoff


def test_waits_after_failures_stay_under_a_bound_that_doubles_up_to_the_cap() -> None:
    highest = [0.0] * 12
    for _ in range(300):
        backoff = Backoff(0.1, 30.0)
        highest = [max(seen, backoff.after_failure()) for seen in highest]
    for failure, seen in enumerate(highest):
        bound = min(30.0, 0.1 * 2**failure)
        assert bound / 2 < seen <= bound


def test_a_thousand_failures_do_not_overflow() -> None:
    backoff = Backoff(0.1, 30.0)
    assert all(0 <= backoff.after_failure() <= 30 for _ in range(2000))


def test_a_success_forgets_the_failures() -> None:
    backoff = Backoff(0.1, 30.0)
    for _ in range(20):
        backoff.after_failure()
    backoff.after_success()
    assert backoff.after_failure() <= 0.1


def test_after_the_first_partial_failure_there_is_no_wait_then_one_by_the_share_that_failed() -> None:
    # facts/peers.md#findings: resend only the failed ones, at once once, then back off.
    backoff = Backoff(0.1, 30.0)
    assert backoff.after_partial(0.5) == 0.0
    waits = [backoff.after_partial(0.5) for _ in range(300)]
    assert 0.25 * PARTIAL_CAP < max(waits) <= 0.5 * PARTIAL_CAP


@pytest.mark.parametrize(
    ("growth", "bounds"),
    [("exponential", [0.1, 0.2, 0.4, 0.8, 1.0]), ("linear", [0.1, 0.2, 0.3, 0.4, 0.5]), ("constant", [0.1] * 5)],
)
def test_the_bound_grows_as_chosen(growth: Growth, bounds: list[float]) -> None:
    highest = [0.0] * len(bounds)
    for _ in range(300):
        backoff = Backoff(0.1, 1.0, growth)
        highest = [max(seen, backoff.after_failure()) for seen in highest]
    for bound, seen in zip(bounds, highest, strict=True):
        assert bound * 0.8 < seen <= bound


def test_after_a_refusal_it_waits_ten_times_as_long_and_never_next_to_nothing() -> None:
    backoff = Backoff(0.1, 30.0)
    for failure in range(10):
        bound = min(60.0, 2.0**failure)
        assert bound / 2 <= backoff.after_refusal() <= bound
