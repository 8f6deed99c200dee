"""The rest of apigateway-runtime.json, table by table; test_recorded_facts.py has the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.apigateway.auth import throttle
from clickstream_local.apigateway.logging import execution_log
from clickstream_local.apigateway.service import PAYLOAD_BYTES
from clickstream_local.listener import ListenerLimits
from clickstream_local.vtl.compile_statement import MAX_ITERATIONS
from clickstream_local.vtl.template import MAX_TEMPLATE_BYTES
from support.sample_data import shared_file

Make = Callable[..., Any]
TEMPLATES = {
    "match": {"text/plain": "rendered"},
    "exist but no match": {"application/json": "rendered"},
    "none defined": {},
}


@pytest.fixture
def facts() -> dict[str, Any]:
    return dict(json.loads(shared_file("facts/apigateway-runtime.json").read_text()))


def test_passthrough_does_what_every_cell_says(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    cells = 0
    for case in facts["passthrough"]["cases"]:
        for behavior in ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"):
            expected = case.get("any_behavior", case.get(behavior))
            settings = {"request_templates": TEMPLATES[case["templates"]], "passthrough_behavior": behavior}
            api = gateway(method(None, integration=settings))
            status = api.send(body="raw", headers={"Content-Type": "text/plain"}).status
            outcome = status if status != 200 else {"rendered": "render", "raw": "raw body"}[api.sent]
            assert outcome == expected, (case, behavior)
            cells += 1
    assert cells == 9


def test_overrides_have_exactly_the_keys_seen_at_run_time(gateway: Make, method: Make, facts: dict[str, Any]) -> None:
    seen = facts["context_default_keys_seen_at_runtime"]
    for name in ("requestOverride", "responseOverride"):
        api = gateway(method(f"#foreach($key in $context.{name}.keySet())$key #end"))
        api.send()
        assert sorted(api.sent.split()) == seen[f"{name}_keys"]


def test_maps_of_the_context_and_identity_members_without_a_value_print_as_nothing(gateway: Make, method: Make) -> None:
    """apigateway-runtime.json, context_default_keys_seen_at_runtime, note."""
    api = gateway(method("[$context.identity$context.requestOverride$context.responseOverride$context.identity.user]"))
    api.send()
    assert api.sent == "[]"


def test_headers_that_each_kind_of_answer_has(gateway: Make, method: Make, header: Make, facts: dict[str, Any]) -> None:
    headers = facts["headers"]
    answered = gateway(method()).send()
    mocked = gateway(
        method('{"statusCode": 200}', integration={"type": "MOCK", "service": None, "action": None})
    ).send()
    refused = gateway(method()).send("/nowhere")
    assert (answered.status, mocked.status, refused.status) == (200, 200, 403)
    for name in headers["always_on_response"]:
        assert [header(one, name) for one in (answered, mocked, refused)].count(None) == 0, name
    for name in headers["on_success_of_non_mock_non_http_proxy"]:
        assert [header(one, name) is not None for one in (answered, mocked, refused)] == [True, False, False], name
    for name in headers["on_gateway_error"]:
        assert [header(one, name) is not None for one in (answered, mocked, refused)] == [False, False, True], name


def test_a_gateway_response_without_settings_is_the_documented_template(
    gateway: Make, method: Make, header: Make, facts: dict[str, Any]
) -> None:
    documented = facts["gateway_responses_default_status"]
    refused = gateway(method()).send("/nowhere")
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
