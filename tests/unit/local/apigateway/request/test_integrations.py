"""AWS integrations, and MOCK integrations as the CORS preflight uses them (facts/api-gateway.md#aws-integration,
#cors).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.model import IntegrationResponse, Stage

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


@pytest.mark.parametrize(
    "template",
    [
        '{"statusCode": 418}',
        "{statusCode: 418}",
        "{'statusCode': 418, '': ''}",
        '{ "a" : 1, statusCode : 418 }',
        '{"statusCode": 418, }',
        '{"statusCode": 418 ,, }',
        "{statusCode: 418, foo}: [ba r]}",
        '{"statusCode": 418, "a": [1, 2,]}',
    ],
)
def test_the_status_code_selects_the_response(gateway: Make, method: Make, template: str) -> None:
    """facts/api-gateway.md#mapping-templates, #cors: the template is read permissively; the comma at the end was
    recorded on AWS.
    """
    api = gateway(method(**mock(template, IntegrationResponse(200), IntegrationResponse(418, "418"))))
    assert api.send(method="OPTIONS").status == 418


@pytest.mark.parametrize(
    "template",
    [
        *("", "{}", "hello", '{"statusCode": "200"}', '{"statusCode": true}', "[200]", "statusCode: 200"),
        *('{"statusCode": 200', "{\"statusCode': 200 }", "{'statusCode: 200 }", "{statusCode: 200, {foo: 1}}"),
        *('{"statusCode": 200.0}', "{statusCode: 2 00}"),
    ],
)
def test_without_an_integer_status_code_it_is_500(gateway: Make, method: Make, message: Make, template: str) -> None:
    """facts/api-gateway.md#cors."""
    assert message(gateway(method(**mock(template))).send(method="OPTIONS")) == (500, "Internal server error")


def test_a_mock_response_may_have_a_body(gateway: Make, method: Make) -> None:
    entry = IntegrationResponse(200, response_templates={"application/json": '{"path":"$context.resourcePath"}'})
    api = gateway(method(**mock('{"statusCode": 200}', entry)))
    assert api.send(method="OPTIONS").body == b'{"path":"/events"}'


def test_a_service_that_does_not_answer_in_time_is_504(
    gateway: Make, method: Make, message: Make, header: Make
) -> None:
    """apigateway-runtime.json: INTEGRATION_TIMEOUT is 504; the text is inferred."""
    api = gateway(method(integration={"timeout_ms": 50}))
    api.delay = 5
    response = api.send()
    assert message(response) == (504, "Endpoint request timed out")
    assert header(response, "x-amzn-ErrorType") == "InternalServerErrorException"


def test_a_service_that_cannot_be_called_is_504_without_details(
    gateway: Make, method: Make, message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """apigateway-runtime.json: INTEGRATION_FAILURE is 504; the text is inferred."""
    api = gateway(method())
    api.answer = RuntimeError("inner detail")
    assert message(api.send()) == (504, "Network error communicating with endpoint")
    assert "firehose:PutRecord failed" in caplog.text


def test_stage_variables_and_path_mappings_fill_the_uri(gateway: Make, method: Make) -> None:
    integration = {
        "service": "${stageVariables.service}",
        "action": "Put{what}",
        "request_parameters": {"integration.request.path.what": "method.request.querystring.kind"},
    }
    api = gateway(method(integration=integration), stage=Stage("Stage", "prod", {"service": "firehose"}))
    api.send(query="kind=Record")
    assert api.calls[0][:2] == ("firehose", "PutRecord")
