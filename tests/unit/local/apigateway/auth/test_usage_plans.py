"""API keys and usage plans: who gets through, and how often (facts/api-gateway.md#gateway-responses; the texts are
inferred).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clickstream_local.common.model import ApiKey, Authorizer, MethodSetting, PlanStage, Stage, UsagePlan

Make = Callable[..., Any]
KEY = ApiKey("Key", "key-id", "shop", "s3cr3t-value")
OTHER = ApiKey("Other", "other-id", "app", "0ther-value")
PLAN = UsagePlan("Plan", "plan-id", (PlanStage("prod"),), ("key-id", "other-id"))
MINE = {"x-api-key": "s3cr3t-value"}
THEIRS = {"x-api-key": "0ther-value"}


def keyed(gateway: Make, *methods: Any, plan: UsagePlan = PLAN, keys: tuple[ApiKey, ...] = (KEY, OTHER)) -> Any:
    return gateway(*methods, api_keys=keys, usage_plans=(plan,))


@pytest.mark.parametrize("headers", [{}, {"x-api-key": ""}, {"x-api-key": "other"}])
def test_a_missing_or_unknown_api_key_is_403_forbidden(
    gateway: Make, method: Make, message: Make, header: Make, headers: dict[str, str]
) -> None:
    api = keyed(gateway, method(api_key_required=True))
    response = api.send(headers=headers)
    assert message(response) == (403, "Forbidden")
    assert header(response, "x-amzn-ErrorType") == "ForbiddenException"
    assert api.calls == []


def test_a_known_api_key_gets_through_and_is_in_the_context(gateway: Make, method: Make) -> None:
    api = keyed(gateway, method("$context.identity.apiKeyId", api_key_required=True))
    assert api.send(headers={"X-API-Key": "s3cr3t-value"}).status == 200
    assert api.sent == "key-id"


def test_a_method_that_needs_no_key_knows_none(gateway: Make, method: Make) -> None:
    api = keyed(gateway, method("[$!context.identity.apiKeyId]"))
    api.send(headers=MINE)
    assert api.sent == "[]"


def test_a_key_that_is_not_enabled_is_403(gateway: Make, method: Make, message: Make) -> None:
    api = keyed(gateway, method(api_key_required=True), keys=(replace(KEY, enabled=False), OTHER))
    assert message(api.send(headers=MINE)) == (403, "Forbidden")
    assert api.send(headers=THEIRS).status == 200


def test_a_key_without_a_plan_for_the_stage_is_403(gateway: Make, method: Make, message: Make) -> None:
    api = keyed(gateway, method(api_key_required=True), plan=replace(PLAN, stages=(PlanStage("beta"),)))
    assert message(api.send(headers=MINE)) == (403, "Forbidden")


def test_each_key_has_the_rate_of_its_plan_to_itself(gateway: Make, method: Make, message: Make) -> None:
    """facts/api-gateway.md#gateway-responses: 429 Too Many Requests."""
    api = keyed(gateway, method(api_key_required=True), plan=replace(PLAN, rate=1, burst=2))
    assert [api.send(headers=MINE).status for _ in range(2)] == [200, 200]
    assert message(api.send(headers=MINE)) == (429, "Too Many Requests")
    assert api.send(headers=THEIRS).status == 200
    api.now += 1
    assert [api.send(headers=MINE).status for _ in range(2)] == [200, 429]


def test_all_methods_share_the_rate_of_the_plan(gateway: Make, method: Make) -> None:
    methods = [method(path=path, api_key_required=True) for path in ("/a", "/b")]
    api = keyed(gateway, *methods, plan=replace(PLAN, rate=1, burst=1))
    assert [api.send(path, headers=MINE).status for path in ("/a", "/b")] == [200, 429]


def test_a_throttle_of_a_method_in_the_plan_stands_in_for_the_plans_own(gateway: Make, method: Make) -> None:
    stages = (PlanStage("prod", (MethodSetting("POST", "/a", rate=1, burst=3),)),)
    methods = [method(path=path, api_key_required=True) for path in ("/a", "/b")]
    api = keyed(gateway, *methods, plan=replace(PLAN, stages=stages, rate=1, burst=1))
    assert [api.send("/a", headers=MINE).status for _ in range(4)] == [200, 200, 200, 429]
    assert [api.send("/b", headers=MINE).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("period", "seconds"),
    [
        ("DAY", 86_400),
        ("WEEK", 7 * 86_400),
        ("MONTH", 31 * 86_400),
    ],
)
def test_over_the_quota_it_is_429_until_the_next_period(
    gateway: Make, method: Make, message: Make, header: Make, period: str, seconds: int
) -> None:
    """facts/api-gateway.md#gateway-responses: usage plan quota, Limit Exceeded."""
    api = keyed(gateway, method(api_key_required=True), plan=replace(PLAN, quota_limit=2, quota_period=period))
    assert [api.send(headers=MINE).status for _ in range(2)] == [200, 200]
    response = api.send(headers=MINE)
    assert message(response) == (429, "Limit Exceeded")
    assert header(response, "x-amzn-ErrorType") == "LimitExceededException"
    assert api.send(headers=THEIRS).status == 200
    api.now += seconds
    assert api.send(headers=MINE).status == 200


def test_what_the_throttle_refuses_does_not_count_for_the_quota(gateway: Make, method: Make) -> None:
    api = keyed(gateway, method(api_key_required=True), plan=replace(PLAN, rate=1, burst=1, quota_limit=2))
    assert [api.send(headers=MINE).status for _ in range(3)] == [200, 429, 429]
    api.now += 1
    assert api.send(headers=MINE).status == 200


def test_with_keys_from_the_authorizer_the_header_opens_nothing(gateway: Make, method: Make, message: Make) -> None:
    """Developer guide, Lambda authorizer output: apiKeySource AUTHORIZER takes usageIdentifierKey."""
    function = "arn:aws:lambda:eu-west-1:111122223333:function:auth"
    authorizer = Authorizer("Auth", "auth-id", "auth", "TOKEN", function, ("method.request.header.T",))
    custom = {"authorization_type": "CUSTOM", "authorizer_id": "auth-id"}
    api = gateway(
        method("$context.identity.apiKeyId", api_key_required=True, **custom),
        api_keys=(KEY,),
        usage_plans=(PLAN,),
        authorizers=(authorizer,),
        api_key_source="AUTHORIZER",
    )
    allow = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    api.functions.answer = {"principalId": "p", "policyDocument": allow}
    assert message(api.send(headers={"T": "one", **MINE})) == (403, "Forbidden")
    api.functions.answer |= {"usageIdentifierKey": "s3cr3t-value"}
    assert api.send(headers={"T": "two"}).status == 200
    assert api.sent == "key-id"


def test_no_reason_holds_a_secret(gateway: Make, method: Make) -> None:
    stage = Stage("Stage", "prod")
    api = gateway(method("#foreach", api_key_required=True), stage=stage, api_keys=(KEY,), usage_plans=(PLAN,))
    assert api.service.unsupported()
    assert "s3cr3t" not in repr(api.service.unsupported())
