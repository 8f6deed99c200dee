"""The listener, met with raw sockets: what a request becomes, and what a malformed one gets."""

from __future__ import annotations

import asyncio
import errno
import socket

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


def test_more_clients_than_there_is_room_for_take_the_place_of_idle_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (20, 20))
    monkeypatch.setattr("clickstream_local.listener.server._IDLE_SECONDS", 0.1)

    async def scenario(listener: Listener) -> None:
        clients = [await connect(listener) for _ in range(8)]
        await asyncio.sleep(0.2)
        clients += [await connect(listener) for _ in range(8)]
        for reader, writer in clients[-8:]:
            writer.write(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
            assert (await read_response(reader))[0] == 200
        assert await clients[0][0].read() == b""
        for _, writer in clients:
            writer.close()

    run(scenario)


def test_descriptors_that_are_used_up_are_said_once_and_clients_come_in_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("clickstream_local.listener.server._ACCEPT_RETRY_SECONDS", 0.01)
    left = [OSError(errno.EMFILE, "Too many open files")] * 5

    async def scenario(listener: Listener) -> None:
        loop = asyncio.get_running_loop()
        accept = loop.sock_accept

        async def refuse(listening: socket.socket) -> tuple[socket.socket, object]:
            client = await accept(listening)
            if left:
                client[0].close()
                raise left.pop()
            return client

        monkeypatch.setattr(loop, "sock_accept", refuse)
        answers = b""
        while left or not answers:
            reader, writer = await connect(listener)
            writer.write(b"GET /1 HTTP/1.0\r\n\r\n")
            try:
                answers = await reader.read()
            except ConnectionError:
                continue
            finally:
                writer.close()
        assert answers.startswith(b"HTTP/1.1 200")

    run(scenario)
    assert caplog.messages == ["no connection can be taken: Too many open files; tried again every second"]
