"""Throttling of a stage's methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clickstream_local.common.model import MethodSetting, Stage

Make = Callable[..., Any]


def throttled(*throttles: MethodSetting) -> Stage:
    return Stage("Stage", "prod", method_settings=throttles)


def test_requests_over_the_burst_are_429(gateway: Make, method: Make, message: Make, header: Make) -> None:
    """facts/api-gateway.md#gateway-responses."""
    api = gateway(method(), stage=throttled(MethodSetting("*", "/*", rate=1, burst=2)))
    assert [api.send().status for _ in range(2)] == [200, 200]
    response = api.send()
    assert message(response) == (429, "Too Many Requests")
    assert header(response, "x-amzn-ErrorType") == "TooManyRequestsException"
    assert len(api.calls) == 2


def test_the_bucket_fills_at_the_rate_and_not_above_the_burst(gateway: Make, method: Make) -> None:
    api = gateway(method(), stage=throttled(MethodSetting("*", "/*", rate=2, burst=2)))
    api.send()
    api.send()
    api.now += 0.5
    assert [api.send().status for _ in range(2)] == [200, 429]
    api.now += 60
    assert [api.send().status for _ in range(3)] == [200, 200, 429]


def test_a_setting_for_one_method_wins_and_methods_do_not_share_a_bucket(gateway: Make, method: Make) -> None:
    stage = throttled(MethodSetting("*", "/*", rate=1, burst=1), MethodSetting("POST", "/a/b", rate=1, burst=2))
    api = gateway(method(path="/a/b"), method(path="/c"), stage=stage)
    assert [api.send("/a/b").status for _ in range(3)] == [200, 200, 429]
    assert [api.send("/c").status for _ in range(2)] == [200, 429]


def test_a_stage_without_settings_is_not_throttled(gateway: Make, method: Make) -> None:
    api = gateway(method(), stage=throttled(MethodSetting("*", "/*")))
    assert {api.send().status for _ in range(50)} == {200}


def test_the_preflight_has_a_bucket_of_its_own(gateway: Make, method: Make) -> None:
    stage = throttled(MethodSetting("*", "/*", rate=1, burst=1))
    api = gateway(method(), method(http_method="OPTIONS"), stage=stage)
    assert api.send().status == 200
    assert api.send(method="OPTIONS").status == 200
