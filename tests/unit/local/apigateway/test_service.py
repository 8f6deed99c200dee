"""A whole API, also behind the real listener and met by a client nobody here wrote: Python's own http.client."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import IntegrationResponse
from clickstream_local.listener.server import serve


def responses(*entries: IntegrationResponse) -> dict[str, Any]:
    return {"responses": entries}


Make = Callable[..., Any]


def over_http(api: Any, talk: Callable[[http.client.HTTPConnection], Any]) -> Any:
    """Serve the API under /prod and let ``talk`` use a connection to it."""

    async def app(request: Request) -> Response:
        return await api.service.handle("prod", request.path.removeprefix("/prod"), request)

    async def main() -> Any:
        listener = await serve(app)
        connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=10)
        try:
            return await asyncio.to_thread(talk, connection)
        finally:
            connection.close()
            await listener.close()

    return asyncio.run(main())


def test_requests_of_all_kinds_share_one_connection(gateway: Make, method: Make) -> None:
    api = gateway(method("$input.body $context.identity.userAgent $input.params('q')"))

    def talk(connection: http.client.HTTPConnection) -> list[tuple[int, bytes]]:
        answers = []
        for verb, path in [("POST", "/prod/events?q=a%26b"), ("GET", "/prod/events"), ("POST", "/prod/gone")]:
            connection.request(verb, path, body=b"x" if verb == "POST" else None, headers={"User-Agent": "tést"})
            response = connection.getresponse()
            answers.append((response.status, response.read()))
        return answers

    answers = over_http(api, talk)
    assert [status for status, _ in answers] == [200, 403, 403]
    assert json.loads(answers[1][1]) == {"message": "Missing Authentication Token"}
    assert api.sent == "x tést a&b"


@pytest.mark.parametrize(("size", "status"), [(10 * 1024 * 1024, 200), (10 * 1024 * 1024 + 1, 413), (20_000_000, 413)])
def test_the_payload_limit_is_told_in_the_words_of_the_service(
    gateway: Make, method: Make, size: int, status: int
) -> None:
    """facts/api-gateway.md#limits: 10 MB; the text is inferred."""
    api = gateway(method("taken"))

    def talk(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
        connection.request("POST", "/prod/events", body=b"x" * size)
        response = connection.getresponse()
        return response.status, response.read()

    answered, body = over_http(api, talk)
    assert answered == status
    assert len(api.calls) == (status == 200)
    assert status == 200 or body == b'{"message":"Request Too Long"}'


@pytest.mark.parametrize("path", ["/events", "/nothing"])
def test_every_answer_carries_both_request_ids(gateway: Make, method: Make, header: Make, path: str) -> None:
    """facts/api-gateway.md#response-headers."""
    response = gateway(method()).send(path)
    assert len(header(response, "x-amzn-RequestId")) == 36
    assert len(header(response, "x-amz-apigw-id")) == 16


def test_an_error_inside_is_500_without_details(
    gateway: Make, method: Make, message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    api = gateway(method('#set($context.responseOverride = "no map")x'))
    assert message(api.send(body="secret")) == (500, "Internal server error")
    assert "POST prod/events failed inside API Gateway" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("name", ["Transfer-Encoding", "transfer-encoding"])
@pytest.mark.parametrize("by_template", [False, True])
def test_a_transfer_encoding_is_dropped(
    gateway: Make, method: Make, header: Make, name: str, by_template: bool
) -> None:
    """Recorded on AWS for a mapping; beside a Content-Length it would be an error of HTTP."""
    override = f"#set($context.responseOverride.header['{name}'] = 'chunked')x"
    entry = IntegrationResponse(
        200,
        response_parameters={} if by_template else {f"method.response.header.{name}": "'chunked'"},
        response_templates={"application/json": override} if by_template else {},
    )
    response = gateway(method(integration=responses(entry))).send()
    assert response.status == 200
    assert header(response, "Transfer-Encoding") is header(response, "x-amzn-Remapped-Transfer-Encoding") is None


@pytest.mark.parametrize("name", ["Date", "Server", "WWW-Authenticate", "content-length"])
def test_headers_that_the_service_keeps_for_itself_are_renamed(
    gateway: Make, method: Make, header: Make, name: str
) -> None:
    """apigateway-runtime.json, headers.response_headers_renamed_x-amzn-Remapped-*."""
    mapping = {f"method.response.header.{name}": "'v'"}
    response = gateway(method(integration=responses(IntegrationResponse(200, response_parameters=mapping)))).send()
    assert header(response, f"x-amzn-Remapped-{name}") == "v"
    assert header(response, name) is None
