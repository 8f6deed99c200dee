"""The listener's limits: large, slow, half-closed and vanished clients, a port in use, and closing."""

from __future__ import annotations

import asyncio

import pytest

from clickstream_local.common.http import Request, Response
from clickstream_local.listener import Listener, ListenerLimits, serve
from support.listener import connect, echo, read_response, run, talk


def test_a_declared_length_over_the_limit_is_413_before_the_body_is_sent() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n")
        assert (await read_response(reader))[0] == 413
        writer.close()

    run(scenario, limits=ListenerLimits(body_bytes=100))


def test_a_chunked_body_over_the_limit_is_413() -> None:
    async def scenario(listener: Listener) -> None:
        head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await talk(listener, head + b"40\r\n" + b"x" * 64 + b"\r\n40\r\n" + b"x" * 64 + b"\r\n0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert answer.endswith(b'{"message":"Request Too Long"}')

    run(scenario, limits=ListenerLimits(body_bytes=100))


def test_a_client_that_sends_on_after_413_still_reads_the_answer() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n")
        for _ in range(80):
            writer.write(b"x" * 100_000)
            await writer.drain()
        assert (await read_response(reader))[0] == 413
        writer.close()

    run(scenario, limits=ListenerLimits(body_bytes=1000))


def test_headers_over_20_kb_are_431() -> None:
    """aws-facts 10.8: total headers 20,480 bytes."""

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 20_480 + b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 431 ")

    run(scenario)


def test_a_header_that_never_ends_is_431_before_it_fills_memory() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET / HTTP/1.1\r\nX: ")
        await writer.drain()
        for _ in range(30):
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0)
        assert (await read_response(reader))[0] == 431
        writer.close()

    run(scenario)


def test_a_slow_client_is_served_byte_by_byte() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        for byte in b"POST /s HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await read_response(reader))[2] == b"POST /s? ok"
        writer.close()

    run(scenario)


def test_a_request_that_does_not_arrive_in_time_is_408() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
        assert (await read_response(reader))[0] == 408
        writer.close()

    run(scenario, limits=ListenerLimits(request_seconds=0.1))


def test_an_idle_connection_is_closed_without_a_word() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        assert await reader.read() == b""
        writer.close()

    run(scenario, limits=ListenerLimits(idle_seconds=0.1))


def test_a_half_closed_client_gets_the_answers_to_what_it_sent() -> None:
    async def app(request: Request) -> Response:
        await asyncio.sleep(0.02)
        return await echo(request)

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer.index(b"GET /1? ") < answer.index(b"GET /2? ")

    run(scenario, app)


def test_a_request_cut_short_by_a_half_close_is_400() -> None:
    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
        assert answer.startswith(b"HTTP/1.1 400 ")

    run(scenario)


def test_a_request_is_carried_through_when_its_client_goes_away() -> None:
    done = []

    async def app(request: Request) -> Response:
        await asyncio.sleep(0.05)
        done.append(request.path)
        return Response(200)

    async def scenario(listener: Listener) -> None:
        _, writer = await connect(listener)
        writer.write(b"GET /kept HTTP/1.1\r\nHost: h\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()
        await asyncio.sleep(0.1)

    run(scenario, app)
    assert done == ["/kept"]


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
