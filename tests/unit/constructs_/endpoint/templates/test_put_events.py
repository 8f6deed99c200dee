"""The mapping templates, rendered by the local runtime's own VTL engine."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cdk_clickstream import Target
from cdk_clickstream.endpoint.templates.put_events import (
    ACCEPTED_TEMPLATE,
    KINESIS_REFUSED_TEMPLATE,
    REFUSED_TEMPLATE,
    UNAVAILABLE_TEMPLATE,
    put_events_template,
)
from clickstream_local.vtl import MappingTemplate

PRINCIPAL = "context.authorizer.principalId"
TOKEN = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"
TEMPLATE = put_events_template(Target.firehose("stream-1", "arn", None), PRINCIPAL, TOKEN)


HOSTILE = [
    'Mozilla "quoted"',
    "it's",
    "back\\slash\\",
    "\\'",
    "line\nbreak\r\ttab",
    "nul\x00 \u2028 ünï 😀",
    "$context.requestId ${q} #set($x = 1)",
    '","boundary":"forged',
]


def context(**identity: str) -> dict[str, Any]:
    return {
        "requestTimeEpoch": 1795255200123,
        "requestId": "chosen-by-the-client",
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "identity": {"sourceIp": "203.0.113.9", **identity},
        "responseOverride": {"header": {}},
    }


def render(template: str, body: str, variables: dict[str, Any]) -> str:
    params: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    return MappingTemplate(template).render(body=body, params=params, context=variables, stage_variables={})


def record(body: str, **identity: str) -> str:
    request = json.loads(render(TEMPLATE, body, context(**identity)))
    assert request["DeliveryStreamName"] == "stream-1"
    return base64.b64decode(request["Record"]["Data"]).decode()


def test_a_record_is_context_line_body_and_boundary_line() -> None:
    """Each ended by a real newline."""
    body = '[\n {"event_name": "click"}\n]'
    line, rest = record(body, userAgent="curl/8", apiKeyId="key1").split("\n", 1)
    assert rest == f"{body}\nJKJaXmPLvHcESHA=\n"
    assert json.loads(line) == {
        "clickstream": 1,
        "kind": "request",
        "token": TOKEN,
        "received_at": 1795255200123,
        "ip": "203.0.113.9",
        "user_agent": "curl/8",
        "api_key_id": "key1",
        "principal": "",
        "boundary": "JKJaXmPLvHcESHA=",
    }


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_of_the_context_can_break_the_context_line(value: str) -> None:
    """facts/api-gateway.md#mapping-templates: escapeJavaScript alone yields \\', which is no JSON."""
    line, _ = record("{}", userAgent=value, apiKeyId=value).split("\n", 1)
    parsed = json.loads(line)
    assert parsed["user_agent"] == value
    assert parsed["api_key_id"] == value
    assert parsed["boundary"] == "JKJaXmPLvHcESHA="


def test_the_boundary_is_not_the_request_id_that_a_client_can_choose() -> None:
    """facts/api-gateway.md#mapping-templates: requestId can be overridden by the client, extendedRequestId cannot."""
    assert "chosen-by-the-client" not in record("{}")


def test_the_body_is_passed_on_byte_for_byte() -> None:
    body = '{"event_name":"click","price":10.00,"text":"$input.body #end \\u00e9 é"}'
    assert f"\n{body}\n" in record(body)


def test_an_accepted_record_is_answered_with_its_boundary() -> None:
    answer = render(ACCEPTED_TEMPLATE, '{"RecordId":"x","Encrypted":true}', context())
    assert json.loads(answer) == {"request_id": "JKJaXmPLvHcESHA="}


def service_error(template: str, type_: str, message: str) -> tuple[object, dict[str, Any], dict[str, Any]]:
    variables = context()
    body = json.loads(render(template, json.dumps({"__type": type_, "message": message}), variables))
    assert body["request_id"] == "JKJaXmPLvHcESHA="
    override = variables["responseOverride"]
    return override.get("status"), override["header"], body


def test_throttling_keeps_the_status_503() -> None:
    """facts/firehose.md#wire-protocol: throttling is ServiceUnavailableException with status 500."""
    status, _, body = service_error(UNAVAILABLE_TEMPLATE, "ServiceUnavailableException", "Slow down.")
    assert status is None
    assert "retry" in body["message"]


def test_any_other_5xx_of_the_service_becomes_502() -> None:
    status, _, _ = service_error(UNAVAILABLE_TEMPLATE, "InternalFailure", "x")
    assert status == 502


def test_a_record_over_the_limit_becomes_413() -> None:
    """facts/firehose.md#put-records, recorded by a third party: the constraint's text names 1024000."""
    text = (
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at "
        "'record.data' failed to satisfy constraint: Member must have length less than or equal to 1024000"
    )
    status, _, body = service_error(REFUSED_TEMPLATE, "ValidationException", text)
    assert status == 413
    assert "1,024,000" in body["message"]


def test_another_validation_error_keeps_the_status_502_and_hides_the_services_text() -> None:
    status, _, body = service_error(REFUSED_TEMPLATE, "ValidationException", "secret stream name")
    assert status is None
    assert "secret" not in json.dumps(body)


def test_a_throttled_call_is_answered_503_with_retry_after() -> None:
    """facts/firehose.md#wire-protocol, common errors: ThrottlingException has status 400."""
    status, headers, _ = service_error(REFUSED_TEMPLATE, "ThrottlingException", "Rate exceeded")
    assert status == 503
    assert headers == {"Retry-After": "1"}


def test_an_answer_that_is_no_json_is_answered_502() -> None:
    variables = context()
    assert "did not take" in render(REFUSED_TEMPLATE, "", variables)
    assert "status" not in variables["responseOverride"]


def test_a_kinesis_stream_gets_the_same_record_under_the_requests_id() -> None:
    target = Target("kinesis", "stream-2", "arn", None, "PutRecords")
    template = put_events_template(target, PRINCIPAL, TOKEN)
    request = json.loads(render(template, '{"event_name": "click"}', context()))
    assert request["StreamName"] == "stream-2"
    assert request["PartitionKey"] == "JKJaXmPLvHcESHA="
    assert base64.b64decode(request["Data"]).decode() == record('{"event_name": "click"}')


def test_throttling_by_kinesis_is_answered_503() -> None:
    """facts/kinesis.md#put-records: ProvisionedThroughputExceededException."""
    variables = context()
    answer = render(
        KINESIS_REFUSED_TEMPLATE,
        '{"__type": "ProvisionedThroughputExceededException", "message": "Rate exceeded for shard"}',
        variables,
    )
    assert "throttled" in json.loads(answer)["message"]
    assert variables["responseOverride"]["status"] == 503
