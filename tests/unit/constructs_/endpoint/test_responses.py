"""What the endpoint answers, by the service's answer or by itself."""

from __future__ import annotations

from support.endpoints import method, routes
from support.stacks import Synthesized


def test_the_health_check_asks_nobody_and_nothing(reference: Synthesized) -> None:
    health = method(reference, "GET", "health")
    assert (health["AuthorizationType"], health["Integration"]["Type"]) == ("NONE", "MOCK")
    assert "Credentials" not in health["Integration"]
    (answer,) = health["Integration"]["IntegrationResponses"]
    assert answer["StatusCode"] == "200"
    assert answer["ResponseTemplates"]["application/json"] == '{"status": "ok"}'


def test_an_answer_of_the_service_that_no_pattern_matches_is_no_success(reference: Synthesized) -> None:
    """facts/api-gateway.md#aws-integration: the entry without a pattern is the default."""
    responses = method(reference, "POST")["Integration"]["IntegrationResponses"]
    by_pattern = {one.get("SelectionPattern"): one["StatusCode"] for one in responses}
    assert by_pattern == {r"2\d{2}": "202", r"5\d{2}": "503", None: "502"}


def test_throttling_is_answered_with_retry_after(reference: Synthesized) -> None:
    responses = method(reference, "POST")["Integration"]["IntegrationResponses"]
    (unavailable,) = [one for one in responses if one["StatusCode"] == "503"]
    assert unavailable["ResponseParameters"]["method.response.header.Retry-After"] == "'1'"


def test_each_status_and_header_of_an_answer_is_declared(reference: Synthesized) -> None:
    """facts/api-gateway.md#deployments: integration and method responses must match."""
    for one in routes(reference).values():
        declared = {each["StatusCode"]: set(each["ResponseParameters"]) for each in one["MethodResponses"]}
        for answer in one["Integration"]["IntegrationResponses"]:
            assert set(answer["ResponseParameters"]) <= declared[answer["StatusCode"]]


def test_every_answer_carries_the_cors_headers(reference: Synthesized) -> None:
    """facts/api-gateway.md#cors: the POST itself too."""
    for one in routes(reference).values():
        for answer in one["Integration"]["IntegrationResponses"]:
            assert answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Origin"] == "'*'"


def test_what_api_gateway_itself_answers_carries_the_cors_headers(reference: Synthesized) -> None:
    """facts/api-gateway.md#gateway-responses: or browsers hide the errors."""
    responses = [one["Properties"] for one in reference.of_type("AWS::ApiGateway::GatewayResponse").values()]
    assert {one["ResponseType"] for one in responses} == {"DEFAULT_4XX", "DEFAULT_5XX", "BAD_REQUEST_BODY"}
    for one in responses:
        assert one["ResponseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_a_bad_body_is_answered_with_a_hint_and_without_the_body(reference: Synthesized) -> None:
    (response,) = [
        one["Properties"]
        for one in reference.of_type("AWS::ApiGateway::GatewayResponse").values()
        if one["Properties"]["ResponseType"] == "BAD_REQUEST_BODY"
    ]
    template = response["ResponseTemplates"]["application/json"]
    assert response["StatusCode"] == "400"
    assert template.startswith('{"message":$context.error.messageString,')
    assert "validationErrorString" not in template
    assert "send the array alone" in template


def test_the_preflight_answers_by_itself(reference: Synthesized) -> None:
    """facts/api-gateway.md#cors."""
    preflight = method(reference, "OPTIONS")
    assert preflight["AuthorizationType"] == "NONE"
    assert preflight["Integration"]["Type"] == "MOCK"
    assert preflight["Integration"]["RequestTemplates"] == {"application/json": '{"statusCode": 200}'}
    (answer,) = preflight["Integration"]["IntegrationResponses"]
    assert answer["StatusCode"] == "204"
    assert answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Headers"] == "'Content-Type'"
