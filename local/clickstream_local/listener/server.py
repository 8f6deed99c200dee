"""The HTTP/1.1 server of the local runtime: bytes on a loopback socket to one ``app`` callable and back.

It knows no service. Requests of one connection are answered one after the other in the order they came, which is what
HTTP/1.1 pipelining asks for; connections run side by side. Closing loses no request.
"""

from __future__ import annotations

import asyncio
import time

from clickstream_local.listener.connection import App, Connection, ListenerLimits


class Listener:
    """A running server; made by :func:`serve`."""

    def __init__(self, app: App, limits: ListenerLimits) -> None:
        self._app = app
        self._limits = limits
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self.host = ""
        self.port = 0

    async def _start(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Connection(self._app, self._limits, self._connections), host, port, backlog=1024
            )
        except OSError as error:
            raise OSError(
                error.errno,
                f"cannot listen on {host}:{port} ({error.strerror}); free the port, or choose another one "
                "(0 takes any free port)",
            ) from error
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def close(self, grace_seconds: float = 10.0) -> None:
        """Stop listening, finish the requests that were received, then close every connection.

        Connections that are still busy after ``grace_seconds`` are cut.
        """
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.finish()
        deadline = time.monotonic() + grace_seconds
        while self._connections and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for connection in list(self._connections):
            connection.abort()
        await self._server.wait_closed()
        self._server = None


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
    await listener._start(host, port)
    return listener
