"""What API Gateway itself answers (facts/api-gateway.md#gateway-responses, #response-headers)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.apigateway.context.errors import GatewayError, GatewayType
from clickstream_local.apigateway.context.request_context import RequestContext
from clickstream_local.apigateway.response.gateway_responses import GatewayResponses
from clickstream_local.common.http import Headers, Request, Response
from clickstream_local.common.model import GatewayResponse, Stage

Make = Callable[..., Any]
JSON = "application/json"


def render(
    kind: GatewayType, *settings: GatewayResponse, text: str = "Some message", headers: dict[str, str] | None = None
) -> Response:
    request = Request("POST", "/events", "q=1", Headers((headers or {}).items()))
    context = RequestContext(
        request, Stage("Stage", "prod", {"team": "web"}), {"requestId": "id-1"}, "Root=1-0-0", "arn", b""
    )
    return GatewayResponses(settings).render(GatewayError(kind, text), context)


@pytest.mark.parametrize("kind", list(GatewayType), ids=lambda kind: kind.name)
def test_every_type_answers_with_its_own_status_and_message(kind: GatewayType, header: Make) -> None:
    response = render(kind)
    assert response.status == kind.status
    # Recorded with a capital letter for a caller whom an authorizer denies (facts/api-gateway.md#gateway-responses).
    member = "Message" if kind is GatewayType.ACCESS_DENIED else "message"
    # Recorded with a blank, in 36 bytes: "Internal server error" of a configuration error.
    blank = " " if kind is GatewayType.API_CONFIGURATION_ERROR else ""
    assert response.body == f'{{"{member}":{blank}"Some message"}}'.encode()
    assert header(response, "Content-Type") == JSON
    assert header(response, "x-amzn-ErrorType") == kind.error_type


@pytest.mark.parametrize(
    ("kind", "default"), [(GatewayType.THROTTLED, "DEFAULT_4XX"), (GatewayType.INTEGRATION_TIMEOUT, "DEFAULT_5XX")]
)
def test_a_type_without_settings_takes_those_of_its_class(kind: GatewayType, default: str, header: Make) -> None:
    setting = GatewayResponse(
        default, parameters={"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}, templates={JSON: "{}"}
    )
    response = render(kind, setting)
    assert (response.status, response.body) == (kind.status, b"{}")
    assert header(response, "Access-Control-Allow-Origin") == "*"


def test_the_settings_of_the_other_class_do_not_apply() -> None:
    assert render(GatewayType.THROTTLED, GatewayResponse("DEFAULT_5XX", 599)).status == 429


def test_a_setting_for_the_type_wins_over_its_class(header: Make) -> None:
    own = GatewayResponse("THROTTLED", 503, {"gatewayresponse.header.Retry-After": "'1'"})
    response = render(GatewayType.THROTTLED, GatewayResponse("DEFAULT_4XX", 400, {}, {JSON: "{}"}), own)
    assert (response.status, response.body) == (503, b'{"message":"Some message"}')
    assert header(response, "Retry-After") == "1"


def test_a_status_of_the_class_holds_for_all_its_types() -> None:
    assert render(GatewayType.BAD_REQUEST_BODY, GatewayResponse("DEFAULT_4XX", 418)).status == 418


def test_413_cannot_be_customised() -> None:
    """facts/api-gateway.md#gateway-responses."""
    settings = (GatewayResponse("REQUEST_TOO_LARGE", 400), GatewayResponse("DEFAULT_4XX", 400))
    assert render(GatewayType.REQUEST_TOO_LARGE, *settings).status == 413


def test_templates_know_simple_variables_and_no_vtl() -> None:
    """facts/api-gateway.md#gateway-responses: only simple substitution."""
    template = (
        '#set($x = 1){"m":$context.error.messageString,"t":"$context.error.responseType","r":"${context.requestId}",'
        '"plain":"$context.error.message.","team":"$stageVariables.team","o":"$method.request.header.Origin",'
        '"q":"$method.request.querystring.q","none":"$context.identity.nothing"}'
    )
    body = render(
        GatewayType.INVALID_API_KEY,
        GatewayResponse("INVALID_API_KEY", templates={JSON: template}),
        text='A "quoted" text',
        headers={"Origin": "https://shop.example"},
    ).body.decode()
    assert body == (
        '#set($x = 1){"m":"A \\"quoted\\" text","t":"INVALID_API_KEY","r":"id-1","plain":"A "quoted" text.",'
        '"team":"web","o":"https://shop.example","q":"1","none":""}'
    )


def test_a_parameter_may_repeat_a_header_of_the_request_in_any_case(header: Make) -> None:
    setting = GatewayResponse(
        "DEFAULT_4XX", parameters={"gatewayresponse.header.Access-Control-Allow-Origin": "method.request.header.Origin"}
    )
    response = render(GatewayType.THROTTLED, setting, headers={"origin": "https://a.example"})
    assert header(response, "Access-Control-Allow-Origin") == "https://a.example"
    assert header(render(GatewayType.THROTTLED, setting), "Access-Control-Allow-Origin") is None


def test_accept_selects_among_the_templates(header: Make) -> None:
    setting = GatewayResponse("DEFAULT_4XX", templates={JSON: "{}", "text/plain": "$context.error.message"})
    response = render(GatewayType.THROTTLED, setting, headers={"Accept": "text/plain"})
    assert (response.body, header(response, "Content-Type")) == (b"Some message", "text/plain")


def test_a_setting_that_cannot_be_mapped_is_named_at_start_and_the_default_answers(
    gateway: Make, method: Make, message: Make
) -> None:
    broken = GatewayResponse("DEFAULT_4XX", 418, {"gatewayresponse.header.X": "no quotes"})
    api = gateway(method(), gateway_responses=(broken,))
    [item] = api.service.unsupported()
    assert item.resource_type == "AWS::ApiGateway::GatewayResponse"
    assert "DEFAULT_4XX" in item.reason
    assert message(api.send("/nothing"))[0] == 403
