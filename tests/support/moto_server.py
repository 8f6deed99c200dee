"""moto's server: AWS services that keep what they are given in memory."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from moto.server import ThreadedMotoServer


@contextlib.contextmanager
def moto_server(port: int = 0) -> Iterator[str]:
    """Serve on loopback; the address. What it holds outlives it, for one that is started later in this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        host, taken = server.get_host_and_port()
        yield f"http://{host}:{taken}"
    finally:
        server.stop()
