"""One worker process: starting it, exchanging frames with it, watching its memory, ending it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clickstream_local.lambda_runtime import environment
from clickstream_local.lambda_runtime.worker import HEAD, MAX_PAYLOAD_BYTES, end_of_log

_MEMORY_CHECK_SECONDS = 0.05
_LAST_WORDS_SECONDS = 0.2
"""How long the pipes of a process that has ended are read on: what it started may hold them open for ever."""

_LOG_SECONDS = 1.0
_LINE_BYTES = 256 * 1024
"""The longest log event; what a function prints without an end is cut there."""


class WorkerExitedError(Exception):
    """The process ended without an answer; the message says how, in Lambda's words."""


class WorkerProcess:
    """A running worker. Made by :meth:`start`; good until an exception leaves :meth:`exchange`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        answers: asyncio.StreamReader,
        requests: asyncio.StreamWriter,
        *,
        nonce: bytes,
        memory_mb: int,
    ) -> None:
        self._process = process
        self._answers = answers
        self._requests = requests
        self._nonce = nonce
        self._memory_kb = memory_mb * 1024
        self._out_of_memory = False
        self._log_complete = asyncio.Event()
        self._log_reader: asyncio.Task[None]
        self._exit: asyncio.Task[None]

    @classmethod
    async def start(
        cls, *, cwd: Path, variables: Mapping[str, str], memory_mb: int, log: Callable[[str], None]
    ) -> WorkerProcess:
        """Start a process; each line that the function prints goes to ``log``. Raises ``OSError`` if it does not start.

        Its ends of the connection and of the log are its own, not the event loop's: a process has ended when it has
        ended, whoever holds them open still.
        """
        nonce = secrets.token_hex(16)
        with contextlib.ExitStack() as ends:
            ours, theirs = socket.socketpair()
            ends.callback(theirs.close)
            with contextlib.ExitStack() as kept:
                kept.callback(ours.close)
                log_read, log_write = os.pipe()
                log_pipe = kept.enter_context(os.fdopen(log_read, "rb", 0))
                ends.callback(os.close, log_write)
                process = await asyncio.create_subprocess_exec(
                    *environment.command(),
                    str(theirs.fileno()),
                    nonce,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log_write,
                    stderr=log_write,
                    pass_fds=[theirs.fileno()],
                    cwd=cwd,
                    env=variables,
                    start_new_session=True,  # ends what the function started, too, and keeps the terminal's Ctrl-C away
                )
                kept.pop_all()
        worker = cls(process, *await asyncio.open_connection(sock=ours), nonce=nonce.encode(), memory_mb=memory_mb)
        printed = asyncio.StreamReader()
        log_end, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(printed), log_pipe
        )
        worker._log_reader = asyncio.create_task(worker._read_log(printed, log))
        worker._exit = asyncio.create_task(worker._close_at_exit(log_end, variables))
        return worker

    async def exchange(self, frames: tuple[bytes, ...]) -> tuple[dict[str, Any], bytes]:
        """Send frames and wait for header and payload of the answer, which follows everything that was logged.

        Raises :class:`WorkerExitedError` when the process ends first, on its own or for using more than its memory, and
        when something else than an answer comes: code of the function can write to any descriptor of its process.
        """
        watch = asyncio.create_task(self._watch_memory())
        try:
            for frame in frames:
                self._requests.write(len(frame).to_bytes(4, "big") + frame)
            await self._requests.drain()
            header, payload = await self._read_answer()
            if header.pop("logged"):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOG_SECONDS):
                        await self._log_complete.wait()
            self._log_complete.clear()
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await self._end()
            how = (
                f"exit status {code}"
                if code >= 0
                else f"signal: {signal.Signals(-code).name.removeprefix('SIG').lower()}"
            )
            raise WorkerExitedError("signal: killed" if self._out_of_memory else how) from None
        finally:
            watch.cancel()
        return header, payload

    def max_memory_mb(self) -> int:
        """The largest memory of the process, in MB; 0 on systems without /proc."""
        return self._status_kb("VmHWM") // 1024

    async def kill(self) -> None:
        """End the process and what it has started."""
        self._kill_group()
        await self._exit

    async def _end(self) -> int:
        """The exit code of a process that answers no more; one that only gave its connection away is killed."""
        try:
            async with asyncio.timeout(_LOG_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._kill_group()
        await asyncio.shield(self._exit)
        return await self._process.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _close_at_exit(self, log_end: asyncio.BaseTransport, variables: Mapping[str, str]) -> None:
        await self._process.wait()
        self._kill_group()
        _kill_descendants(variables["AWS_LAMBDA_LOG_STREAM_NAME"])
        await asyncio.wait([self._log_reader], timeout=_LAST_WORDS_SECONDS)
        self._requests.transport.abort()
        log_end.close()
        await self._log_reader

    async def _read_answer(self) -> tuple[dict[str, Any], bytes]:
        head = await self._answers.readexactly(HEAD.size)
        nonce, header_bytes, payload_bytes = HEAD.unpack(head)
        if nonce == self._nonce and header_bytes + payload_bytes <= MAX_PAYLOAD_BYTES + _LINE_BYTES:
            header = await self._answers.readexactly(header_bytes)
            payload = await self._answers.readexactly(payload_bytes)
            with contextlib.suppress(ValueError):
                document: dict[str, Any] = json.loads(header)
                return document, payload
        self._kill_group()
        raise WorkerExitedError("the function wrote to the connection of its runtime")

    async def _watch_memory(self) -> None:
        # Resident memory is what Lambda limits. An address space limit would not do: it counts what is only reserved.
        while self._status_kb("VmRSS") <= self._memory_kb:
            await asyncio.sleep(_MEMORY_CHECK_SECONDS)
        self._out_of_memory = True
        self._kill_group()

    def _status_kb(self, name: str) -> int:
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        lines = [line for line in status.splitlines() if line.startswith(f"{name}:")]
        return int(lines[0].split()[1]) if lines else 0

    async def _read_log(self, printed: asyncio.StreamReader, log: Callable[[str], None]) -> None:
        end = end_of_log(self._nonce)
        rest = b""
        while chunk := await printed.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                # What was printed without a newline stands before the mark on the same line.
                text, mark, _ = (line + b"\n").partition(end)
                _log_text(text.removesuffix(b"\n") if not mark else text, log)
                if mark:
                    self._log_complete.set()
            if len(rest) > _LINE_BYTES:
                _log_text(rest, log)
                rest = b""
        _log_text(rest, log)
        self._log_complete.set()


def _log_text(line: bytes, log: Callable[[str], None]) -> None:
    if line:
        log(line.decode(errors="replace"))


def _kill_descendants(log_stream: str) -> None:
    """Kill what a function left in sessions of its own, which keeps its environment (where /proc shows that)."""
    mark = f"AWS_LAMBDA_LOG_STREAM_NAME={log_stream}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
