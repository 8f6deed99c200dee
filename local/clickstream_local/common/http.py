"""The request and response that pass between the listener and the services behind it.

Nobody changes one. They are not frozen, since making a frozen object takes three times as long, six times a request.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field


class Headers:
    """HTTP headers: order and spelling kept, look-up without regard to case."""

    __slots__ = ("_last", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)
        self._last: dict[str, str] | None = None

    def get(self, name: str, default: str | None = None) -> str | None:
        """The last value of ``name``, or ``default``."""
        # Made on the first look-up: a request is asked for a dozen headers.
        if self._last is None:
            self._last = {key.lower(): value for key, value in self._pairs}
        return self._last.get(name.lower(), default)

    def pairs(self) -> list[tuple[str, str]]:
        """All pairs, in the order received."""
        return list(self._pairs)


@dataclass(slots=True)
class Request:
    """One HTTP request: ``path`` is still percent-encoded and holds no query string."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    client_ip: str = "127.0.0.1"


@dataclass(slots=True)
class Response:
    """One HTTP response; the listener adds Content-Length, Date and Connection.

    ``stream``, where there is one, follows ``body`` piece by piece until it ends, and the connection with it.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: AsyncGenerator[bytes, None] | None = None
