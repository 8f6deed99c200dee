"""Raises at the calls by which the package does input and output; finds them by itself.

Every function of ``os``, ``open``, the methods of a socket, memory maps, file locks and SQLite are wrapped. A call is a
*point* when a frame of the package is on its stack: the function's name and the nearest line of the package.
"""

from __future__ import annotations

import builtins
import fcntl
import io
import mmap
import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any, NamedTuple

import pytest

import clickstream_producer

PACKAGE = str(Path(clickstream_producer.__file__).parent)

NO_IO = {
    *("_exit", "abort", "fspath", "getpid", "getppid", "fork", "register_at_fork", "strerror", "get_terminal_size"),
    *("WIFEXITED", "WEXITSTATUS", "cpu_count", "sched_yield", "times", "umask", "urandom", "kill", "get_blocking"),
    *("putenv", "unsetenv", "getcwd", "getcwdb", "sysconf", "uname", "getuid", "geteuid", "getgid", "getegid"),
}
"""Functions of ``os`` that ask nothing of a disk or a network."""

SOCKET = ("connect", "connect_ex", "send", "sendall", "recv", "recv_into", "setsockopt", "shutdown")
SQLITE = ("execute", "executemany", "executescript", "commit", "close")


class Point(NamedTuple):
    """Where the package does input or output."""

    call: str
    line: str

    def __str__(self) -> str:
        return f"{self.call} at {self.line}"


class Faults:
    """Notes each point, and raises at one.

    Attributes
    ----------
    points
        Those that were seen, in their order.
    raised
        How often the chosen one raised.
    """

    def __init__(self) -> None:
        self.points: dict[Point, None] = {}
        self.raised = 0
        self._chosen: Point | None = None
        self._error: Callable[[], BaseException] = OSError
        self._times = 0
        self._lock = threading.Lock()

    @contextmanager
    def at(self, point: Point | None, error: Callable[[], BaseException], times: int = 1) -> Iterator[None]:
        """Raise at a point so many times; nowhere for None."""
        self._chosen, self._error, self._times, self.raised = point, error, times, 0
        try:
            yield
        finally:
            self._chosen = None

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that asks here first."""

        def asked(*args: Any, **kwargs: Any) -> Any:
            if name.endswith("close"):  # a descriptor is closed, whatever error that gives
                result = call(*args, **kwargs)
                self.visit(name)
                return result
            self.visit(name)
            return call(*args, **kwargs)

        return asked

    def visit(self, name: str) -> None:
        """Note a call, and raise if it is the chosen one."""
        frame: Any = sys._getframe(2)
        while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        if frame is None:
            return
        point = Point(name, f"{frame.f_code.co_filename[len(PACKAGE) + 1 :]}:{frame.f_lineno}")
        with self._lock:
            self.points[point] = None
            if point != self._chosen or self.raised >= self._times:
                return
            self.raised += 1
        raise self._error()


@contextmanager
def injected() -> Iterator[Faults]:
    """Wrap everything, until the end of the block."""
    faults = Faults()
    with pytest.MonkeyPatch.context() as patch:
        for name in dir(os):
            call = getattr(os, name)
            if isinstance(call, BuiltinFunctionType) and name not in NO_IO:
                patch.setattr(os, name, faults.wrap(f"os.{name}", call))
        for module in (builtins, io):
            patch.setattr(module, "open", faults.wrap("open", open))
        for name in SOCKET:
            patch.setattr(socket.socket, name, faults.wrap(f"socket.{name}", getattr(socket.socket, name)))
        patch.setattr(fcntl, "flock", faults.wrap("flock", fcntl.flock))
        patch.setattr(mmap, "mmap", faults.wrap("mmap", mmap.mmap))
        patch.setattr(sqlite3, "connect", faults.wrap("sqlite3.connect", _connect(faults)))
        yield faults


def _connect(faults: Faults) -> Callable[..., sqlite3.Connection]:
    real = sqlite3.connect

    def wrapped(name: str) -> Callable[..., Any]:
        method = getattr(sqlite3.Connection, name)
        return faults.wrap(f"sqlite3.{name}", method)

    connection = type("Connection", (sqlite3.Connection,), {name: wrapped(name) for name in SQLITE})

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        return real(*args, **{"factory": connection, **kwargs})  # type: ignore[no-any-return]

    return connect
