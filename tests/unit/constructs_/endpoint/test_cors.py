from __future__ import annotations

from typing import Any

import pytest

from cdk_clickstream import CorsOptions
from clickstream_local.vtl import MappingTemplate
from support.endpoints import api, api_in, method
from support.stacks import Synthesized, new_stack


def test_one_origin_with_credentials_is_named_in_every_answer() -> None:
    stack = new_stack()
    api_in(
        stack,
        cors=CorsOptions.origins("https://shop.example", allow_credentials=True),
    )
    found = Synthesized(stack)
    for answer in method(found, "POST")["Integration"]["IntegrationResponses"]:
        headers = answer["ResponseParameters"]
        assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example'"
        assert headers["method.response.header.Access-Control-Allow-Credentials"] == "'true'"
    for one in found.of_type("AWS::ApiGateway::GatewayResponse").values():
        headers = one["Properties"]["ResponseParameters"]
        assert headers["gatewayresponse.header.Access-Control-Allow-Credentials"] == "'true'"


def test_of_several_origins_the_callers_is_named_in_the_answer() -> None:
    cors = CorsOptions.origins("https://shop.example", "https://blog.example")
    found = api(cors=cors)
    answers = [
        *method(found, "POST")["Integration"]["IntegrationResponses"],
        *method(found, "OPTIONS")["Integration"]["IntegrationResponses"],
    ]
    for answer in answers:
        headers = answer["ResponseParameters"]
        assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example'"
        assert headers["method.response.header.Vary"] == "'Origin'"
        assert answer["ResponseTemplates"]["application/json"].startswith(cors.origin_template)


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ({"Origin": "https://blog.example"}, "https://blog.example"),
        ({"origin": "https://blog.example"}, "https://blog.example"),
        ({"origin": "https://evil.example"}, None),
        ({}, None),
    ],
)
def test_only_an_allowed_origin_is_named(headers: dict[str, str], chosen: str | None) -> None:
    cors = CorsOptions.origins("https://shop.example", "https://blog.example")
    variables: dict[str, Any] = {"responseOverride": {"header": {}}}
    params: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": headers}
    template = MappingTemplate(cors.origin_template + "{}")
    assert template.render(body="", params=params, context=variables, stage_variables={}).strip() == "{}"
    assert variables["responseOverride"]["header"].get("Access-Control-Allow-Origin") == chosen
