from __future__ import annotations

from cdk_clickstream import Throttle


def test_the_default_throttle_stays_under_the_quota_of_firehose() -> None:
    """aws-facts 1.6: 1,000 requests a second in most regions; a token bucket lets rate plus burst through."""
    assert Throttle().rate + Throttle().burst <= 1_000
