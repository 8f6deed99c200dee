"""API keys and usage plans: who may call a method that asks for a key, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable

from clickstream_local.apigateway.auth.throttle import MethodThrottle, TokenBucket
from clickstream_local.apigateway.context.errors import GatewayError, GatewayType
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.common.model import ApiKey, RestApi, UsagePlan

_DAY = 86_400


class UsagePlans:
    """The keys of an API, by value, with the plan that opens each stage to them.

    With ``ApiKeySourceType`` AUTHORIZER the key is what the Lambda authorizer gives as ``usageIdentifierKey``, and no
    header is looked at.
    """

    def __init__(self, api: RestApi, clock: Callable[[], float]) -> None:
        self._by_value = {key.value: key for key in api.api_keys if key.enabled}
        self._from_authorizer = api.api_key_source == "AUTHORIZER"
        self._usage: dict[tuple[str, str], _Usage] = {}
        for plan in api.usage_plans:
            for key_id in plan.key_ids:
                usage = _Usage(plan, clock)
                for stage in plan.stages:
                    self._usage.setdefault((key_id, stage.name), usage)

    def check(self, context: RequestContext, http_method: str, resource_path: str) -> None:
        """Find the caller's key, note it in ``$context.identity`` and count the request.

        Raises
        ------
        GatewayError
            403 ``Forbidden`` without a known, enabled key whose plan opens the stage; 429 ``Too Many Requests`` over
            the plan's throttle and ``Limit Exceeded`` over its quota (facts/api-gateway.md#gateway-responses; the
            texts are inferred).
        """
        key = self._key(context)
        usage = self._usage.get((key.id, context.stage.name)) if key else None
        if key is None or usage is None:
            raise GatewayError(GatewayType.INVALID_API_KEY, "Forbidden")
        context.variables["identity"].update(apiKey=key.value, apiKeyId=key.id)
        usage.count(context.stage.name, http_method, resource_path)

    def _key(self, context: RequestContext) -> ApiKey | None:
        given = context.usage_identifier_key if self._from_authorizer else context.request.headers.get("x-api-key")
        return self._by_value.get(given or "")


class _Usage:
    """What one key has used of one plan."""

    def __init__(self, plan: UsagePlan, clock: Callable[[], float]) -> None:
        throttled = plan.rate is not None or plan.burst is not None
        self._bucket = TokenBucket(plan.rate, plan.burst, clock) if throttled else None
        self._methods = {stage.name: MethodThrottle(stage.throttles, clock) for stage in plan.stages}
        self._clock = clock
        self._limit = plan.quota_limit
        self._quota_period = plan.quota_period
        self._period: tuple[int, ...] = ()
        self._used = 0

    def count(self, stage: str, http_method: str, resource_path: str) -> None:
        # A throttle of the method stands in for the plan's own.
        if not self._methods[stage].check(http_method, resource_path) and self._bucket is not None:
            self._bucket.take()
        if self._limit is None:
            return
        period = _period(self._quota_period, self._clock())
        if period != self._period:
            self._period, self._used = period, 0
        if self._used >= self._limit:
            raise GatewayError(GatewayType.QUOTA_EXCEEDED, "Limit Exceeded")
        self._used += 1


def _period(kind: str, now: float) -> tuple[int, ...]:
    """The day, the week from Sunday, or the month that a time lies in, in UTC (inferred)."""
    day = int(now // _DAY)
    if kind == "MONTH":
        return tuple(time.gmtime(now)[:2])
    # The epoch began on a Thursday.
    return ((day + 4) // 7,) if kind == "WEEK" else (day,)
