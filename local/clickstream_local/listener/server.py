"""The HTTP/1.1 server of the local runtime: bytes on a loopback socket to one ``app`` callable and back.

It knows no service. Requests of one connection are answered one after the other in the order they came, which is what
HTTP/1.1 pipelining asks for; connections run side by side. Closing loses no request.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import socket
import time

from clickstream_local.common.unforeseen import describe
from clickstream_local.listener.connection import App, Connection, Intake, ListenerLimits

_log = logging.getLogger(__name__)

_RESERVED_DESCRIPTORS = 128
_MIN_CONNECTIONS = 8
_ACCEPT_RETRY_SECONDS = 1.0
_ROOM_SECONDS = 0.05
_IDLE_SECONDS = 1.0
"""A younger connection may have its request under way."""


class Listener:
    """A running server; made by :func:`serve`."""

    def __init__(self, app: App, limits: ListenerLimits) -> None:
        self._app = app
        self._limits = limits
        self._intake = Intake()
        # Objects, logs and functions need descriptors, too.
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._max_connections = max(descriptors - _RESERVED_DESCRIPTORS, _MIN_CONNECTIONS)
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None]
        self.host = ""
        self.port = 0

    def _start(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family, backlog=1024)
        except OSError as error:
            raise OSError(
                error.errno,
                f"cannot listen on {host}:{port} ({error.strerror}); free the port, or choose another one "
                "(0 takes any free port)",
            ) from error
        self._socket.setblocking(False)
        self.host, self.port = self._socket.getsockname()[:2]
        self._accepting = asyncio.create_task(self._accept(self._socket))

    async def _accept(self, listening: socket.socket) -> None:
        """Take clients for as long as there is room; the others wait in the system's queue.

        asyncio's own server reports used up descriptors up to 1,024 times a second.
        """
        loop = asyncio.get_running_loop()
        said = ""
        while True:
            await self._make_room()
            try:
                client, _ = await loop.sock_accept(listening)
                await loop.connect_accepted_socket(lambda: Connection(self._app, self._limits, self._intake), client)
            except OSError as error:
                if (reason := describe(error)) != said:
                    said = reason
                    _log.error("no connection can be taken: %s; tried again every second", reason)
                await asyncio.sleep(_ACCEPT_RETRY_SECONDS)

    async def _make_room(self) -> None:
        """Close the connection that has been idle for longest, as often as it needs, or wait until one ends."""
        connections = self._intake.connections
        while len(connections) >= self._max_connections:
            before = asyncio.get_running_loop().time() - _IDLE_SECONDS
            idle = {since: one for one in connections if (since := one.idle_since) is not None and since < before}
            if idle:
                idle[min(idle)].finish()
            await asyncio.sleep(0 if idle else _ROOM_SECONDS)

    async def close(self, grace_seconds: float = 10.0) -> None:
        """Stop listening, finish the requests that were received, then close every connection.

        Connections that are still busy after ``grace_seconds`` are cut.
        """
        if self._socket is None:
            return
        self._accepting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._accepting
        self._socket.close()
        for connection in list(self._intake.connections):
            connection.finish()
        deadline = time.monotonic() + grace_seconds
        while self._intake.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for connection in list(self._intake.connections):
            connection.abort()
        await asyncio.sleep(0)
        self._socket = None


async def serve(app: App, host: str = "127.0.0.1", port: int = 0, *, limits: ListenerLimits | None = None) -> Listener:
    """Listen on ``host``:``port`` (0: any free port) and answer each request with what ``app`` returns.

    An exception of ``app`` is logged and answered with 500 and a JSON message; no traceback leaves the process. A
    request that was received is carried through even if its client goes away.

    Raises
    ------
    OSError
        The address is taken or not allowed; the message names it.
    """
    listener = Listener(app, limits or ListenerLimits())
    listener._start(host, port)
    return listener
