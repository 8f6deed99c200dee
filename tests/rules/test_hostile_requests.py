"""Mutated HTTP requests at a running listener with a whole API behind it: never a traceback, never a hang.

``CLICKSTREAM_FUZZ_REQUESTS`` sets how many (500), ``CLICKSTREAM_FUZZ_SEED`` which ones.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.common.model import (
    ApiKey,
    Authorizer,
    Integration,
    IntegrationResponse,
    Method,
    MethodSetting,
    PlanStage,
    Stage,
    UsagePlan,
)
from clickstream_local.listener.connection import ListenerLimits
from clickstream_local.listener.server import serve
from support.rest_api import FUNCTION, Gateway

REQUESTS = int(os.environ.get("CLICKSTREAM_FUZZ_REQUESTS", "500"))
SEED = int(os.environ.get("CLICKSTREAM_FUZZ_SEED", "6"))
AT_A_TIME = 16
LONGEST_SECONDS = 10

TEMPLATE = """#set($items = $input.path('$.items'))
{"n": "$items.size()", "first": $input.json('$.items[0]'), "ua": "$util.escapeJavaScript($context.identity.userAgent)",
 "q": "$util.urlDecode($input.params('q'))", "id": "$input.params('id')", "b": "$util.base64Encode($input.body)"}"""
MODEL = {"type": "object", "properties": {"items": {"type": "array"}, "name": {"pattern": "^a+$"}}}


def gateway() -> Gateway:
    """One method for each way in."""
    responses = (IntegrationResponse(200, response_parameters={"method.response.header.X": "method.request.header.x"}),)
    put = Integration("AWS", "firehose", "PutRecord", {"application/json": TEMPLATE}, responses=responses)
    checked = {"request_models": {"application/json": "Model"}, "validate_body": True}
    methods = (
        Method("Post", "POST", "/events", put, **checked),
        Method(
            "Item",
            "PUT",
            "/items/{id}",
            put,
            validate_parameters=True,
            request_parameters={"method.request.querystring.q": True},
        ),
        Method("Proxy", "ANY", "/files/{rest+}", put),
        Method("Key", "POST", "/key", put, api_key_required=True),
        Method("Iam", "POST", "/iam", put, authorization_type="AWS_IAM"),
        Method("Custom", "POST", "/custom", put, authorization_type="CUSTOM", authorizer_id="auth"),
        Method(
            "Mock",
            "OPTIONS",
            "/events",
            Integration("MOCK", request_templates={"application/json": '{"statusCode": 200}'}, responses=responses),
        ),
    )
    settings = (MethodSetting("*", "/*", logging_level="INFO", data_trace=True),)
    stage = Stage(
        "Stage",
        "prod",
        method_settings=settings,
        access_log_group="g",
        access_log_format="$context.path $context.error.message",
    )
    made = Gateway(
        *methods,
        stage=stage,
        models={"Model": MODEL},
        api_keys=(ApiKey("Key", "k", "key", "value"),),
        usage_plans=(UsagePlan("Plan", "p", (PlanStage("prod"),), ("k",), rate=5, burst=5, quota_limit=50),),
        authorizers=(Authorizer("Auth", "auth", "auth", "REQUEST", FUNCTION, ("method.request.header.x",)),),
        binary_media_types=("image/*",),
        minimum_compression_size=20,
    )
    assert made.service.unsupported() == ()
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made.functions.answer = {"principalId": "p", "policyDocument": {"Statement": allow}}
    return made


SIGNED = (
    "AWS4-HMAC-SHA256 Credential=LOCAL/20261121/eu-west-1/execute-api/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00ff"
)
TARGETS = (
    "/prod/events",
    "/prod/items/7?q=a%20b",
    "/prod/files/a/b/c",
    "/prod/key",
    "/prod/iam",
    "/prod/custom",
    "/prod/",
    "/prod",
    "/",
    "//",
    "*",
    "/prod/events?a=%ff&b=%zz;c",
    "/prod/files/%2e%2e/%00",
    "/prod/items/%e2%28%a1?q=%",
    "/prod/iam?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=LOCAL%2F20261121%2Feu-west-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20261121T000000Z"
    "&X-Amz-Expires=99&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
    "http://example.org/prod/events",
    "/prod/" + "x" * 9000,
)
HEADERS = (
    "Content-Type: application/json",
    "Content-Type: image/png",
    "Content-Type: ;;;",
    "Content-Type:",
    "X-Api-Key: value",
    "Authorization: " + SIGNED,
    "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=, Signature=",
    "Authorization: AWS4-HMAC-SHA256 ===,,,",
    "X-Amz-Date: 20261121T000000Z",
    "X-Amz-Date: tomorrow",
    "Content-Encoding: gzip",
    "Content-Encoding: deflate",
    "Content-Encoding: br",
    "Accept-Encoding: gzip;q=x, *;;",
    "Accept: text/html;q=0.1,,*/*",
    "Expect: 100-continue",
    "Connection: close",
    "Connection: upgrade",
    "Upgrade: h2c",
    "x: y",
    "x: \xe9\xff",
    "X-Forwarded-For: 1, 2",
    "User-Agent: \x7f$context #if(true)",
    "Host:",
    "Transfer-Encoding: gzip",
    "Cookie: " + "c" * 5000,
    "Range: bytes=0-",
    "x-amzn-requestid: a",
)
BODIES = (
    b"",
    b"{}",
    b'{"items": [1, {"a": null}]}',
    b'{"name": "aaa!"}',
    b'{"items": "\\ud800"}',
    b"[" * 3000,
    b"[" * 90_000,
    b'{"a":' * 2000,
    b"\xff\xfe\x00",
    b"1e999999",
    b'{"items": [' + b"1," * 5000 + b"1]}",
    b"NaN",
    b'"',
    b"\n\n",
    gzip.compress(b'{"items": []}'),
    gzip.compress(b"0" * 11_000_000),
    b"#set($x = 1)",
    b'{"items": {"": {}}}',
    json.dumps({"items": ["x" * 60_000]}).encode(),
)
METHODS = ("POST", "PUT", "OPTIONS", "GET", "HEAD", "DELETE", "PATCH", "ANY", "CONNECT", "post", "")


def mutated(chance: random.Random) -> bytes:
    """A request that is more or less one."""
    body = chance.choice(BODIES)
    headers = ["Host: 127.0.0.1", *chance.sample(HEADERS, chance.randint(0, 5))]
    if chance.random() < 0.2:
        headers.append("Transfer-Encoding: chunked")
        pieces = [body[start : start + 7000] for start in range(0, len(body), 7000)]
        framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        wrong = (len(body) + 1, max(0, len(body) - 1), -1, "1e3", 10**30)
        length = chance.choice(wrong) if chance.random() < 0.1 else len(body)
        headers.append(f"Content-Length: {length}")
        framed = body
    method = "POST" if chance.random() < 0.7 else chance.choice(METHODS)
    version = (
        "HTTP/1.1" if chance.random() < 0.9 else chance.choice(("HTTP/1.0", "HTTP/2.0", "HTTP/9", "", "HTTP/1.1 x"))
    )
    end = "\r\n" if chance.random() < 0.9 else "\n"
    head = end.join((f"{method} {chance.choice(TARGETS)} {version}", *headers, "", ""))
    raw = bytearray(head.encode("latin-1") + framed)
    for _ in range(chance.choice((0, 0, 0, 0, 1, 4))):
        at = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                raw[at] = chance.randrange(256)
            case 1:
                raw[at:at] = chance.choice((b"\x00", b"\r\n", b"\r", b" ", b":", b"%", b"\xff\xff", b"\r\n\r\n"))
            case 2:
                del raw[at : at + chance.randint(1, 20)]
            case _:
                raw[at:at] = raw[: chance.randint(1, 60)]
        raw = raw or bytearray(b"x")
    return bytes(raw)


async def exchange(port: int, raw: bytes, chance: random.Random) -> bytes:
    """Send a request, in one or two pieces, close the sending side and read what comes until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    cut = chance.randrange(len(raw) + 1)
    try:
        for piece in (raw[:cut], raw[cut:]) if chance.random() < 0.3 else (raw,):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if chance.random() < 0.9:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[!-9;-~]+: [^\r\n]*\r\n)*)\r\n")
LENGTH = re.compile(rb"^Content-Length: (\d+)\r$", re.MULTILINE)


def check(answers: bytes) -> list[int]:
    """The statuses of the answers, each of which has to be a whole HTTP response."""
    assert b"Traceback" not in answers
    assert b"clickstream_local" not in answers
    statuses = []
    while answers:
        head = HEAD.match(answers)
        assert head, answers[:200]
        statuses.append(int(head[1]))
        answers = answers[head.end() :]
        length = LENGTH.search(head[2])
        # An answer to HEAD has a length and no body.
        if length and answers and not answers.startswith(b"HTTP/1.1 "):
            assert len(answers) >= int(length[1])
            answers = answers[int(length[1]) :]
    return statuses


def run(scenario: Callable[[int], Any]) -> tuple[Any, list[Any]]:
    """Serve the API while ``scenario`` talks to its port; what it gives, and what went wrong in the loop."""
    api = gateway().service
    problems: list[Any] = []

    async def app(request: Request) -> Response:
        stage, _, rest = request.path.lstrip("/").partition("/")
        return await api.handle(stage, f"/{rest}", request)

    async def main() -> Any:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context))
        listener = await serve(app, limits=ListenerLimits(request_seconds=1, idle_seconds=1))
        try:
            return await scenario(listener.port)
        finally:
            await listener.close(grace_seconds=1)

    return asyncio.run(main()), problems


def test_no_mutated_request_brings_a_traceback_a_broken_answer_or_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    chance = random.Random(SEED)
    requests = [mutated(chance) for _ in range(REQUESTS)]
    room = asyncio.Semaphore(AT_A_TIME)
    seen: dict[int, int] = {}

    async def one(port: int, number: int, raw: bytes) -> None:
        async with room:
            try:
                answers = await asyncio.wait_for(exchange(port, raw, random.Random(number)), LONGEST_SECONDS)
                statuses = check(answers)
            except Exception as error:
                shown = raw if len(raw) < 300 else raw[:300] + b"..."
                raise AssertionError(f"seed {SEED}, request {number}: {shown!r}: {error!r}") from error
            for status in statuses:
                seen[status] = seen.get(status, 0) + 1

    async def scenario(port: int) -> bytes:
        await asyncio.gather(*(one(port, number, raw) for number, raw in enumerate(requests)))
        return await exchange(port, b"OPTIONS /prod/events HTTP/1.1\r\nHost: h\r\n\r\n", random.Random(0))

    last, problems = run(scenario)
    assert last.startswith(b"HTTP/1.1 200 ")
    assert problems == []
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    # The requests reach every part: they are not all refused at the door.
    assert {200, 400, 401, 403, 415} <= seen.keys(), seen
