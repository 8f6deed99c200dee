"""`clickstream local` in a process of its own, on the small template."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class LocalProcess:
    """A `clickstream local` in a process of its own."""

    def __init__(self, command: list[str], data_dir: Path) -> None:
        self.data_dir = data_dir
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1]
                break

    def _read(self) -> None:
        assert self.process.stderr is not None
        self._said.extend(self.process.stderr)

    def wait_until_said(self, text: str) -> None:
        deadline = time.monotonic() + 20
        while text not in "".join(self._said) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert text in "".join(self._said)

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def post(self, body: bytes = b'{"event_name": "click"}') -> None:
        assert self.call("POST", "/v1/events", body)[0] == 202

    def stream(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/_local/state")[1]["delivery_streams"]["clicks"]
        return found

    def stop(self) -> tuple[int, str]:
        """Exit code and what was said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self._reader.join()
        return code, "".join(self._said)

    def delivered(self) -> bytes:
        files = sorted(path for path in (self.data_dir / "s3/lake/data").rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files)


def local(template: Path, data_dir: Path, *options: str) -> contextlib.AbstractContextManager[LocalProcess]:
    command = [sys.executable, "-m", "clickstream_local", "local", "--assembly", str(template), "--port", "0"]
    return started([*command, "--data-dir", str(data_dir), *options], data_dir)


@contextlib.contextmanager
def started(command: list[str], data_dir: Path) -> Iterator[LocalProcess]:
    running = LocalProcess(command, data_dir)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
