from __future__ import annotations

from cdk_clickstream import Throttle
from support.checkout import CHECKOUT
from support.cost import bill

DAY = 86_400


def test_the_default_throttle_stays_under_the_quota_of_firehose() -> None:
    """facts/firehose.md#quotas: 1,000 requests a second in most regions; a token bucket lets rate plus burst
    through.
    """
    assert Throttle().rate + Throttle().burst <= 1_000


def test_an_endpoint_that_is_kept_at_the_default_throttle_costs_less_than_1_000_usd_a_month() -> None:
    """One small event a request is what costs most for each request."""
    abused = bill("--events-per-day", int(Throttle().rate * DAY), "--event-bytes", 100, "--events-per-request", 1)
    assert abused["total"] < 1_000
    page = (CHECKOUT / "docs" / "cost.md").read_text(encoding="utf-8")
    assert f"| `Throttle()`, the default | {Throttle().rate:.0f} | {round(abused['total'], -1):.0f} |" in page
