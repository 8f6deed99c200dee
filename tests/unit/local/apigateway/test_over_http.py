"""The API behind the real listener, met by a client nobody here wrote: Python's own http.client."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.listener import serve

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
    """aws-facts 10.8: 10 MB; the text is [M]."""
    api = gateway(method("taken"))

    def talk(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
        connection.request("POST", "/prod/events", body=b"x" * size)
        response = connection.getresponse()
        return response.status, response.read()

    answered, body = over_http(api, talk)
    assert answered == status
    assert len(api.calls) == (status == 200)
    assert status == 200 or body == b'{"message":"Request Too Long"}'
