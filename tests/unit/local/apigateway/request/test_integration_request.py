"""What the service receives: template selection, passthrough, headers, overrides
(facts/api-gateway.md#aws-integration, #templates, #mapping-templates, #response-headers).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
TEXT = {"Content-Type": "text/plain;charset=UTF-8"}


def test_the_action_of_the_uri_is_called_with_the_rendered_template(gateway: Make, method: Make) -> None:
    template = '{"DeliveryStreamName":"s","Record":{"Data":"$util.base64Encode($input.body)"}}'
    api = gateway(method(template))
    response = api.send(body='{"a":1}')
    [(service, action, _, body)] = api.calls
    assert (service, action) == ("firehose", "PutRecord")
    assert body == b'{"DeliveryStreamName":"s","Record":{"Data":"eyJhIjoxfQ=="}}'
    assert response.body == b'{"RecordId":"r-1","Encrypted":false}'


@pytest.mark.parametrize(
    ("content_type", "rendered"),
    [
        (None, "json"),
        ("application/json", "json"),
        ("application/json; charset=UTF-8", "json"),
        ("APPLICATION/JSON", "json"),
        ("text/plain;charset=UTF-8", "text"),
    ],
)
def test_the_mime_type_without_parameters_selects_the_template(
    gateway: Make, method: Make, content_type: str | None, rendered: str
) -> None:
    """facts/api-gateway.md#templates: parameters are ignored, an absent header counts as JSON."""
    api = gateway(method(integration={"request_templates": {"application/json": "json", "text/plain": "text"}}))
    api.send(headers={} if content_type is None else {"Content-Type": content_type})
    assert api.sent == rendered


@pytest.mark.parametrize(
    ("templates", "behavior", "status"),
    [
        ({"application/json": "x"}, "WHEN_NO_MATCH", 200),
        ({"application/json": "x"}, "WHEN_NO_TEMPLATES", 415),
        ({"application/json": "x"}, "NEVER", 415),
        ({}, "WHEN_NO_MATCH", 200),
        ({}, "WHEN_NO_TEMPLATES", 200),
        ({}, "NEVER", 415),
    ],
)
def test_a_type_without_a_template_passes_raw_or_is_415(
    gateway: Make, method: Make, message: Make, header: Make, templates: dict[str, str], behavior: str, status: int
) -> None:
    """apigateway-runtime.json, passthrough: all six cells."""
    api = gateway(method(integration={"request_templates": templates, "passthrough_behavior": behavior}))
    response = api.send(body="raw é", headers=TEXT)
    if status == 415:
        assert message(response) == (415, "Unsupported Media Type")
        assert header(response, "x-amzn-ErrorType") == "BadRequestException"
        assert api.calls == []
    else:
        assert api.sent == "raw é"


def test_default_headers_go_to_the_service(gateway: Make, method: Make) -> None:
    api = gateway(method())
    api.send(headers={"Content-Type": "application/json", "X-Other": "not mapped"})
    assert api.calls[0][2] == {
        "Accept": "application/json",
        "User-Agent": "AmazonAPIGateway_a1b2c3",
        "Content-Type": "application/json",
    }


def test_request_parameters_map_to_headers(gateway: Make, method: Make) -> None:
    mapping = {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
        "integration.request.header.X-A": "method.request.header.X-In",
        "integration.request.header.X-B": "method.request.querystring.q",
        "integration.request.header.X-C": "method.request.path.id",
        "integration.request.header.X-D": "method.request.body.user.name",
        "integration.request.header.X-E": "context.identity.sourceIp",
        "integration.request.header.X-F": "stageVariables.gone",
        "integration.request.header.X-G": "method.request.header.Gone",
    }
    api = gateway(method(path="/e/{id}", integration={"request_parameters": mapping}))
    api.send("/e/7", body='{"user":{"name":"Ann"}}', headers={"X-In": "in"}, query="q=1&q=2")
    headers = api.calls[0][2]
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert [headers.get(f"X-{letter}") for letter in "ABCDEFG"] == ["in", "2", "7", "Ann", "203.0.113.9", None, None]


def test_all_values_of_a_name_are_mapped_with_commas(gateway: Make, method: Make) -> None:
    """Developer guide, parameter mapping sources."""
    mapping = {
        "integration.request.header.X-A": "method.request.multivaluequerystring.q",
        "integration.request.header.X-B": "method.request.multivalueheader.x-in",
        "integration.request.header.X-C": "method.request.multivaluequerystring.one",
        "integration.request.header.X-D": "method.request.multivaluequerystring.gone",
        "integration.request.header.X-E": "method.request.multivalueheader.gone",
    }
    api = gateway(method(integration={"request_parameters": mapping}))
    api.send(headers=[("X-In", "1"), ("X-Other", "9"), ("x-in", "2")], query="q=a%20b&one=1&q=&q=c")
    headers = api.calls[0][2]
    assert [headers.get(f"X-{letter}") for letter in "ABCDE"] == ["a b,,c", "1,2", "1", None, None]


@pytest.mark.parametrize(
    ("body", "whole", "part"),
    [
        ('{"a": {"b": "x"}}', '{"a": {"b": "x"}}', "x"),
        ("{a: {b: x y}, }", "{a: {b: x y}, }", "x y"),
        ("", "{}", None),
        ("<a text/>", "<a text/>", None),
        ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 2]}}', "[1,2]"),
    ],
)
def test_the_body_and_parts_of_it_can_be_mapped(
    gateway: Make, method: Make, body: str, whole: str, part: str | None
) -> None:
    mapping = {
        "integration.request.header.X-A": "method.request.body",
        "integration.request.header.X-B": "method.request.body.a.b",
    }
    api = gateway(method(integration={"request_parameters": mapping}))
    api.send(body=body)
    assert [api.calls[0][2].get(name) for name in ("X-A", "X-B")] == [whole, part]


@pytest.mark.parametrize("source", ["method.request.body", "method.request.body.a"])
def test_mapping_a_body_that_begins_json_and_does_not_end_it_is_400(
    gateway: Make, method: Make, message: Make, source: str
) -> None:
    mapping = {"integration.request.header.X-A": source}
    api = gateway(method("x", integration={"request_parameters": mapping}))
    assert message(api.send(body="\n{wrong")) == (400, "Invalid JSON in request body")
    assert api.calls == []


def test_a_template_that_asks_for_the_json_of_such_a_body_is_400_with_the_reason(
    gateway: Make, method: Make, header: Make
) -> None:
    """Recorded on AWS."""
    api = gateway(method("$input.path('$')"))
    response = api.send(body="{a")
    assert (response.status, response.body) == (
        400,
        b'{"message": "Could not process payloadnet.minidev.json.parser.ParseException: '
        b'Unexpected End Of File position 1: null"}',
    )
    assert header(response, "x-amzn-ErrorType") == "BadRequestException"


def test_an_override_in_the_template_wins_over_the_mapping(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#mapping-templates: override wins over parameter mapping."""
    mapping = {"integration.request.header.X-A": "'mapped'"}
    template = '#set($context.requestOverride.header.x-a = "override")$input.body'
    api = gateway(method(template, integration={"request_parameters": mapping}))
    api.send()
    headers = {name.lower(): value for name, value in api.calls[0][2].items()}
    assert headers["x-a"] == "override"


@pytest.mark.parametrize("name", ["Authorization", "content-length", "Connection", "X-Amzn-Trace-Id"])
def test_mapping_a_forbidden_header_is_500_at_run_time(gateway: Make, method: Make, message: Make, name: str) -> None:
    """facts/api-gateway.md#response-headers."""
    api = gateway(method(integration={"request_parameters": {f"integration.request.header.{name}": "'x'"}}))
    assert message(api.send()) == (500, "Internal server error")
    assert api.calls == []


def test_an_empty_body_is_an_empty_object_to_the_template(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#mapping-templates: $input.body of an empty body renders {}."""
    api = gateway(method("$input.body"))
    api.send(body="")
    assert api.sent == "{}"


@pytest.mark.parametrize(
    ("integration", "reason"),
    [
        (
            {"request_templates": {"application/json": "#if(true)"}},
            "RequestTemplates[application/json]:1:",
        ),
        ({"request_parameters": {"integration.request.cookie.a": "'x'"}}, "integration.request.cookie.a"),
        ({"content_handling": "CONVERT"}, "ContentHandling 'CONVERT' is neither CONVERT_TO_BINARY nor CONVERT_TO_TEXT"),
        ({"request_parameters": {"integration.request.header.a": "nonsense"}}, "'nonsense' is not a value"),
        ({"passthrough_behavior": "SOMETIMES"}, "PassthroughBehavior 'SOMETIMES' is not one of WHEN_NO_MATCH"),
        ({"service": None}, "only service actions"),
    ],
)
def test_a_setting_that_cannot_run_is_named_at_start_and_the_method_answers_500(
    gateway: Make, method: Make, message: Make, integration: dict[str, Any], reason: str
) -> None:
    api = gateway(method(integration=integration))
    [item] = api.service.unsupported()
    assert (item.logical_id, item.resource_type) == ("Method", "AWS::ApiGateway::Method")
    assert reason in item.reason
    assert message(api.send()) == (500, "Internal server error")
    assert api.calls == []


def test_a_template_that_fails_on_a_request_is_500_and_logged_without_the_request(
    gateway: Make, method: Make, message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    api = gateway(method("$input.params('a').substring(5)"))
    assert message(api.send(query="a=xyz")) == (500, "Internal server error")
    assert "POST /events: RequestTemplates[application/json] failed at line 1" in caplog.text
    assert "xyz" not in caplog.text


def test_query_string_mappings_are_taken_and_change_nothing_for_a_json_service(gateway: Make, method: Make) -> None:
    integration = {"request_parameters": {"integration.request.querystring.page": "'1'"}}
    api = gateway(method("x", integration=integration))
    assert (api.send().status, api.service.unsupported()) == (200, ())
    assert api.sent == "x"
