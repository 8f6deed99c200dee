"""The listener, met with raw sockets: what a request becomes, and what a malformed one gets."""

from __future__ import annotations

import asyncio

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.listener.server import Listener, serve
from support.listener import connect, echo, read_response, run


def test_close_finishes_the_request_in_flight_and_closes_idle_connections() -> None:
    started = asyncio.Event()

    async def app(request: Request) -> Response:
        started.set()
        await asyncio.sleep(0.1)
        return await echo(request)

    async def scenario(listener: Listener) -> None:
        idle_reader, idle_writer = await connect(listener)
        reader, writer = await connect(listener)
        writer.write(b"GET /last HTTP/1.1\r\nHost: h\r\n\r\n")
        await started.wait()
        closing = asyncio.create_task(listener.close())
        status, headers, body = await read_response(reader)
        assert (status, headers["connection"], body) == (200, "close", b"GET /last? ")
        assert await idle_reader.read() == b""
        await closing
        with pytest.raises(ConnectionRefusedError):
            await connect(listener)
        writer.close()
        idle_writer.close()

    run(scenario, app)


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    async def scenario(listener: Listener) -> None:
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{listener.port} .*0 takes any free port"):
            await serve(echo, port=listener.port)

    run(scenario)
