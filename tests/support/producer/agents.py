"""Runs the agent against a sink: in a thread, or as the command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clickstream_producer.agent import Agent, AgentOptions, FlowOptions
from support.producer.sink import Sink


def agent(
    sink: Sink,
    folder: Path,
    pattern: str = "app.log*",
    *,
    forget_after: float = 86_400,
    shutdown_timeout: float = 1.0,
    once_timeout: float = 60.0,
    **options: Any,
) -> Agent:
    """An agent on the files of a folder, with its checkpoints in the folder's parent."""
    quick = {"target": sink.target(), "linger": 0.02, "poll": 0.02, "record_quiet": 0.3, "line_quiet": 0.3}
    flow = FlowOptions(f"{folder}/{pattern}", **{**quick, **options})
    file = folder.parent / "state" / "checkpoints.db"
    return Agent(AgentOptions((flow,), file, shutdown_timeout, 0, forget_after, once_timeout))


def run_once(sink: Sink, folder: Path, pattern: str = "app.log*", **options: Any) -> None:
    """Send everything that is there, and end."""
    assert agent(sink, folder, pattern, **options).run(once=True) == 0


@contextmanager
def following(sink: Sink, folder: Path, pattern: str = "app.log*", **options: Any) -> Iterator[Agent]:
    """Follow the files until the end of the block; then everything read has to be acknowledged."""
    running = agent(sink, folder, pattern, **{"shutdown_timeout": 15.0, **options})
    status: list[int] = []
    thread = threading.Thread(target=lambda: status.append(running.run()), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.stop()
        thread.join(30)
    assert status == [0]


def command(sink: Sink, *arguments: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "A",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "clickstream_producer", *arguments],
        env={**environment, "AWS_ENDPOINT_URL_FIREHOSE": sink.url},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def lines(*numbers: int) -> bytes:
    """Lines that are JSON values, long enough to tell files apart by their first bytes."""
    return b"".join(b'{"n":%d,"fill":"%s"}\n' % (number, b"x" * 40) for number in numbers)


def append(file: Path, data: bytes) -> None:
    """Append as a log writer does."""
    with file.open("ab") as log:
        log.write(data)


def numbers(sink: Sink) -> list[int]:
    """The numbers of the lines that arrived, sorted, copies included."""
    return sorted(int(event.split(b":")[1].split(b",")[0]) for event in sink.events.elements())
