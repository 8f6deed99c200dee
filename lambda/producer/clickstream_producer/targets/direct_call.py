"""A request through botocore's own signer and HTTP session, without its walk over shapes.

Checking, serializing and parsing shapes in Python is most of what a call of boto3 costs (producers.md, finding 7 and
section 8). This keeps what must stay botocore's: endpoint, credentials, signature, headers, connections, proxies, TLS,
and the public events ``before-call``, ``request-created``, ``before-sign`` and ``before-send``.
"""

from __future__ import annotations

import uuid
from typing import Any, Self

from botocore import parsers

from clickstream_producer.targets.http_pool import Answer, HttpPool

_JSON = "application/x-amz-json-1.1"


class DirectCall:
    """Repeats a call that boto3 has prepared once, with other bodies.

    Parameters
    ----------
    client
        The boto3 client.
    endpoint
        The client's endpoint, a private part of it.
    event
        What the client's ``before-call`` event carried: model, request, signer and context.
    """

    def __init__(self, client: Any, endpoint: Any, event: dict[str, Any]) -> None:
        self._client = client
        self._endpoint = endpoint
        self._model = event["model"]
        self._signer = event["request_signer"]
        self._request = _copy(event["params"])
        self._pool: HttpPool | None = None
        self._operation = f"{self._model.service_model.service_id.hyphenize()}.{self._model.name}"

    @classmethod
    def after(cls, client: Any, event: dict[str, Any]) -> Self | None:
        """Learn from a ``before-call`` event; None if this botocore lacks a part, or speaks another protocol."""
        endpoint = getattr(client, "_endpoint", None)
        usable = (
            callable(getattr(endpoint, "create_request", None))
            and callable(getattr(getattr(endpoint, "http_session", None), "send", None))
            and {"model", "params", "request_signer"} <= event.keys()
            and event["params"].get("headers", {}).get("Content-Type") == _JSON
        )
        return cls(client, endpoint, event) if usable else None

    def post(self, body: memoryview) -> bytes:
        """Send a body; give back the answer's.

        Raises
        ------
        Exception
            The same that a call of the boto3 client raises.
        """
        events = self._client.meta.events
        request = {**_copy(self._request), "body": body}
        context = request["context"]
        context["retries"] = {"attempt": 1, "invocation-id": str(uuid.uuid4())}
        _, answered = events.emit_until_response(
            f"before-call.{self._operation}",
            model=self._model,
            params=request,
            request_signer=self._signer,
            context=context,
        )
        status, headers, content = _parts(answered[0]) if answered is not None else self._send(events, request)
        if status >= 300:
            parsed = parsers.create_parser("json").parse(
                {"status_code": status, "headers": headers, "body": content}, self._model.output_shape
            )
            error = self._client.exceptions.from_code(parsed["Error"]["Code"])
            raise error(parsed, self._model.name)
        return content

    def _send(self, events: Any, request: dict[str, Any]) -> Answer:
        prepared = self._endpoint.create_request(request, self._model)
        for _, response in events.emit(f"before-send.{self._operation}", request=prepared):
            if response is not None:
                return _parts(response)
        session = self._endpoint.http_session
        pool, self._pool = self._pool, None
        if pool is None or not pool.open or pool.url != prepared.url:
            pool = HttpPool.of(session, prepared.url)
        if pool is None:
            return _parts(session.send(prepared))
        answer = pool.send(prepared)
        self._pool = pool  # not after an error: it is looked up again then
        return answer


def _parts(response: Any) -> Answer:
    return response.status_code, response.headers, response.content


def _copy(request: dict[str, Any]) -> dict[str, Any]:
    # Two levels: handlers of the events add headers and members of the context, and signing adds to both.
    return {name: value.copy() if hasattr(value, "copy") else value for name, value in request.items()}
