"""The agent on a file, over TLS, and Fluent Bit on the same: CPU a line, and memory."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from producer_cases.endpoint import Endpoint, running
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
        command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", str(file), "-out", f"{file}.crt"]
        subprocess.run(command, check=True, capture_output=True)
        file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
        yield file


Command = Callable[[Path, int, Endpoint, Path], tuple[float, float]]
"""Sends a log of so many lines to an endpoint with a certificate; CPU seconds, and most resident MB."""


def measure(certificate: Path, size: int, command: Command) -> Cost:
    """Send files of two lengths."""
    with running(certificate=certificate) as endpoint, tempfile.TemporaryDirectory() as folder:
        costs = []
        for lines in LINES:
            log = Path(folder) / str(lines) / "clicks.log"
            log.parent.mkdir()
            with log.open("wb") as file:
                file.writelines(event + b"\n" for event in encoded(lines, size))
            endpoint.counts()
            costs.append(command(log, lines, endpoint, certificate))
    (less, _), (more, memory) = costs
    return Cost((LINES[1] - LINES[0]) / (more - less), memory)


def tail(log: Path, lines: int, endpoint: Endpoint, certificate: Path) -> tuple[float, float]:
    """Our command; it ends when all lines are acknowledged."""
    command = [sys.executable, "-m", "clickstream_producer", "tail", str(log), "--stream", "clicks", "--once"]
    command += ["--endpoint-url", endpoint.url, "--checkpoints", f"{log}.db", "--statistics", "0s"]
    cost = spent(start(command, AWS_CA_BUNDLE=f"{certificate}.crt"))
    counts = endpoint.counts()
    assert counts["bytes"] == log.stat().st_size, f"{lines} lines: {counts}"
    return cost


def fluent_bit(log: Path, lines: int, endpoint: Endpoint, certificate: Path) -> tuple[float, float]:
    """Fluent Bit, a record for each line; it is ended when every line has come."""
    written = log.parent / "fluent-bit.conf"
    written.write_text(
        FLUENT_BIT_SETTINGS.format(log=log, host=urlsplit(endpoint.url).hostname, port=urlsplit(endpoint.url).port)
    )
    # Its AWS outputs trust the system's certificates only: here those are ours, for this process alone.
    trusted = log.parent / "certificates"
    trusted.mkdir()
    for name in ("ca-bundle.crt", "ca-certificates.crt"):
        shutil.copy(f"{certificate}.crt", trusted / name)
    inside = f'mount --bind "{trusted}" /etc/ssl/certs && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, "sh", str(fluent_bit_program())]
    process = start([*command, "-c", str(written)])
    came, deadline = 0, time.monotonic() + 300
    while came < lines and process.poll() is None:
        assert time.monotonic() < deadline, "Fluent Bit did not send everything"
        time.sleep(0.1)
        came += endpoint.counts()["records"]
    process.send_signal(signal.SIGTERM)
    return spent(process)


FLUENT_BIT_SETTINGS = """\
[SERVICE]
    Grace 1
[INPUT]
    Name tail
    Path {log}
    Read_from_Head On
[OUTPUT]
    Name kinesis_firehose
    Match *
    region eu-central-1
    delivery_stream clicks
    endpoint {host}
    port {port}
"""


def fluent_bit_program() -> str | None:
    """Where it is: ``FLUENT_BIT``, or on PATH. No package registry has it."""
    return os.environ.get("FLUENT_BIT") or shutil.which("fluent-bit")


def start(command: list[str], **more: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def spent(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Wait for the end of a process; its CPU seconds and most resident MB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{process.args} failed"
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000
