"""``clickstream-producer tail``: what it says, and how it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from support.producer.agents import append, command, lines, numbers
from support.producer.events import wait_until
from support.producer.sink import Sink


@pytest.fixture
def tail(sink: Sink, folder: Path) -> list[str]:
    """Arguments of the command that follows the folder's files."""
    return [
        *("tail", f"{folder}/app.log*", "--stream", "clicks", "--linger", "50ms", "--statistics", "0s"),
        *("--checkpoints", str(folder.parent / "state" / "checkpoints.db"), "--shutdown-timeout", "5s"),
    ]


def test_the_command_says_where_it_starts_and_what_it_did(sink: Sink, folder: Path, tail: list[str]) -> None:
    (folder / "app.log").write_bytes(lines(1) + b"no json\n")
    done: subprocess.Popen[str] = command(sink, *tail, "--once")
    _, errors = done.communicate(timeout=20)
    assert f"{folder}/app.log is read from byte 0 on" in errors
    assert "1 lines read (58 bytes), 1 acknowledged in 1 requests, 0 left out, 1 invalid" in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_answers_under_way(
    sink: Sink, folder: Path, tail: list[str], number: signal.Signals
) -> None:
    sink.latency = 0.3
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    first = command(sink, *tail)
    wait_until(lambda: sink.requests)
    first.send_signal(number)
    _, errors = first.communicate(timeout=20)
    assert first.returncode == 0, errors
    assert "2 lines read (116 bytes), 2 acknowledged in 1 requests" in errors
    append(file, lines(3))
    second = command(sink, *tail, "--once")
    assert second.wait(20) == 0
    assert numbers(sink) == [1, 2, 3]
