"""The request and response that pass between the listener and the services behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field


class Headers:
    """HTTP headers: order and spelling kept, look-up without regard to case."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The last value of ``name``, or ``default``."""
        wanted = name.lower()
        for key, value in reversed(self._pairs):
            if key.lower() == wanted:
                return value
        return default

    def pairs(self) -> list[tuple[str, str]]:
        """All pairs, in the order received."""
        return list(self._pairs)


@dataclass(frozen=True)
class Request:
    """One HTTP request: ``path`` is still percent-encoded and holds no query string."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class Response:
    """One HTTP response; the listener adds Content-Length, Date and Connection.

    ``stream``, where there is one, follows ``body`` piece by piece until it ends, and the connection with it.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: AsyncGenerator[bytes, None] | None = None
