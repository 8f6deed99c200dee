"""One worker process: starting it, exchanging frames with it, watching its memory, ending it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clickstream_local.lambda_runtime import environment
from clickstream_local.lambda_runtime.worker import END_OF_LOG

_MEMORY_CHECK_SECONDS = 0.05


class WorkerExitedError(Exception):
    """The process ended without an answer; the message says how, in Lambda's words."""


class WorkerProcess:
    """A running worker. Made by :meth:`start`; good until an exception leaves :meth:`exchange`."""

    def __init__(self, process: asyncio.subprocess.Process, memory_mb: int, log: Callable[[str], None]) -> None:
        self._process = process
        self._memory_kb = memory_mb * 1024
        self._out_of_memory = False
        self._log = log
        self._log_complete = asyncio.Event()
        self._log_reader = asyncio.create_task(self._read_log())

    @classmethod
    async def start(
        cls, *, cwd: Path, variables: Mapping[str, str], memory_mb: int, log: Callable[[str], None]
    ) -> WorkerProcess:
        """Start a process; each line that the function prints goes to ``log``."""
        process = await asyncio.create_subprocess_exec(
            *environment.command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env=variables,
            start_new_session=True,  # ends what the function started as well, and keeps the terminal's Ctrl-C away
        )
        return cls(process, memory_mb, log)

    async def exchange(self, frames: tuple[bytes, ...]) -> tuple[dict[str, Any], bytes]:
        """Send frames and wait for header and payload of the answer, which follows everything that was logged.

        Raises :class:`WorkerExitedError` when the process ends first, on its own or for using more than its memory.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        watch = asyncio.create_task(self._watch_memory())
        try:
            for frame in frames:
                stdin.write(len(frame).to_bytes(4, "big"))
                stdin.write(frame)
            await stdin.drain()
            header, payload = await _read_frame(stdout), await _read_frame(stdout)
            await self._log_complete.wait()
            self._log_complete.clear()
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await self._process.wait()
            await self._log_reader
            how = (
                f"exit status {code}"
                if code >= 0
                else f"signal: {signal.Signals(-code).name.removeprefix('SIG').lower()}"
            )
            raise WorkerExitedError("signal: killed" if self._out_of_memory else how) from None
        finally:
            watch.cancel()
        return json.loads(header), payload

    def max_memory_mb(self) -> int:
        """The largest memory of the process, in MB; 0 on systems without /proc."""
        return self._status_kb("VmHWM") // 1024

    async def kill(self) -> None:
        """End the process and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        await self._log_reader

    async def _watch_memory(self) -> None:
        # Resident memory is what Lambda limits. An address space limit would not do: it counts what is only reserved.
        while self._status_kb("VmRSS") <= self._memory_kb:
            await asyncio.sleep(_MEMORY_CHECK_SECONDS)
        self._out_of_memory = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _status_kb(self, name: str) -> int:
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        lines = [line for line in status.splitlines() if line.startswith(f"{name}:")]
        return int(lines[0].split()[1]) if lines else 0

    async def _read_log(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        rest = b""
        while chunk := await stderr.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                # What was printed without a newline stands before the mark on the same line.
                text, mark, _ = (line + b"\n").partition(END_OF_LOG)
                self._log_text(text.removesuffix(b"\n") if not mark else text)
                if mark:
                    self._log_complete.set()
        self._log_text(rest)
        self._log_complete.set()

    def _log_text(self, line: bytes) -> None:
        if line:
            self._log(line.decode(errors="replace"))


async def _read_frame(stream: asyncio.StreamReader) -> bytes:
    length = await stream.readexactly(4)
    return await stream.readexactly(int.from_bytes(length, "big"))
