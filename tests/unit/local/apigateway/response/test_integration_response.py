"""From the service's answer to the client's (facts/api-gateway.md#aws-integration, #templates, #mapping-templates,
#response-headers).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Response
from clickstream_local.common.model import IntegrationResponse

Make = Callable[..., Any]


def responses(*entries: IntegrationResponse) -> dict[str, Any]:
    return {"responses": entries}


FULL = (
    IntegrationResponse(202, response_templates={"application/json": '{"request_id":"$context.extendedRequestId"}'}),
    IntegrationResponse(400, "4\\d{2}", {"application/json": '{"message":"bad"}'}),
    IntegrationResponse(502, "5\\d{2}", {"application/json": '{"message":"upstream"}'}),
)


def test_success_takes_the_default_entry_and_its_template(gateway: Make, method: Make, header: Make) -> None:
    response = gateway(method(integration=responses(*FULL))).send()
    assert response.status == 202
    assert response.body.decode() == f'{{"request_id":"{header(response, "x-amz-apigw-id")}"}}'
    assert header(response, "Content-Type") == "application/json"


@pytest.mark.parametrize(("status", "answered"), [(400, 400), (413, 400), (500, 502), (503, 502), (301, 202)])
def test_the_entry_is_chosen_by_a_pattern_on_the_status_code(
    gateway: Make, method: Make, status: int, answered: int
) -> None:
    api = gateway(method(integration=responses(*FULL)))
    api.answer = Response(status, (), b"{}")
    assert api.send().status == answered


def test_without_an_error_pattern_an_error_comes_back_with_the_default_status(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#aws-integration: returned with that response's status, e.g. 200 for an error."""
    api = gateway(method())
    api.answer = Response(400, (), b'{"__type":"ResourceNotFoundException"}')
    response = api.send()
    assert (response.status, response.body) == (200, b'{"__type":"ResourceNotFoundException"}')


def test_no_match_and_no_default_is_500(gateway: Make, method: Make, message: Make) -> None:
    """facts/api-gateway.md#aws-integration."""
    api = gateway(method(integration=responses(IntegrationResponse(200, "200"))))
    api.answer = Response(400, (), b"{}")
    assert message(api.send()) == (500, "Internal server error")


def test_a_pattern_has_to_fit_the_whole_status(gateway: Make, method: Make) -> None:
    api = gateway(method(integration=responses(IntegrationResponse(200), IntegrationResponse(400, "4"))))
    api.answer = Response(404, (), b"{}")
    assert api.send().status == 200


@pytest.mark.parametrize(
    ("accept", "body", "content_type"),
    [
        (None, "json", "application/json"),
        ("text/xml", "xml", "text/xml"),
        ("text/html, text/xml;q=0.9", "xml", "text/xml"),
        ("image/png", "json", "application/json"),
        ("*/*", "json", "application/json"),
    ],
)
def test_accept_selects_the_response_template(
    gateway: Make, method: Make, header: Make, accept: str | None, body: str, content_type: str
) -> None:
    """facts/api-gateway.md#templates: Accept, else application/json, else the first template."""
    entry = IntegrationResponse(200, response_templates={"text/xml": "xml", "application/json": "json"})
    response = gateway(method(integration=responses(entry))).send(headers={"Accept": accept} if accept else {})
    assert (response.body.decode(), header(response, "Content-Type")) == (body, content_type)


def test_without_a_json_template_the_first_one_is_taken(gateway: Make, method: Make, header: Make) -> None:
    entry = IntegrationResponse(200, response_templates={"text/xml": "xml", "text/csv": "csv"})
    response = gateway(method(integration=responses(entry))).send()
    assert (response.body, header(response, "Content-Type")) == (b"xml", "text/xml")


def test_an_empty_template_passes_the_body_on(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#templates."""
    entry = IntegrationResponse(200, response_templates={"application/json": ""})
    assert gateway(method(integration=responses(entry))).send().body == b'{"RecordId":"r-1","Encrypted":false}'


def test_a_response_template_reads_the_answer_of_the_service(gateway: Make, method: Make) -> None:
    entry = IntegrationResponse(200, response_templates={"application/json": "$input.json('$.RecordId')"})
    assert gateway(method(integration=responses(entry))).send().body == b'"r-1"'


def test_response_parameters_map_to_headers(gateway: Make, method: Make, header: Make) -> None:
    mapping = {
        "method.response.header.Access-Control-Allow-Origin": "'*'",
        "method.response.header.X-From": "integration.response.header.X-Service",
        "method.response.header.X-Record": "integration.response.body.RecordId",
        "method.response.header.X-Gone": "integration.response.header.Gone",
        "method.response.header.X-Id": "context.requestId",
        "method.response.header.X-All": "integration.response.multivalueheader.X-Many",
        "method.response.header.X-Body": "integration.response.body",
    }
    api = gateway(method(integration=responses(IntegrationResponse(200, response_parameters=mapping))))
    headers = (("x-service", "firehose"), ("X-Unmapped", "1"), ("X-Many", "a"), ("x-many", "b"))
    api.answer = Response(200, headers, b'{"RecordId":"r-1"}')
    response = api.send()
    assert header(response, "Access-Control-Allow-Origin") == "*"
    assert header(response, "X-From") == "firehose"
    assert header(response, "X-Record") == "r-1"
    assert header(response, "X-Id") == header(response, "x-amzn-RequestId")
    assert header(response, "X-Gone") is None
    assert header(response, "X-Unmapped") is None
    assert header(response, "X-All") == "a,b"
    assert header(response, "X-Body") == '{"RecordId":"r-1"}'


@pytest.mark.parametrize(
    "entry",
    [
        IntegrationResponse(200, response_templates={"application/json": "$input.path('$.a')"}),
        IntegrationResponse(200, response_parameters={"method.response.header.X": "integration.response.body.a"}),
    ],
)
def test_an_answer_that_begins_json_and_does_not_end_it_is_500_where_it_is_read(
    gateway: Make, method: Make, message: Make, entry: IntegrationResponse
) -> None:
    api = gateway(method(integration=responses(entry)))
    api.answer = Response(200, (), b"{private")
    assert message(api.send()) == (500, "Internal server error")


def test_a_template_overrides_status_and_headers(gateway: Make, method: Make, header: Make) -> None:
    """facts/api-gateway.md#mapping-templates; this is how a partial failure of PutRecordBatch becomes an error
    (10.1).
    """
    template = (
        "#if($input.path('$.FailedPutCount') > 0)#set($context.responseOverride.status = 503)"
        '#set($context.responseOverride.header.Retry-After = "1")#end{}'
    )
    mapping = {"method.response.header.retry-after": "'9'"}
    entry = IntegrationResponse(200, None, {"application/json": template}, mapping)
    api = gateway(method(integration=responses(entry)))
    api.answer = Response(200, (), b'{"FailedPutCount":1}')
    response = api.send()
    assert (response.status, header(response, "Retry-After")) == (503, "1")
    api.answer = Response(200, (), b'{"FailedPutCount":0}')
    response = api.send()
    assert (response.status, header(response, "Retry-After")) == (200, "9")


def test_an_override_of_the_request_template_survives_into_the_response(gateway: Make, method: Make) -> None:
    """facts/api-gateway.md#mapping-templates."""
    assert gateway(method("#set($context.responseOverride.status = 207)x")).send().status == 207


@pytest.mark.parametrize("status", ["99", "600", '"abc"', '"202"', "true"])
def test_a_status_override_that_is_no_status_is_ignored(gateway: Make, method: Make, status: str) -> None:
    """facts/api-gateway.md#mapping-templates: must be an integer 100-599, otherwise ignored."""
    assert gateway(method(f"#set($context.responseOverride.status = {status})x")).send().status == 200


def test_the_trace_id_is_on_successful_answers_of_a_service(gateway: Make, method: Make, header: Make) -> None:
    """facts/api-gateway.md#response-headers."""
    api = gateway(method("$input.params('X-Amzn-Trace-Id')"))
    response = api.send()
    assert header(response, "X-Amzn-Trace-Id").startswith("Root=1-6b016ba0-")
    assert api.sent == header(response, "X-Amzn-Trace-Id")
    assert header(api.send("/nothing"), "X-Amzn-Trace-Id") is None


ROOT, PARENT = "Root=1-5759e988-bd862e3fe1be46a994272793", "Parent=53995c3f42cd8ad8"


@pytest.mark.parametrize(
    ("trace", "answered"),
    [
        (f"{ROOT};{PARENT};Sampled=1", f"{ROOT};{PARENT};Sampled=1"),
        (f"{ROOT};{PARENT}", f"{ROOT};{PARENT};Sampled=0"),
        (f"Self=1-a-b; {ROOT}; Sampled=1; {PARENT}", f"Self=1-a-b;{ROOT};Sampled=1;{PARENT}"),
        (ROOT, f"{ROOT};Parent=[0-9a-f]{{16}};Sampled=0"),
        (ROOT.lower(), f"{ROOT.lower()};Parent=[0-9a-f]{{16}};Sampled=0"),
        (PARENT, "Root=1-6b016ba0-[0-9a-f]{24}"),
        ("Root=anything", "Root=1-6b016ba0-[0-9a-f]{24}"),
    ],
)
@pytest.mark.parametrize("name", ["X-Amzn-Trace-Id", "x-amzn-trace-id"])
def test_a_trace_that_the_client_began_goes_on(
    gateway: Make, method: Make, header: Make, name: str, trace: str, answered: str
) -> None:
    """Recorded on AWS behind a proxy integration; a parent is made where the client names none."""
    api = gateway(method("$input.params('X-Amzn-Trace-Id')|$input.params('x-amzn-trace-id')"))
    response = api.send(headers={name: trace})
    assert re.fullmatch(answered, header(response, "X-Amzn-Trace-Id"))
    assert api.sent == f"{header(response, 'X-Amzn-Trace-Id')}|"


def test_a_pattern_that_is_no_regular_expression_is_named_at_start(gateway: Make, method: Make) -> None:
    api = gateway(method(integration=responses(IntegrationResponse(200, "4("))))
    assert "SelectionPattern '4(' is not a regular expression" in api.service.unsupported()[0].reason
