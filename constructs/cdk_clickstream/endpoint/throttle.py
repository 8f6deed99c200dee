"""Request throttling of the API's stage."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_clickstream._validation import check_range, checked


@checked
@dataclass(frozen=True)
class Throttle:
    """Token bucket in front of the endpoint; a request over it is answered 429.

    One request is one PutRecord. Firehose takes 1,000 requests a second in most regions and 2,000 in three
    (aws-facts 1.6), so the default lets through at most 1,000 in any second: rate plus burst. The same quota also
    holds 1 MiB (5 MiB) a second, which throttles large requests earlier: those are answered 503.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

    Parameters
    ----------
    rate:
        Requests a second, 1..10,000 (the account's own limit). Default: 800.
    burst:
        Requests at once, 1..5,000 (the account's own limit). Default: 200.
    """

    rate: float = 800
    burst: int = 200

    def __post_init__(self) -> None:
        remedy = "lower it; a higher account limit needs a quota increase"
        check_range("throttle.rate", self.rate, 1, 10_000, "requests a second", remedy)
        check_range("throttle.burst", self.burst, 1, 5_000, "requests", remedy)
