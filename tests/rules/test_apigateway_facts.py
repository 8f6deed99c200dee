"""The tables of apigateway-runtime.json against the API, where the sample data is at hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clickstream_local.apigateway.auth import throttle
from clickstream_local.apigateway.context.errors import GatewayType
from clickstream_local.apigateway.logging import execution_log
from clickstream_local.apigateway.service import PAYLOAD_BYTES
from clickstream_local.common.http import Headers, Response
from clickstream_local.common.model import IntegrationResponse
from clickstream_local.listener.connection import ListenerLimits
from clickstream_local.vtl.statement_compiler import MAX_ITERATIONS
from clickstream_local.vtl.template import MAX_TEMPLATE_BYTES
from support.rest_api import Gateway, build_method
from support.sample_data import shared_file

TEMPLATES = {
    "match": {"text/plain": "rendered"},
    "exist but no match": {"application/json": "rendered"},
    "none defined": {},
}


@pytest.fixture
def facts() -> dict[str, Any]:
    return dict(json.loads(shared_file("facts/apigateway-runtime.json").read_text()))


def header(response: Response, name: str) -> str | None:
    return Headers(response.headers).get(name)


def test_types_of_gateway_responses_and_their_statuses(facts: dict[str, Any]) -> None:
    types = facts["gateway_responses_default_status"]["types"]
    assert {kind.name: kind.status for kind in GatewayType} == {k: v for k, v in types.items() if v is not None}


def test_error_types_of_gateway_responses(facts: dict[str, Any]) -> None:
    # The exception of a wrong signature, as all services name it, is not among the recorded ones (inferred). That of a
    # configuration error came from an emulator's source; another was recorded on AWS (gateway_recorded.json).
    recorded = facts["x_amzn_errortype_by_gateway_response"] | {
        "INVALID_SIGNATURE": "InvalidSignatureException",
        "API_CONFIGURATION_ERROR": "InternalServerErrorException",
    }
    fallback = {"DEFAULT_5XX": recorded["DEFAULT_5XX"]}
    for kind in GatewayType:
        text = recorded.get(kind.name, fallback.get(kind.default_type))
        assert kind.error_type == (text.split()[0] if text else None), kind.name


def test_context_has_exactly_the_keys_seen_at_run_time(facts: dict[str, Any]) -> None:
    seen = facts["context_default_keys_seen_at_runtime"]
    keys = "#foreach($key in $map.keySet())$key #end"
    api = Gateway(build_method(f"#set($map = $context){keys}|#set($map = $context.identity){keys}|"))
    api.send()
    outer, inner, _ = api.sent.split("|")
    assert sorted(outer.split()) == seen["keys"]
    assert sorted(inner.split()) == seen["identity_keys"]


def test_dropped_request_headers(facts: dict[str, Any]) -> None:
    names = facts["headers"]["dropped_before_mapping"]
    api = Gateway(build_method("#foreach($name in $input.params().header.keySet())$name #end"))
    api.send(headers=dict.fromkeys([*names, "X-Kept"], "1"))
    assert set(api.sent.split()) == {"X-Kept", "X-Forwarded-For", "X-Amzn-Trace-Id"}


def test_renamed_response_headers(facts: dict[str, Any]) -> None:
    names = facts["headers"]["response_headers_renamed_x-amzn-Remapped-*"]
    entry = IntegrationResponse(200, response_parameters={f"method.response.header.{name}": "'1'" for name in names})
    response = Gateway(build_method(integration={"responses": (entry,)})).send()
    assert [name for name in names if header(response, f"x-amzn-Remapped-{name}") != "1"] == []


def test_headers_that_must_not_be_mapped(facts: dict[str, Any]) -> None:
    for name in facts["headers"]["mapping_to_these_fails_500_on_AWS_integrations"]:
        api = Gateway(build_method(integration={"request_parameters": {f"integration.request.header.{name}": "'1'"}}))
        assert api.send().status == 500, name


def test_default_headers_to_the_service(facts: dict[str, Any]) -> None:
    api = Gateway(build_method())
    api.send()
    expected = facts["headers"]["default_request_headers_to_integration"]
    sent = api.calls[0][2]
    assert {name: sent[name] for name in expected} == {**expected, "User-Agent": "AmazonAPIGateway_a1b2c3"}


def test_passthrough_does_what_every_cell_says(facts: dict[str, Any]) -> None:
    cells = 0
    for case in facts["passthrough"]["cases"]:
        for behavior in ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"):
            expected = case.get("any_behavior", case.get(behavior))
            settings = {"request_templates": TEMPLATES[case["templates"]], "passthrough_behavior": behavior}
            api = Gateway(build_method(None, integration=settings))
            status = api.send(body="raw", headers={"Content-Type": "text/plain"}).status
            outcome = status if status != 200 else {"rendered": "render", "raw": "raw body"}[api.sent]
            assert outcome == expected, (case, behavior)
            cells += 1
    assert cells == 9


def test_overrides_have_exactly_the_keys_seen_at_run_time(facts: dict[str, Any]) -> None:
    seen = facts["context_default_keys_seen_at_runtime"]
    for name in ("requestOverride", "responseOverride"):
        api = Gateway(build_method(f"#foreach($key in $context.{name}.keySet())$key #end"))
        api.send()
        assert sorted(api.sent.split()) == seen[f"{name}_keys"]


def test_maps_of_the_context_and_identity_members_without_a_value_print_as_nothing() -> None:
    """apigateway-runtime.json, context_default_keys_seen_at_runtime, note."""
    api = Gateway(
        build_method("[$context.identity$context.requestOverride$context.responseOverride$context.identity.user]")
    )
    api.send()
    assert api.sent == "[]"


def test_headers_that_each_kind_of_answer_has(facts: dict[str, Any]) -> None:
    headers = facts["headers"]
    answered = Gateway(build_method()).send()
    mocked = Gateway(
        build_method('{"statusCode": 200}', integration={"type": "MOCK", "service": None, "action": None})
    ).send()
    refused = Gateway(build_method()).send("/nowhere")
    assert (answered.status, mocked.status, refused.status) == (200, 200, 403)
    for name in headers["always_on_response"]:
        assert [header(one, name) for one in (answered, mocked, refused)].count(None) == 0, name
    for name in headers["on_success_of_non_mock_non_http_proxy"]:
        assert [header(one, name) is not None for one in (answered, mocked, refused)] == [True, False, False], name
    for name in headers["on_gateway_error"]:
        assert [header(one, name) is not None for one in (answered, mocked, refused)] == [False, False, True], name


def test_a_gateway_response_without_settings_is_the_documented_template(facts: dict[str, Any]) -> None:
    documented = facts["gateway_responses_default_status"]
    refused = Gateway(build_method()).send("/nowhere")
    text = documented["default_template"].replace("$context.error.messageString", '"Missing Authentication Token"')
    assert refused.body.decode() == text
    assert header(refused, "Content-Type") == documented["default_template_content_type"]


def test_limits_are_the_documented_ones(facts: dict[str, Any]) -> None:
    """Those that a request meets; the others bound what can be deployed."""
    ours = {
        "payload_bytes": PAYLOAD_BYTES,
        "template_bytes": MAX_TEMPLATE_BYTES,
        "foreach_iterations": MAX_ITERATIONS,
        "total_headers_bytes": ListenerLimits().header_bytes,
        "execution_log_event_bytes": execution_log._LONGEST,
        "throttle_rps_default": throttle._ACCOUNT_RATE,
        "throttle_burst_default": throttle._ACCOUNT_BURST,
    }
    assert ours == {name: facts["limits"][name] for name in ours}
