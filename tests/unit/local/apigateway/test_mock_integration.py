"""MOCK integrations, as the CORS preflight uses them (aws-facts 10.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.model import IntegrationResponse

Make = Callable[..., Any]


def mock(template: str, *entries: IntegrationResponse) -> dict[str, Any]:
    return {
        "template": template,
        "http_method": "OPTIONS",
        "integration": {
            "type": "MOCK",
            "service": None,
            "action": None,
            "responses": entries or (IntegrationResponse(200),),
        },
    }


def test_a_preflight_is_answered_with_the_mapped_headers(gateway: Make, method: Make, header: Make) -> None:
    names = {"Origin": "'*'", "Methods": "'OPTIONS,POST'", "Headers": "'Content-Type'"}
    mapping = {f"method.response.header.Access-Control-Allow-{name}": value for name, value in names.items()}
    api = gateway(method(**mock('{"statusCode": 204}', IntegrationResponse(204, response_parameters=mapping))))
    response = api.send(body=b"", method="OPTIONS")
    assert (response.status, response.body) == (204, b"")
    assert header(response, "Access-Control-Allow-Origin") == "*"
    assert header(response, "Access-Control-Allow-Methods") == "OPTIONS,POST"
    assert header(response, "Access-Control-Allow-Headers") == "Content-Type"
    assert header(response, "X-Amzn-Trace-Id") is None
    assert api.calls == []


@pytest.mark.parametrize("template", ['{"statusCode": 418}', "{statusCode: 418}", '{ "a" : 1, statusCode : 418 }'])
def test_the_status_code_selects_the_response(gateway: Make, method: Make, template: str) -> None:
    """aws-facts 10.7: {statusCode: 200} without quotes is also accepted."""
    api = gateway(method(**mock(template, IntegrationResponse(200), IntegrationResponse(418, "418"))))
    assert api.send(method="OPTIONS").status == 418


@pytest.mark.parametrize("template", ["", "{}", "hello", '{"statusCode": "200"}', '{"statusCode": true}', "[200]"])
def test_without_an_integer_status_code_it_is_500(gateway: Make, method: Make, message: Make, template: str) -> None:
    """aws-facts 10.7."""
    assert message(gateway(method(**mock(template))).send(method="OPTIONS")) == (500, "Internal server error")


def test_a_mock_response_may_have_a_body(gateway: Make, method: Make) -> None:
    entry = IntegrationResponse(200, response_templates={"application/json": '{"path":"$context.resourcePath"}'})
    api = gateway(method(**mock('{"statusCode": 200}', entry)))
    assert api.send(method="OPTIONS").body == b'{"path":"/events"}'
