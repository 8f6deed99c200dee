"""The local runtime in a process of its own, as ``clickstream local`` starts it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class RuntimeProcessError(Exception):
    """The runtime did not start, or ended too early; the message holds what it printed."""


class RuntimeProcess:
    """A running ``clickstream local``; ``url`` is where it listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.messages: list[str] = []
        self.url = self._wait_until_ready()
        # What it prints from now on is read, so that a full pipe never stops it.
        threading.Thread(target=self._read_on, daemon=True).start()

    def _wait_until_ready(self) -> str:
        for line in self._output():
            if line.startswith("ready "):
                return line.split()[1]
        raise RuntimeProcessError("the local runtime ended before it was ready:\n" + "\n".join(self.messages))

    def _output(self) -> Iterator[str]:
        for line in self._process.stdout or ():
            self.messages.append(line.rstrip("\n"))
            yield line

    def _read_on(self) -> None:
        for _ in self._output():
            pass

    def state(self) -> dict[str, Any]:
        """The body of ``GET /_local/state``."""
        return self._call("GET", "/_local/state")

    def flush(self) -> dict[str, Any]:
        """Deliver everything that is buffered; the state afterwards."""
        return self._call("POST", "/_local/flush")

    def _call(self, method: str, path: str) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            document: dict[str, Any] = json.load(answer)
            return document

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def stop(self) -> int:
        """End it as Ctrl-C does, and give its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(timeout=60)


@contextmanager
def running(
    assembly: Path, data_dir: Path, *, buffer_interval: float | None, options: Sequence[str] = ()
) -> Iterator[RuntimeProcess]:
    """A runtime on a free port, with more options of `clickstream local` if need be, stopped at the end.

    ``buffer_interval`` replaces the template's buffering intervals, unless it is None.
    """
    command = [sys.executable, "-m", "clickstream_local", "local"]
    command += ["--assembly", str(assembly), "--data-dir", str(data_dir)]
    interval = [] if buffer_interval is None else ["--buffer-interval", str(buffer_interval)]
    command += ["--port", "0", *interval, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        runtime = RuntimeProcess(process)
        yield runtime
        if code := runtime.stop():
            raise RuntimeProcessError(f"the local runtime ended with {code}:\n" + "\n".join(runtime.messages[-20:]))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=60)
