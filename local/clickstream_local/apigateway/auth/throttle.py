"""Throttling by token buckets: of a stage's methods, and of a client."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clickstream_local.apigateway.context.errors import GatewayError, GatewayType
from clickstream_local.common.model import MethodSetting, setting_of

# The account's own limits stand in where a setting gives only one of the two numbers (facts/api-gateway.md#limits).
_ACCOUNT_RATE = 10_000.0
_ACCOUNT_BURST = 5_000


class TokenBucket:
    """Holds at most ``burst`` tokens and wins ``rate`` a second; a request takes one."""

    def __init__(self, rate: float | None, burst: int | None, clock: Callable[[], float]) -> None:
        self._rate = _ACCOUNT_RATE if rate is None else rate
        self._burst = _ACCOUNT_BURST if burst is None else burst
        self._clock = clock
        self._tokens = float(self._burst)
        self._filled_at = clock()

    def take(self) -> None:
        """Take a token.

        Raises
        ------
        GatewayError
            429 ``Too Many Requests`` when there is none (facts/api-gateway.md#gateway-responses; the text is inferred).
        """
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            raise GatewayError(GatewayType.THROTTLED, "Too Many Requests")
        self._tokens -= 1


class MethodThrottle:
    """Throttles methods by settings, each method in a bucket of its own.

    A method without a setting is not throttled: the account's limit, which all APIs of a region share, is not imitated.
    """

    def __init__(self, settings: Iterable[MethodSetting], clock: Callable[[], float]) -> None:
        self._settings = tuple(settings)
        self._clock = clock
        self._buckets: dict[tuple[str, str], TokenBucket | None] = {}

    def check(self, http_method: str, resource_path: str) -> bool:
        """Count one request; False when there is no setting for the method.

        Raises
        ------
        GatewayError
            429 when the method's bucket is empty.
        """
        key = (http_method, resource_path)
        if key not in self._buckets:
            setting = setting_of(self._settings, http_method, resource_path, where=_throttles)
            self._buckets[key] = TokenBucket(setting.rate, setting.burst, self._clock) if setting else None
        bucket = self._buckets[key]
        if bucket is None:
            return False
        bucket.take()
        return True


def _throttles(setting: MethodSetting) -> bool:
    return setting.rate is not None or setting.burst is not None
