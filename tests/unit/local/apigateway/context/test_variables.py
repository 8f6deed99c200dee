"""``$context`` (facts/api-gateway.md#mapping-templates, apigateway-runtime.json)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.model import Stage

Make = Callable[..., Any]


def rendered(gateway: Make, method: Make, template: str, **request: Any) -> str:
    api = gateway(method(template, path="/a/{b}"), stage=Stage("Stage", "prod", {"team": "web"}))
    api.send("/a/x%20y", **request)
    return str(api.sent)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accountId", "111122223333"),
        ("apiId", "a1b2c3"),
        ("domainName", "a1b2c3.execute-api.eu-west-1.amazonaws.com"),
        ("domainPrefix", "a1b2c3"),
        ("httpMethod", "POST"),
        ("identity.sourceIp", "203.0.113.9"),
        ("identity.userAgent", "Mozilla/5.0"),
        ("identity.userArn", ""),
        ("path", "/prod/a/x%20y"),
        ("protocol", "HTTP/1.1"),
        ("requestTime", "21/Nov/2026:10:00:00 +0000"),
        ("requestTimeEpoch", "1795255200123"),
        ("resourceId", "res1"),
        ("resourcePath", "/a/{b}"),
        ("stage", "prod"),
        ("authorizer.principalId", ""),
    ],
)
def test_context_values(gateway: Make, method: Make, name: str, value: str) -> None:
    assert rendered(gateway, method, f"$context.{name}", headers={"User-Agent": "Mozilla/5.0"}) == value


def test_stage_variables_reach_the_template(gateway: Make, method: Make) -> None:
    assert rendered(gateway, method, "$stageVariables.team") == "web"


def test_the_request_id_is_a_uuid(gateway: Make, method: Make) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", rendered(gateway, method, "$context.requestId"))


def test_the_extended_request_id_is_16_characters_that_end_with_an_equals_sign(gateway: Make, method: Make) -> None:
    assert re.fullmatch(r"[\w-]{15}=", rendered(gateway, method, "$context.extendedRequestId"))


def test_no_client_can_choose_the_extended_request_id(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#mapping-templates."""
    headers = {"x-amz-apigw-id": "mine", "x-amzn-RequestId": "mine", "X-Amz-Cf-Id": "mine"}
    assert "mine" not in rendered(gateway, method, "$context.extendedRequestId $context.requestId", headers=headers)


def test_ids_differ_between_requests(gateway: Make, method: Make) -> None:
    api = gateway(method("$context.extendedRequestId"))
    for _ in range(50):
        api.send()
    assert len({body for *_, body in api.calls}) == 50
