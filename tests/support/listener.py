"""A listener that plays a scenario, and what a raw socket says to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from clickstream_local.common.http import Request, Response
from clickstream_local.listener.connection import ListenerLimits
from clickstream_local.listener.server import Listener, serve

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(request: Request) -> Response:
    line = f"{request.method} {request.path}?{request.query} ".encode()
    return Response(200, (("Content-Type", "text/plain"),), line + request.body)


def run(
    scenario: Callable[[Listener], Coroutine[Any, Any, Any]],
    app: Callable[[Request], Awaitable[Response]] = echo,
    limits: ListenerLimits | None = None,
) -> Any:
    """Serve ``app``, play ``scenario`` against it, close."""

    async def main() -> Any:
        listener = await serve(app, limits=limits)
        try:
            return await asyncio.wait_for(scenario(listener), 10)
        finally:
            await listener.close(grace_seconds=1)

    return asyncio.run(main())


async def connect(listener: Listener) -> Streams:
    return await asyncio.open_connection("127.0.0.1", listener.port)


async def talk(listener: Listener, data: bytes) -> bytes:
    """Send ``data``, half-close, read everything until the server closes."""
    reader, writer = await connect(listener)
    writer.write(data)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


async def read_response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(first.split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0")))
