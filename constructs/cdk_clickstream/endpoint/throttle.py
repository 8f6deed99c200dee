"""Request throttling of the API's stage."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_clickstream._validation import check_range, checked


@checked
@dataclass(frozen=True)
class Throttle:
    """Token bucket in front of the endpoint; a request over it is answered 429.

    It bounds the bill of an open endpoint: whoever keeps one busy for a month at the default costs its owner about
    970 USD, and about 6,000 at 800 requests a second (docs/cost.md). The default carries 8.6 million requests a day,
    each with up to 500 events; raise it when your own traffic gets near.

    One request is one PutRecord. Firehose takes 1,000 requests a second in most regions and 2,000 in three
    (facts/firehose.md#quotas): keep rate plus burst below. The same quota also holds 1 MiB (5 MiB) a second, which
    throttles large
    requests earlier: those are answered 503.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

    Parameters
    ----------
    rate:
        Requests a second, 1..10,000 (the account's own limit). Default: 100.
    burst:
        Requests at once, 1..5,000 (the account's own limit). Default: 500.
    """

    rate: float = 100
    burst: int = 500

    def __post_init__(self) -> None:
        remedy = "lower it; a higher account limit needs a quota increase"
        check_range("throttle.rate", self.rate, 1, 10_000, "requests a second", remedy)
        check_range("throttle.burst", self.burst, 1, 5_000, "requests", remedy)
