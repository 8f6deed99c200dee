"""The agent on a file, over TLS: CPU a line, and memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from producer_cases.endpoint import running
from producer_cases.workload import encoded

LINES = (20_000, 220_000)
"""Two lengths of file: the difference leaves out what starting costs."""


@dataclass(frozen=True)
class Cost:
    """Lines a CPU-second, and the most resident, in MB."""

    rate: float
    memory: float


@contextmanager
def certificate() -> Iterator[Path | None]:
    """A key and a certificate for 127.0.0.1 that lives as long as the block; None without openssl."""
    if shutil.which("openssl") is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "endpoint.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
        command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", f"{file}.crt"]
        subprocess.run(command, check=True, capture_output=True)
        file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
        yield file


def measure(certificate: Path, size: int) -> Cost:
    """Tail files of two lengths; every line has to arrive."""
    with running(certificate=certificate) as endpoint, tempfile.TemporaryDirectory() as folder:
        costs = []
        for lines in LINES:
            log = Path(folder) / f"{lines}.log"
            with log.open("wb") as file:
                file.writelines(event + b"\n" for event in encoded(lines, size))
            endpoint.counts()
            costs.append(tail(log, endpoint.url, certificate, Path(folder) / f"{lines}.db"))
            assert endpoint.counts()["bytes"] == lines * (size + 1)
    (less, _), (more, memory) = costs
    return Cost((LINES[1] - LINES[0]) / (more - less), memory)


def tail(log: Path, url: str, certificate: Path, checkpoints: Path) -> tuple[float, float]:
    """CPU seconds and most resident MB of the command."""
    command = [sys.executable, "-m", "clickstream_producer", "tail", str(log), "--stream", "clicks", "--once"]
    command += ["--endpoint-url", url, "--checkpoints", str(checkpoints), "--statistics", "0s"]
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CA_BUNDLE": f"{certificate}.crt",
    }
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "the agent failed"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000
