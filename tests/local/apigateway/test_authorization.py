"""API keys, IAM, authorizers and throttling: who gets through, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.model import ApiKey, MethodThrottle, Stage

Make = Callable[..., Any]
KEY = ApiKey("Key", "key-id", "shop", "s3cr3t-value")
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/execute-api/aws4_request, "
    "SignedHeaders=host, Signature=0"
)


@pytest.mark.parametrize("headers", [{}, {"x-api-key": ""}, {"x-api-key": "other"}])
def test_a_missing_or_unknown_api_key_is_403_forbidden(
    gateway: Make, method: Make, message: Make, header: Make, headers: dict[str, str]
) -> None:
    """aws-facts 10.5."""
    api = gateway(method(api_key_required=True), api_keys=(KEY,))
    response = api.send(headers=headers)
    assert message(response) == (403, "Forbidden")
    assert header(response, "x-amzn-ErrorType") == "ForbiddenException"
    assert api.calls == []


def test_a_known_api_key_gets_through_and_is_in_the_context(gateway: Make, method: Make) -> None:
    api = gateway(method("$context.identity.apiKeyId", api_key_required=True), api_keys=(KEY,))
    assert api.send(headers={"X-API-Key": "s3cr3t-value"}).status == 200
    assert api.sent == "key-id"


def test_a_method_that_needs_no_key_knows_none(gateway: Make, method: Make) -> None:
    api = gateway(method("[$!context.identity.apiKeyId]"), api_keys=(KEY,))
    api.send(headers={"x-api-key": "s3cr3t-value"})
    assert api.sent == "[]"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer abc"}, {"Authorization": "AWS4-HMAC-SHA256 nothing"}]
)
def test_an_iam_method_refuses_a_request_without_sigv4(
    gateway: Make, method: Make, message: Make, headers: dict[str, str]
) -> None:
    api = gateway(method(authorization_type="AWS_IAM"))
    assert message(api.send(headers=headers)) == (403, "Missing Authentication Token")
    assert api.calls == []


def test_an_iam_method_takes_a_signed_request_and_names_its_caller(gateway: Make, method: Make) -> None:
    api = gateway(method("$context.identity.userArn", authorization_type="AWS_IAM"))
    assert api.send(headers={"Authorization": SIGNED}).status == 200
    assert api.sent == "arn:aws:iam::111122223333:user/AKIDEXAMPLE"


def test_that_iam_signatures_are_not_checked_is_named_at_start(gateway: Make, method: Make) -> None:
    [item] = gateway(method(authorization_type="AWS_IAM")).service.unsupported()
    assert item.logical_id == "Method"
    assert "signature is not checked" in item.reason


def test_a_custom_authorizer_is_named_at_start_and_lets_nobody_through(
    gateway: Make, method: Make, message: Make
) -> None:
    api = gateway(method(authorization_type="CUSTOM"))
    assert "AuthorizationType CUSTOM" in api.service.unsupported()[0].reason
    assert message(api.send()) == (500, "Internal server error")
    assert api.calls == []


def throttled(*throttles: MethodThrottle) -> Stage:
    return Stage("Stage", "prod", throttles=throttles)


def test_requests_over_the_burst_are_429(gateway: Make, method: Make, message: Make, header: Make) -> None:
    """aws-facts 10.5."""
    api = gateway(method(), stage=throttled(MethodThrottle("*", "/*", rate=1, burst=2)))
    assert [api.send().status for _ in range(2)] == [200, 200]
    response = api.send()
    assert message(response) == (429, "Too Many Requests")
    assert header(response, "x-amzn-ErrorType") == "TooManyRequestsException"
    assert len(api.calls) == 2


def test_the_bucket_fills_at_the_rate_and_not_above_the_burst(gateway: Make, method: Make) -> None:
    api = gateway(method(), stage=throttled(MethodThrottle("*", "/*", rate=2, burst=2)))
    api.send()
    api.send()
    api.now += 0.5
    assert [api.send().status for _ in range(2)] == [200, 429]
    api.now += 60
    assert [api.send().status for _ in range(3)] == [200, 200, 429]


def test_a_setting_for_one_method_wins_and_methods_do_not_share_a_bucket(gateway: Make, method: Make) -> None:
    stage = throttled(MethodThrottle("*", "/*", rate=1, burst=1), MethodThrottle("POST", "//a/b", rate=1, burst=2))
    api = gateway(method(path="/a/b"), method(path="/c"), stage=stage)
    assert [api.send("/a/b").status for _ in range(3)] == [200, 200, 429]
    assert [api.send("/c").status for _ in range(2)] == [200, 429]


def test_a_stage_without_settings_is_not_throttled(gateway: Make, method: Make) -> None:
    api = gateway(method(), stage=throttled(MethodThrottle("*", "/*")))
    assert {api.send().status for _ in range(50)} == {200}


def test_the_preflight_has_a_bucket_of_its_own(gateway: Make, method: Make) -> None:
    stage = throttled(MethodThrottle("*", "/*", rate=1, burst=1))
    api = gateway(method(), method(http_method="OPTIONS"), stage=stage)
    assert api.send().status == 200
    assert api.send(method="OPTIONS").status == 200


def test_no_reason_holds_a_secret(gateway: Make, method: Make) -> None:
    api = gateway(method(api_key_required=True, authorization_type="AWS_IAM"), api_keys=(KEY,))
    assert not re.search("s3cr3t", repr(api.service.unsupported()))
