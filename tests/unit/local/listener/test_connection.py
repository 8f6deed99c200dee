"""The listener, met with raw sockets: what a request becomes, and what a malformed one gets."""

from __future__ import annotations

import asyncio
import itertools
import logging
import tracemalloc
from collections.abc import AsyncGenerator
from email.utils import formatdate, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.common.http import Request, Response
from clickstream_local.listener.connection import ListenerLimits
from clickstream_local.listener.server import Listener, serve
from support.listener import connect, echo, read_response, run, talk


def test_a_request_is_answered_with_length_and_date() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
        status, headers, body = await read_response(reader)
        assert (status, body) == (200, b"POST /a%20b?x=1 hello")
        assert headers["content-type"] == "text/plain"
        assert formatdate(parsedate_to_datetime(headers["date"]).timestamp(), usegmt=True) == headers["date"]
        writer.close()

    run(scenario)


def test_the_app_sees_header_values_and_the_client_address() -> None:
    async def app(request: Request) -> Response:
        return Response(200, (), f"{request.headers.get('x-one')} {request.client_ip}".encode())

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"GET / HTTP/1.1\r\nHost: h\r\nX-One:  \xe9 v \r\n\r\n")
        assert answer.endswith("é v 127.0.0.1".encode())

    run(scenario, app)


def test_a_connection_is_kept_alive() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        for number in range(3):
            writer.write(f"GET /{number} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            assert (await read_response(reader))[2] == f"GET /{number}? ".encode()
        writer.close()

    run(scenario)


def test_pipelined_requests_are_answered_in_their_order_even_if_the_first_is_the_slowest() -> None:
    async def app(request: Request) -> Response:
        await asyncio.sleep(0.05 if request.path == "/0" else 0)
        return await echo(request)

    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % number for number in range(200)))
        for number in range(200):
            assert (await read_response(reader))[2] == f"GET /{number}? ".encode()
        writer.close()

    run(scenario, app)


def test_the_head_of_a_request_may_share_a_packet_with_a_large_body_before_it() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        first = b"POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000
        writer.write(first + b"GET /2 HTTP/1.1\r\nHo")
        assert (await read_response(reader))[0] == 200
        writer.write(b"st: h\r\n\r\n")
        assert (await read_response(reader))[2] == b"GET /2? "
        writer.close()

    run(scenario)


def test_a_chunked_body_is_put_together() -> None:
    async def scenario(listener: Listener) -> None:
        head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await talk(listener, head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
        assert answer.endswith(b"POST /? abcde")

    run(scenario)


def test_the_trailer_of_a_chunked_body_is_not_a_header() -> None:
    async def app(request: Request) -> Response:
        return Response(200, (), str(request.headers.get("x-api-key")).encode())

    async def scenario(listener: Listener) -> None:
        head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x-api-key\r\n\r\n"
        assert (await talk(listener, head + b"1\r\na\r\n0\r\nx-api-key: k\r\n\r\n")).endswith(b"None")

    run(scenario, app)


STREAM = (
    b"POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
    b"POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n"
    b"GET /3?q=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
def test_the_answers_do_not_depend_on_where_packets_are_cut(cuts: list[int]) -> None:
    async def scenario(listener: Listener) -> list[bytes]:
        reader, writer = await connect(listener)
        edges = [0, *sorted(cuts), len(STREAM)]
        for start, end in itertools.pairwise(edges):
            writer.write(STREAM[start:end])
            await asyncio.sleep(0)
        bodies = [(await read_response(reader))[2] for _ in range(3)]
        writer.close()
        return bodies

    assert run(scenario) == [b"POST /1? abc", b"POST /2? de", b"GET /3?q=1 "]


def test_expect_100_continue_is_answered_before_the_body() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await read_response(reader))[2] == b"POST /? ok"
        writer.close()

    run(scenario)


def test_expect_100_continue_waits_for_the_answer_before_it() -> None:
    async def app(request: Request) -> Response:
        await asyncio.sleep(0.02)
        return await echo(request)

    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
        writer.write(b"POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert (await read_response(reader))[2] == b"GET /1? "
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")
        assert (await read_response(reader))[2] == b"POST /2? ok"
        writer.close()

    run(scenario, app)


def test_head_gets_the_length_but_no_body() -> None:
    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n")
        assert b"Content-Length: 9\r\n" in answer
        assert answer.endswith(b"\r\n\r\n")

    run(scenario)


def test_204_has_neither_body_nor_length() -> None:
    async def app(request: Request) -> Response:
        return Response(204, (), b"not sent")

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 204 No Content\r\n")
        assert b"Content-Length" not in answer
        assert answer.endswith(b"\r\n\r\n")

    run(scenario, app)


def test_connection_close_is_honoured() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        assert b"Connection: close\r\n" in answer
        writer.close()

    run(scenario)


def test_http_1_0_closes_unless_it_asks_to_be_kept() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert (await read_response(reader))[1]["connection"] == "keep-alive"
        writer.write(b"GET /2 HTTP/1.0\r\n\r\n")
        assert (await reader.read()).endswith(b"GET /2? ")
        writer.close()

    run(scenario)


def test_an_upgrade_is_answered_as_a_plain_request() -> None:
    async def scenario(listener: Listener) -> None:
        head = b"GET /u HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        assert (await talk(listener, head + b"\x81\x05hello")).endswith(b"GET /u? ")

    run(scenario)


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nBad Header: 1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ],
)
def test_malformed_http_is_400_and_closes(data: bytes) -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(data)
        status, headers, body = await read_response(reader)
        assert (status, headers["connection"], body) == (400, "close", b'{"message":"Bad Request"}')
        assert await reader.read() == b""
        writer.close()

    run(scenario)


def test_a_malformed_request_does_not_lose_the_answers_before_it() -> None:
    async def scenario(listener: Listener) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\nrubbish\r\n\r\n")
        assert (await read_response(reader))[2] == b"GET /1? "
        assert (await read_response(reader))[0] == 400
        writer.close()

    run(scenario)


def test_an_exception_of_the_app_is_500_without_a_traceback_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def app(request: Request) -> Response:
        raise RuntimeError("inner detail")

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret")
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert answer.endswith(b'{"message":"Internal server error"}')

    with caplog.at_level(logging.ERROR):
        run(scenario, app)
    assert "POST /x failed" in caplog.text
    assert "secret" not in caplog.text


def test_a_response_header_cannot_break_the_line() -> None:
    async def app(request: Request) -> Response:
        return Response(200, (("X-A", "1\r\nX-B: 2"),), b"")

    async def scenario(listener: Listener) -> None:
        assert b"X-A: 1  X-B: 2\r\n" in await talk(listener, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    run(scenario, app)


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
    """facts/api-gateway.md#limits: total headers 20,480 bytes."""

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


def test_a_streamed_answer_arrives_piece_by_piece_and_ends_with_its_connection() -> None:
    go_on = asyncio.Event()

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"one\n"
        await go_on.wait()
        yield b"two\n"

    async def app(_: Request) -> Response:
        return Response(200, (("Content-Type", "text/plain"),), stream=pieces())

    async def main() -> None:
        listener = await serve(app)
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Connection: close" in head
        assert b"Content-Length" not in head
        assert await reader.readline() == b"one\n"
        go_on.set()
        assert await reader.read() == b"two\n"
        writer.close()
        await listener.close()

    asyncio.run(asyncio.wait_for(main(), 10))


def test_a_stream_whose_client_has_gone_is_closed() -> None:
    closed = asyncio.Event()

    async def pieces() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"."
                await asyncio.sleep(0.01)
        finally:
            closed.set()

    async def app(_: Request) -> Response:
        return Response(200, stream=pieces())

    async def main() -> None:
        listener = await serve(app)
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b".")
        writer.close()
        await closed.wait()
        await listener.close()

    asyncio.run(asyncio.wait_for(main(), 10))


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        (b"", 400),
        (b"Host: a\r\nHost: a\r\n", 400),
        (b"Host: a\r\nhOST: b\r\n", 400),
        (b"Host: 127.0.0.1:80@evil.example\r\n", 400),
        (b"Host: a, b\r\n", 400),
        (b"Host: http://a/\r\n", 400),
        (b"Host: a:b\r\n", 400),
        (b"Host: \r\n", 200),
        (b"Host: a.example:80\r\n", 200),
        (b"Host: [::1]:80\r\n", 200),
    ],
)
def test_a_request_has_one_valid_host(hosts: bytes, status: int) -> None:
    """RFC 9112, 3.2."""

    async def scenario(listener: Listener) -> None:
        answer = await talk(listener, b"GET / HTTP/1.1\r\n" + hosts + b"\r\n")
        assert answer.startswith(f"HTTP/1.1 {status}".encode())

    run(scenario)


def test_http_1_0_needs_no_host() -> None:
    async def scenario(listener: Listener) -> None:
        assert (await talk(listener, b"GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200")

    run(scenario)


def test_the_bodies_of_all_connections_have_a_bound_that_answers_free_again() -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60\r\n\r\n"

    async def scenario(listener: Listener) -> None:
        for _ in range(5):  # each one alone is within it, and leaves nothing behind
            assert (await talk(listener, head + b"x" * 60)).startswith(b"HTTP/1.1 200")
            await talk(listener, head + b"x" * 40)
        reader, writer = await connect(listener)
        writer.write(head + b"x" * 50)
        await writer.drain()
        while not (await talk(listener, head + b"x" * 60)).startswith(b"HTTP/1.1 503"):
            await asyncio.sleep(0.01)
        writer.write(b"x" * 10)
        assert (await read_response(reader))[0] == 200
        writer.close()
        assert (await talk(listener, head + b"x" * 60)).startswith(b"HTTP/1.1 200")

    run(scenario, limits=ListenerLimits(total_body_bytes=100))


def test_a_connection_that_is_kept_alive_keeps_no_body() -> None:
    length = 4 * 1024 * 1024
    request = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length

    async def app(_: Request) -> Response:
        return Response(200, (), b"")

    async def scenario(listener: Listener) -> int:
        reader, writer = await connect(listener)
        tracemalloc.start()
        try:
            writer.write(request)
            assert (await read_response(reader))[0] == 200
            await asyncio.sleep(0)  # the answer's task ends
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
            writer.close()

    assert run(scenario, app) < length / 4
