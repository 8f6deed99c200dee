"""The tables of apigateway-runtime.json, where the sample data is at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.apigateway.context.gateway_types import GatewayType
from clickstream_local.common.model import IntegrationResponse
from support.sample_data import shared_file

Make = Callable[..., Any]


@pytest.fixture
def facts() -> dict[str, Any]:
    return dict(json.loads(shared_file("facts/apigateway-runtime.json").read_text()))


def test_types_of_gateway_responses_and_their_statuses(facts: dict[str, Any]) -> None:
    types = facts["gateway_responses_default_status"]["types"]
    assert {kind.name: kind.status for kind in GatewayType} == {k: v for k, v in types.items() if v is not None}


def test_error_types_of_gateway_responses(facts: dict[str, Any]) -> None:
    # The exception of a wrong signature, as all services name it, is not among the recorded ones ([M]).
    recorded = {"INVALID_SIGNATURE": "InvalidSignatureException"} | facts["x_amzn_errortype_by_gateway_response"]
    fallback = {"DEFAULT_5XX": recorded["DEFAULT_5XX"]}
    for kind in GatewayType:
        text = recorded.get(kind.name, fallback.get(kind.default_type))
        assert kind.error_type == (text.split()[0] if text else None), kind.name


def test_context_has_exactly_the_keys_seen_at_run_time(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    seen = facts["context_default_keys_seen_at_runtime"]
    keys = "#foreach($key in $map.keySet())$key #end"
    api = gateway(method(f"#set($map = $context){keys}|#set($map = $context.identity){keys}|"))
    api.send()
    outer, inner, _ = api.sent.split("|")
    assert sorted(outer.split()) == seen["keys"]
    assert sorted(inner.split()) == seen["identity_keys"]


def test_dropped_request_headers(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    names = facts["headers"]["dropped_before_mapping"]
    api = gateway(method("#foreach($name in $input.params().header.keySet())$name #end"))
    api.send(headers=dict.fromkeys([*names, "X-Kept"], "1"))
    assert set(api.sent.split()) == {"X-Kept", "X-Forwarded-For", "X-Amzn-Trace-Id"}


def test_renamed_response_headers(gateway: Make, method: Make, header: Make, facts: dict[str, Any]) -> None:
    names = facts["headers"]["response_headers_renamed_x-amzn-Remapped-*"]
    entry = IntegrationResponse(200, response_parameters={f"method.response.header.{name}": "'1'" for name in names})
    response = gateway(method(integration={"responses": (entry,)})).send()
    assert [name for name in names if header(response, f"x-amzn-Remapped-{name}") != "1"] == []


def test_headers_that_must_not_be_mapped(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    for name in facts["headers"]["mapping_to_these_fails_500_on_AWS_integrations"]:
        api = gateway(method(integration={"request_parameters": {f"integration.request.header.{name}": "'1'"}}))
        assert api.send().status == 500, name


def test_default_headers_to_the_service(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    api = gateway(method())
    api.send()
    expected = facts["headers"]["default_request_headers_to_integration"]
    sent = api.calls[0][2]
    assert {name: sent[name] for name in expected} == {**expected, "User-Agent": "AmazonAPIGateway_a1b2c3"}
