"""The execution log: its steps by level, and no payload unless data tracing is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.model import Authorizer, IntegrationResponse, MethodSetting, Stage

Make = Callable[..., Any]
MODEL = {"type": "object", "required": ["event_name"]}
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:auth"
SECRET = b'{"event_name": "payload-of-the-client"}'


@pytest.fixture
def logged(gateway: Make, method: Make) -> Make:
    def make(*settings: MethodSetting) -> Any:
        stage = Stage("Stage", "prod", method_settings=settings)
        validated = method(validate_body=True, request_models={"application/json": "Event"})
        return gateway(validated, stage=stage, models={"Event": MODEL})

    return make


def lines(api: Any) -> list[str]:
    """The lines without their request id, which all of them begin with."""
    ids = {line.partition(" ")[0] for _, _, line in api.log}
    assert len(ids) <= 1
    return [line.partition(" ")[2] for _, _, line in api.log]


def test_at_info_the_steps_are_in_the_group_of_api_and_stage_without_payloads(logged: Make) -> None:
    api = logged(MethodSetting("*", "/*", logging_level="INFO"))
    api.send(body=SECRET, headers={"Authorization": "hush"})
    assert {(group, stream) for group, stream, _ in api.log} == {
        ("API-Gateway-Execution-Logs_a1b2c3/prod", "execution")
    }
    request_id = api.log[0][2][1:].partition(")")[0]
    assert [line for line in lines(api)[1:] if not line.startswith("Received response. Status: 200, Integration")] == [
        f"Starting execution for request: {request_id}",
        "HTTP Method: POST, Resource Path: /events",
        "Sending request to https://firehose.eu-west-1.amazonaws.com/?Action=PutRecord",
        "Successfully completed execution",
        "Method completed with status: 200",
    ]
    assert not any("payload-of-the-client" in line or "hush" in line for line in lines(api))


def test_with_data_tracing_bodies_and_headers_are_there_and_keys_are_not(logged: Make) -> None:
    api = logged(MethodSetting("*", "/*", logging_level="INFO", data_trace=True))
    secret = {"Authorization": "hush", "X-Api-Key": "hush", "X-Amz-Security-Token": "hush"}
    api.send(body=SECRET, headers={**secret, "X-Seen": "seen"}, query="X-Amz-Signature=hush")
    text = "\n".join(lines(api))
    assert text.count("payload-of-the-client") == 2
    assert "X-Seen=seen" in text
    assert "hush" not in text


def test_with_data_tracing_the_lines_come_in_the_order_of_the_service(logged: Make) -> None:
    """Recorded by TestInvokeMethod; the Extended Request Id is not one of its lines."""
    api = logged(MethodSetting("*", "/*", logging_level="INFO", data_trace=True))
    api.send(body=SECRET)
    assert [line.partition(":")[0] for line in lines(api)[1:]] == [
        "Starting execution for request",
        "HTTP Method",
        "Method request path",
        "Method request query string",
        "Method request headers",
        "Method request body before transformations",
        "Endpoint request URI",
        "Endpoint request headers",
        "Endpoint request body after transformations",
        "Sending request to https",
        "Received response. Status",
        "Endpoint response headers",
        "Endpoint response body before transformations",
        "Method response body after transformations",
        "Method response headers",
        "Successfully completed execution",
        "Method completed with status",
    ]


def test_a_mock_has_no_endpoint_and_the_path_is_that_of_the_request(gateway: Make, method: Make) -> None:
    """Recorded by TestInvokeMethod."""
    stage = Stage("Stage", "prod", method_settings=(MethodSetting("*", "/*", logging_level="INFO", data_trace=True),))
    integration = {
        "type": "MOCK",
        "responses": (IntegrationResponse(200, response_templates={"application/json": '{"petId": "123"}'}),),
    }
    api = gateway(method("{statusCode: 200}", path="/pets/{petId}", integration=integration), stage=stage)
    api.send("/pets/123", body=b"", query="foo=bar")
    assert [line for line in lines(api)[2:] if not line.startswith("Method request headers: {")] == [
        "HTTP Method: POST, Resource Path: /pets/123",
        "Method request path: {petId=123}",
        "Method request query string: {foo=bar}",
        "Method request body before transformations: ",
        'Method response body after transformations: {"petId": "123"}',
        "Method response headers: {Content-Type=application/json}",
        "Successfully completed execution",
        "Method completed with status: 200",
    ]


@pytest.mark.parametrize(
    ("template", "settings", "body", "line"),
    [
        (
            "{}",
            {"type": "MOCK"},
            "{}",
            "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is "
            "defined in the request template.",
        ),
        ("$util.parseJson('{a')", {}, "{}", "Execution failed due to configuration error: Unable to transform request"),
        ("$input.json('$')", {}, "{private", "BAD_REQUEST_BODY: Could not process payload"),
    ],
)
def test_what_failed_is_told_without_the_payload(
    gateway: Make, method: Make, template: str, settings: dict[str, Any], body: str, line: str
) -> None:
    stage = Stage("Stage", "prod", method_settings=(MethodSetting("*", "/*", logging_level="ERROR"),))
    api = gateway(method(template, integration=settings), stage=stage)
    api.send(body=body)
    assert lines(api) == [line]


def test_at_error_only_what_failed_is_there_with_the_reason(logged: Make) -> None:
    """facts/api-gateway.md#request-validation: details of a failed validation are in the execution log."""
    api = logged(MethodSetting("*", "/*", logging_level="ERROR"))
    api.send(body=SECRET)
    assert lines(api) == []
    api.send(body=b'{"private": 1}')
    (line,) = lines(api)
    assert line == ('BAD_REQUEST_BODY: Invalid request body: [object has missing required properties (["event_name"])]')


@pytest.mark.parametrize(
    "settings",
    [
        (),
        (MethodSetting("*", "/*", logging_level="OFF"),),
        (MethodSetting("POST", "/events", logging_level="OFF"), MethodSetting("*", "/*", logging_level="INFO")),
        (MethodSetting("GET", "/events", logging_level="INFO"),),
    ],
)
def test_a_method_whose_level_is_off_has_no_log(logged: Make, settings: tuple[MethodSetting, ...]) -> None:
    api = logged(*settings)
    api.send(body=SECRET)
    assert api.log == []


def test_an_event_is_cut_at_1024_bytes(logged: Make) -> None:
    """facts/api-gateway.md#limits."""
    api = logged(MethodSetting("*", "/*", logging_level="INFO", data_trace=True))
    api.send(body='{"event_name": "' + "ä" * 2000 + '"}')
    longest = max((line for _, _, line in api.log), key=len)
    assert 1020 <= len(longest.encode()) <= 1024
    assert longest.endswith("[TRUNCATED]")


def test_a_fault_of_the_runtime_itself_is_there_without_its_cause(
    gateway: Make, method: Make, message: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage("Stage", "prod", method_settings=(MethodSetting("*", "/*", logging_level="ERROR"),))
    sources = ("method.request.header.A",)
    authorizer = Authorizer("Auth", "auth-id", "auth", "TOKEN", FUNCTION, sources)
    api = gateway(method(authorization_type="CUSTOM", authorizer_id="auth-id"), stage=stage, authorizers=(authorizer,))

    async def fail(arn: str, payload: bytes) -> None:
        raise RuntimeError("private")

    monkeypatch.setattr(api.functions, "invoke", fail)
    assert message(api.send(headers={"A": "1"})) == (500, "Internal server error")
    assert lines(api) == ["Execution failed: Internal server error"]
