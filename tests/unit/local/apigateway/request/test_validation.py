"""Request validation: bodies against models, and required parameters (facts/api-gateway.md#request-validation)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.model import GatewayResponse

PARAMETERS = {
    "method.request.header.X-Source": True,
    "method.request.querystring.page": True,
    "method.request.querystring.size": False,
}

Make = Callable[..., Any]
URL = "https://apigateway.amazonaws.com/restapis/a1b2c3/models"
EVENT = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["event_name"],
    "properties": {"event_name": {"type": "string", "minLength": 1}, "id": {"type": "string", "pattern": "^\\d+$"}},
}
BATCH = {
    "oneOf": [
        {"$ref": f"{URL}/Event"},
        {"type": "array", "minItems": 1, "maxItems": 500, "items": {"$ref": f"{URL}/Event"}},
    ]
}
MODELS = {"Event": EVENT, "Batch": BATCH}


@pytest.fixture
def api(gateway: Make, method: Make) -> Any:
    return gateway(method(validate_body=True, request_models={"application/json": "Batch"}), models=MODELS)


@pytest.mark.parametrize(
    "body",
    [
        '{"event_name":"a"}',
        '[{"event_name":"a"}]',
        json.dumps([{"event_name": "a"}] * 500),
        '  {"event_name" : "a", "more": [1]}\n',
        r'{"event_name":"half an emoji \ud83d"}',
    ],
)
def test_a_body_that_fits_the_model_passes_as_it_came(api: Any, body: str) -> None:
    assert api.send(body=body).status == 200
    assert api.sent == body


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "null",
        "1",
        '"event_name"',
        '{"event_name":1}',
        '{"event_name":""}',
        '{"event_name":"a","id":"x"}',
        '{"event_name":"a","id":"١"}',
        '[{"event_name":"a"},{}]',
        json.dumps([{"event_name": "a"}] * 501),
        '{"event_name":"a"',
        "event_name=a",
        '{"event_name":"a"}{"event_name":"b"}',
        '{"event_name":NaN}',
        '{"event_name":"a","more":Infinity}',
        '{"event_name":"a","event_name":null}',
        "[" * 100_000,
    ],
)
def test_a_body_that_breaks_the_model_is_400_and_never_reaches_the_service(
    api: Any, message: Make, header: Make, body: str
) -> None:
    response = api.send(body=body)
    assert message(response) == (400, "Invalid request body")
    assert header(response, "x-amzn-ErrorType") == "BadRequestException"
    assert api.calls == []


def test_the_wire_text_of_a_bad_body_is_that_of_the_service(api: Any) -> None:
    assert api.send(body="{}").body == b'{"message":"Invalid request body"}'


def test_bytes_that_are_not_utf_8_are_400(api: Any, message: Make) -> None:
    assert message(api.send(body=b'{"event_name":"\xff"}')) == (400, "Invalid request body")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON", "application/json;x"])
def test_parameters_and_case_of_the_content_type_make_no_difference(api: Any, content_type: str) -> None:
    """facts/api-gateway.md#templates: the MIME type without its parameters selects."""
    assert api.send(body="{}", headers={"Content-Type": content_type}).status == 400
    assert api.send(body='{"event_name":"a"}', headers={"Content-Type": content_type}).status == 200


def test_an_empty_body_counts_as_an_empty_object(gateway: Make, method: Make) -> None:
    api = gateway(method(validate_body=True, request_models={"application/json": "Empty"}))
    assert api.send(body="").status == 200


def test_a_type_without_a_model_is_left_to_the_passthrough_behaviour(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#request-validation [C]: by the documentation the body cannot be validated then."""
    integration = {"passthrough_behavior": "WHEN_NO_MATCH"}
    one = method(validate_body=True, request_models={"application/json": "Event"}, integration=integration)
    api = gateway(one, models=MODELS)
    assert api.send(body="{}", headers={"Content-Type": "text/plain"}).status == 200
    assert api.sent == "{}"


def test_a_type_without_a_model_can_be_checked_by_the_json_model(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#request-validation [C], the other side."""
    integration = {"passthrough_behavior": "WHEN_NO_MATCH"}
    one = method(validate_body=True, request_models={"application/json": "Event"}, integration=integration)
    api = gateway(one, models=MODELS, validate_unmodelled_types=True)
    assert api.send(body="{}", headers={"Content-Type": "text/plain"}).status == 400


def test_without_a_validator_the_model_is_only_documentation(gateway: Make, method: Make) -> None:
    api = gateway(method(request_models={"application/json": "Event"}), models=MODELS)
    assert api.send(body="not json").status == 200


def test_references_within_a_model_still_hold_when_it_is_used_by_another(gateway: Make, method: Make) -> None:
    models = {
        "Name": {"definitions": {"short": {"maxLength": 3}}, "allOf": [{"$ref": "#/definitions/short"}]},
        "Click": {"type": "object", "properties": {"name": {"$ref": f"{URL}/Name"}, "id": {"type": "string"}}},
    }
    api = gateway(method(validate_body=True, request_models={"application/json": "Click"}), models=models)
    assert api.send(body='{"name":"abc"}').status == 200
    assert api.send(body='{"name":"abcd"}').status == 400


def test_a_property_may_be_called_like_a_keyword(gateway: Make, method: Make) -> None:
    names = ["id", "default", "$ref", "enum", "required", "pattern"]
    model = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    api = gateway(method(validate_body=True, request_models={"application/json": "M"}), models={"M": model})
    for name in names:
        assert api.send(body=json.dumps({name: 1})).status == 200
        assert api.send(body=json.dumps({name: "x"})).status == 400


def test_why_a_body_failed_is_for_the_gateway_response_only(gateway: Make, method: Make) -> None:
    """apigateway-runtime.json: error.validationErrorString."""
    detail = GatewayResponse("BAD_REQUEST_BODY", templates={"application/json": "$context.error.validationErrorString"})
    one = method(validate_body=True, request_models={"application/json": "Event"})
    api = gateway(one, models=MODELS, gateway_responses=(detail,))
    assert api.send(body="{}").body == b'[object has missing required properties (["event_name"])]'
    assert api.send(body='{"event_name":7777}').body == b"[instance at /event_name must be string]"


@pytest.mark.parametrize(
    ("models", "reason"),
    [
        ({}, "model 'Event' is not a model of this API"),
        ({"Event": {"$ref": f"{URL}/Gone"}}, "model 'Gone' is not a model of this API"),
        ({"Event": {"$ref": "http://example.com/x.json"}}, "refers to 'http://example.com/x.json'"),
        ({"Event": {"type": "text"}}, "cannot be compiled as JSON Schema draft 4"),
        ({"Event": {"pattern": "("}}, "cannot be compiled as JSON Schema draft 4"),
    ],
)
def test_a_model_that_cannot_be_used_is_named_at_start_and_lets_no_request_through(
    gateway: Make, method: Make, message: Make, models: dict[str, Any], reason: str
) -> None:
    api = gateway(method(validate_body=True, request_models={"application/json": "Event"}), models=models)
    [item] = api.service.unsupported()
    assert item.logical_id == "Method"
    assert reason in item.reason
    assert message(api.send()) == (500, "Internal server error")
    assert api.calls == []


@pytest.fixture
def requiring(gateway: Make, method: Make) -> Any:
    return gateway(method(validate_parameters=True, request_parameters=PARAMETERS))


def test_a_request_with_all_required_parameters_passes(requiring: Any) -> None:
    assert requiring.send(headers={"X-Source": "web"}, query="page=1").status == 200


@pytest.mark.parametrize(
    ("headers", "query", "missing"),
    [
        ({}, "", "X-Source, page"),
        ({"X-Source": "web"}, "", "page"),
        ({"X-Source": " "}, "page=1", "X-Source"),
        ({"x-source": "web"}, "page=1", "X-Source"),
        ({"X-Source": "web"}, "page=", "page"),
        ({"X-Source": "web"}, "Page=1", "page"),
    ],
)
def test_a_missing_or_blank_parameter_is_400_and_named(
    requiring: Any, message: Make, header: Make, headers: dict[str, str], query: str, missing: str
) -> None:
    response = requiring.send(headers=headers, query=query)
    assert message(response) == (400, f"Missing required request parameters: [{missing}]")
    assert header(response, "x-amzn-ErrorType") == "BadRequestException"
    assert requiring.calls == []


def test_missing_parameters_are_named_by_place_and_name_whatever_the_order_of_the_template(
    gateway: Make, method: Make, message: Make
) -> None:
    """Recorded on AWS: header before path before query string."""
    names = ["querystring.qs1", "header.x-b", "path.issuer", "header.x-a"]
    parameters = {f"method.request.{name}": True for name in names}
    api = gateway(method(validate_parameters=True, request_parameters=parameters))
    assert message(api.send()) == (400, "Missing required request parameters: [x-a, x-b, issuer, qs1]")


def test_without_a_validator_parameters_are_not_required(gateway: Make, method: Make) -> None:
    assert gateway(method(request_parameters=PARAMETERS)).send().status == 200


def test_parameters_are_checked_before_the_body(gateway: Make, method: Make, message: Make) -> None:
    one = method(
        validate_parameters=True,
        request_parameters=PARAMETERS,
        validate_body=True,
        request_models={"application/json": "Empty"},
    )
    assert message(gateway(one).send(body="no json"))[1].startswith("Missing required")
