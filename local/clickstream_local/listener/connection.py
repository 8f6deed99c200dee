"""One client connection: parses requests, queues them, answers in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

import httptools

from clickstream_local.common.http import Headers, Request, Response
from clickstream_local.listener.responses import json_response, serialize

App = Callable[[Request], Awaitable[Response]]

_log = logging.getLogger(__name__)

_PIPELINE_PAUSE = 64
# uri-host [ ":" port ] of RFC 3986: a name, or an address in brackets. Empty is valid, and names no host.
_HOST = re.compile(r"(?:[\w.~%!$&'()*+,;=-]*|\[[0-9a-fA-F:.]+\])(?::\d*)?", re.ASCII)
_LINGER_SECONDS = 2.0


@dataclass(frozen=True)
class ListenerLimits:
    """What one connection may ask for.

    Parameters
    ----------
    body_bytes:
        Largest request body; above it the answer is 413. The default, 16 MiB, lies above every service's own limit, so
        that the service behind the listener says no in its own words (API Gateway: 10 MiB,
        facts/api-gateway.md#limits).
    header_bytes:
        Request line and headers together; above it the answer is 431. Default 20,480 (facts/api-gateway.md#limits).
    idle_seconds:
        How long a connection may stay open without a request. Default 60.
    request_seconds:
        How long a client may take to send one whole request; then the answer is 408. Default 60.
    total_body_bytes:
        Bodies of all connections together that are being received or answered; above it the answer is 503. Default 256
        MiB.
    """

    body_bytes: int = 16 * 1024 * 1024
    header_bytes: int = 20_480
    idle_seconds: float = 60.0
    request_seconds: float = 60.0
    total_body_bytes: int = 256 * 1024 * 1024


@dataclass(slots=True)
class _PendingRequest:
    """A received request, or the refusal that ends the connection, waiting for its turn to be answered."""

    request: Request | None
    refusal: Response | None
    keep_alive: bool
    http_10: bool = False


@dataclass(slots=True)
class Intake:
    """The connections of one listener that are open or still answered, and the bytes of their bodies in memory."""

    connections: set[Connection] = field(default_factory=set)
    body_bytes: int = 0


class _RefusedError(Exception):
    """Raised inside a parser callback to stop parsing; the connection then answers and closes."""

    def __init__(self, status: int, message: str) -> None:
        self.response = json_response(status, message)


class Connection(asyncio.Protocol):
    """One client connection: parses, queues, answers in order."""

    def __init__(self, app: App, limits: ListenerLimits, intake: Intake) -> None:
        self._app = app
        self._limits = limits
        self._intake = intake
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_PendingRequest] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._writable = asyncio.Event()
        self._writable.set()
        self._receiving = False  # inside a request
        self._in_head = False  # inside its request line and headers
        self._discarding_input = False  # a refusal, or the end of the connection, is queued
        self._half_closed = False  # the client will send no more
        self._refused = False
        self._begun_in_chunk = False
        self._continue_wanted = False
        self._head_bytes = 0
        self._body_bytes = 0
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._head = Headers()
        self._body: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._transport: asyncio.Transport
        self._client_ip = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._client_ip = peer[0] if peer else "127.0.0.1"
        self._intake.connections.add(self)
        self._deadline = self._loop.time() + self._limits.idle_seconds
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; requests that were received are carried through without it."""
        if self._worker is None:
            self._intake.connections.discard(self)
        self._drop_body()
        self._discarding_input = True
        self._writable.set()
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        """The client reads too slowly: answers wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._writable.set()

    def eof_received(self) -> bool:
        """A client that closed its sending side still gets the answers to what it sent."""
        if self._receiving and not self._discarding_input:
            self._refuse(json_response(400, "The request ended before it was complete"))
        self._discarding_input = self._half_closed = True
        return self._worker is not None

    def data_received(self, data: bytes) -> None:
        """Parse what came in; a refusal is queued behind the answers that are still due."""
        if self._discarding_input:
            return
        self._begun_in_chunk = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Answered as a plain request; what follows would be in another protocol.
            self._discarding_input = True
        except httptools.HttpParserCallbackError as error:
            if not isinstance(error.__context__, _RefusedError):
                raise
            self._refuse(error.__context__.response)
        except httptools.HttpParserError:
            self._refuse(json_response(400, "Bad Request"))
        else:
            # Bounds a head that never ends; the exact size is checked when it does.
            if self._in_head and not self._begun_in_chunk:
                self._head_bytes += len(data)
                if self._head_bytes > self._limits.header_bytes:
                    self._refuse(self._head_too_large().response)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._receiving = self._in_head = self._begun_in_chunk = True
        self._head_bytes = self._body_bytes = 0
        self._url = b""
        self._headers = []
        self._body = []
        self._deadline = self._loop.time() + self._limits.request_seconds

    def on_url(self, url: bytes) -> None:
        """A part of the request line's target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one trailer, which is dropped."""
        if self._in_head:  # trailers of a chunked body are not headers
            self._headers.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is there: hold it to its limits before the body comes."""
        if not self._in_head:
            return  # the trailer of a chunked body
        self._in_head = False
        self._check_host()
        size = len(self._url) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        if size > self._limits.header_bytes:
            raise self._head_too_large()
        self._head = headers = Headers(self._headers)
        length = headers.get("content-length")
        if length is not None and length.isdigit() and int(length) > self._limits.body_bytes:
            raise self._body_too_large()
        if (headers.get("expect") or "").lower() == "100-continue":
            self._continue_wanted = True
            if self._worker is None:
                self._send_continue()

    def on_body(self, body: bytes) -> None:
        """A part of the body, chunks already taken apart."""
        self._continue_wanted = False
        self._body_bytes += len(body)
        self._intake.body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            raise self._body_too_large()
        if self._intake.body_bytes > self._limits.total_body_bytes:
            raise _RefusedError(503, f"Bodies of {self._limits.total_body_bytes} bytes are under way; try again")
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is complete: queue it."""
        self._receiving = False
        self._continue_wanted = False
        path, query = self._target()
        request = Request(
            method=self._parser.get_method().decode("latin-1"),
            path=path,
            query=query,
            headers=self._head,
            body=b"".join(self._body),
            client_ip=self._client_ip,
        )
        keep_alive = self._parser.should_keep_alive()
        self._body, self._body_bytes = [], 0  # they count as long as the request does
        self._enqueue(_PendingRequest(request, None, keep_alive, self._parser.get_http_version() == "1.0"))
        if not keep_alive:
            self._discarding_input = True

    @property
    def idle_since(self) -> float | None:
        """The loop's time when the last request was answered, or the connection made; None while there is one."""
        return None if self._receiving or self._worker is not None else self._deadline - self._limits.idle_seconds

    def finish(self) -> None:
        """Answer what was received, then close."""
        self._discarding_input = True
        if self._worker is None:
            self._transport.close()

    def abort(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _target(self) -> tuple[str, str]:
        target = self._url
        if not target.startswith(b"/") and target != b"*":
            try:
                parsed = httptools.parse_url(target)
            except httptools.HttpParserInvalidURLError:
                raise _RefusedError(400, "Bad Request") from None
            return (parsed.path or b"/").decode("latin-1"), (parsed.query or b"").decode("latin-1")
        path, _, query = target.partition(b"#")[0].partition(b"?")
        return path.decode("latin-1"), query.decode("latin-1")

    def _check_host(self) -> None:
        """One Host, and a valid one, as RFC 9112 (3.2) asks of every request of HTTP/1.1."""
        hosts = [value for name, value in self._headers if len(name) == 4 and name.lower() == "host"]
        if len(hosts) > 1 or not all(map(_HOST.fullmatch, hosts)):
            raise _RefusedError(400, "The request must have one valid Host header")
        if not hosts and self._parser.get_http_version() != "1.0":
            raise _RefusedError(400, "The request has no Host header")

    def _drop_body(self) -> None:
        """What came of a body that will not become a request."""
        self._intake.body_bytes -= self._body_bytes
        self._body_bytes = 0
        self._body = []

    def _head_too_large(self) -> _RefusedError:
        return _RefusedError(431, f"Request line and headers are larger than {self._limits.header_bytes} bytes")

    def _body_too_large(self) -> _RefusedError:
        return _RefusedError(413, "Request Too Long")

    def _refuse(self, response: Response) -> None:
        self._discarding_input = self._refused = True
        self._receiving = False
        self._drop_body()
        self._enqueue(_PendingRequest(None, response, keep_alive=False))

    def _enqueue(self, pending: _PendingRequest) -> None:
        self._queue.append(pending)
        if self._worker is None:
            self._worker = self._loop.create_task(self._answer_queue())
        elif len(self._queue) == _PIPELINE_PAUSE:
            self._transport.pause_reading()

    async def _answer_queue(self) -> None:
        try:
            while self._queue:
                pending = self._queue.popleft()
                if len(self._queue) == _PIPELINE_PAUSE - 1:
                    self._transport.resume_reading()
                await self._answer(pending)
        finally:
            self._worker = None
            if self._transport.is_closing():
                self._intake.connections.discard(self)
        if self._discarding_input:
            self._end()
            return
        self._deadline = self._loop.time() + (
            self._limits.request_seconds if self._receiving else self._limits.idle_seconds
        )
        if self._continue_wanted:
            self._send_continue()

    async def _answer(self, pending: _PendingRequest) -> None:
        request = pending.request
        if request is None:
            assert pending.refusal is not None
            response = pending.refusal
        else:
            try:
                response = await self._app(request)
            except Exception:
                _log.exception("%s %s failed inside the local runtime", request.method, request.path)
                response = json_response(500, "Internal server error")
            finally:
                self._intake.body_bytes -= len(request.body)
        await self._writable.wait()
        if self._transport.is_closing():
            return
        if response.stream is not None:
            await self._stream(response, response.stream)
            return
        last = not pending.keep_alive or (self._discarding_input and not self._queue)
        head_only = request is not None and request.method == "HEAD"
        connection = "close" if last else "keep-alive" if pending.http_10 else None
        self._transport.write(serialize(response, head_only=head_only, connection=connection))

    async def _stream(self, response: Response, pieces: AsyncGenerator[bytes, None]) -> None:
        """Answer piece by piece; its end is the connection's, so nothing behind it is answered."""
        self._discarding_input = True
        self._intake.body_bytes -= sum(len(pending.request.body) for pending in self._queue if pending.request)
        self._queue.clear()
        self._transport.write(serialize(response, head_only=False, connection="close"))
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                await self._writable.wait()
                if self._transport.is_closing():
                    return
                self._transport.write(piece)

    def _send_continue(self) -> None:
        self._continue_wanted = False
        self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _end(self) -> None:
        if self._transport.is_closing():
            return
        if self._half_closed or not self._refused:
            self._transport.close()
            return
        # A refused client may still be sending. Closing a socket with unread input resets it, and the client would lose
        # the answer: read on for a moment.
        self._transport.write_eof()
        self._deadline = self._loop.time() + _LINGER_SECONDS
        self._watch()

    def _watch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(
            min(self._deadline, self._loop.time() + self._limits.request_seconds), self._on_timer
        )

    def _on_timer(self) -> None:
        now = self._loop.time()
        if self._worker is not None:
            self._deadline = max(self._deadline, now + 1.0)
        elif now >= self._deadline:
            if self._receiving and not self._discarding_input:
                self._refuse(json_response(408, "The request took too long to arrive"))
            else:
                self._transport.close()
                return
        self._watch()
