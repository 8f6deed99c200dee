"""Throttling of a stage's methods by token buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clickstream_local.apigateway.errors import GatewayError
from clickstream_local.apigateway.gateway_types import GatewayType
from clickstream_local.model import MethodThrottle

# The account's own limits stand in where a setting gives only one of the two numbers (aws-facts 10.8).
_ACCOUNT_RATE = 10_000.0
_ACCOUNT_BURST = 5_000


class TokenBucket:
    """Holds at most ``burst`` tokens and wins ``rate`` a second; a request takes one."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take a token if there is one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class StageThrottle:
    """The throttling settings of one stage.

    A setting for one method wins over one for all (``*``, ``/*``); each method has its own bucket. A stage without
    settings is not throttled: the account's limit, which all APIs of a region share, is not imitated.
    """

    def __init__(self, settings: Iterable[MethodThrottle], clock: Callable[[], float]) -> None:
        self._settings = {
            (setting.http_method, setting.resource_path.replace("//", "/")): setting
            for setting in settings
            if setting.rate is not None or setting.burst is not None
        }
        self._clock = clock
        self._buckets: dict[tuple[str, str], TokenBucket | None] = {}

    def check(self, http_method: str, resource_path: str) -> None:
        """Count one request.

        Raises
        ------
        GatewayError
            429 ``Too Many Requests`` when the bucket is empty (aws-facts 10.5; the text is [M]).
        """
        key = (http_method, resource_path)
        if key not in self._buckets:
            self._buckets[key] = self._bucket(http_method, resource_path)
        bucket = self._buckets[key]
        if bucket is not None and not bucket.take():
            raise GatewayError(GatewayType.THROTTLED, "Too Many Requests")

    def _bucket(self, http_method: str, resource_path: str) -> TokenBucket | None:
        candidates = ((http_method, resource_path), ("*", resource_path), (http_method, "/*"), ("*", "/*"))
        setting = next((self._settings[key] for key in candidates if key in self._settings), None)
        if setting is None:
            return None
        rate = _ACCOUNT_RATE if setting.rate is None else setting.rate
        burst = _ACCOUNT_BURST if setting.burst is None else setting.burst
        return TokenBucket(rate, burst, self._clock)
