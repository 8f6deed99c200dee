"""A REST API in front of a recording service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

from clickstream_local.apigateway.service import RestApiService
from clickstream_local.common.http import Headers, Request, Response
from clickstream_local.common.model import Integration, IntegrationResponse, Method, RestApi, Stage
from clickstream_local.lambda_runtime.sandbox import InvokeResult

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:auth"
OK = Response(200, (("Content-Type", "application/x-amz-json-1.1"),), b'{"RecordId":"r-1","Encrypted":false}')


class Functions:
    """A Lambda service with one function, ``FUNCTION``: it answers ``answer`` and remembers its ``events``."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer: Any = {}

    def find(self, arn: str) -> object | None:
        return self if arn == FUNCTION else None

    async def invoke(self, arn: str, payload: bytes) -> InvokeResult:
        assert arn == FUNCTION
        self.events.append(json.loads(payload))
        if isinstance(self.answer, InvokeResult):
            return self.answer
        return InvokeResult(200, json.dumps(self.answer).encode(), "request-id")


class Gateway:
    """A ``RestApiService`` with what it called (``calls``), logged (``lines``) and the time it reads (``now``)."""

    def __init__(
        self, *methods: Method, stage: Stage | None = None, validate_unmodelled_types: bool = False, **api: Any
    ):
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        self.lines: list[tuple[str, str]] = []
        self.now = 1_795_255_200.123
        self.functions = Functions()
        self.log: list[tuple[str, str, str]] = []
        self.answer: Response | Exception = OK
        self.delay = 0.0
        self.service = RestApiService(
            RestApi("Api", "a1b2c3", "clicks", methods, (stage or Stage("Stage", "prod"),), **api),
            call_service=self._call,
            access_log=lambda group, line: self.lines.append((group, line)),
            execution_log=lambda *line: self.log.append(line),
            functions=self.functions,
            secret_of={"LOCAL": "local"}.get,
            clock=lambda: self.now,
            account="111122223333",
            region="eu-west-1",
            validate_unmodelled_types=validate_unmodelled_types,
        )

    async def _call(self, service: str, action: str, headers: dict[str, str], body: bytes) -> Response:
        self.calls.append((service, action, headers, body))
        await asyncio.sleep(self.delay)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def send(
        self,
        path: str = "/events",
        body: bytes | str = b"{}",
        *,
        method: str = "POST",
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        query: str = "",
        stage: str = "prod",
    ) -> Response:
        raw = body.encode() if isinstance(body, str) else body
        pairs = Headers(headers.items() if isinstance(headers, Mapping) else headers)
        request = Request(method, f"/{stage}{path}", query, pairs, raw, client_ip="203.0.113.9")
        return asyncio.run(self.service.handle(stage, path, request))

    @property
    def sent(self) -> str:
        """The body of the only call."""
        [(_, _, _, body)] = self.calls
        return body.decode()


def build_method(
    template: str | None = "$input.body",
    *,
    http_method: str = "POST",
    path: str = "/events",
    integration: dict[str, Any] | None = None,
    **fields: Any,
) -> Method:
    """A method that puts ``template`` for JSON into Firehose and answers 200 with the service's body."""
    settings: dict[str, Any] = {
        "type": "AWS",
        "service": "firehose",
        "action": "PutRecord",
        "request_templates": {} if template is None else {"application/json": template},
        "passthrough_behavior": "NEVER",
        "responses": (IntegrationResponse(200),),
        **(integration or {}),
    }
    return Method("Method", http_method, path, Integration(**settings), resource_id="res1", **fields)
