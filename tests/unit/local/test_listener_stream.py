"""Answers that come piece by piece, as the live page's events do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from clickstream_local.common.http import Request, Response
from clickstream_local.listener import serve


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
