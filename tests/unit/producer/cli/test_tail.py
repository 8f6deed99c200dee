"""``clickstream-producer tail``: what it says, and how it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from clickstream_producer.cli.main import main
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


@pytest.mark.parametrize(
    ("missing", "said"), [("AWS_ACCESS_KEY_ID", "there are no AWS credentials"), ("AWS_DEFAULT_REGION", "region")]
)
@pytest.mark.parametrize("name", ["tail", "send"])
def test_a_command_that_ends_by_itself_ends_at_once_without_an_identity_or_a_region(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    missing: str,
    said: str,
) -> None:
    for variable in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"} - {missing}:
        monkeypatch.setenv(variable, "eu-central-1")
    if missing == "AWS_ACCESS_KEY_ID":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (folder / "app.log").write_bytes(lines(1))
    end = ["--once", "--checkpoints", str(folder.parent / "checkpoints.db")] if name == "tail" else []
    assert main([name, str(folder / "app.log"), "--stream", "clicks", *end]) == 2
    assert said in capsys.readouterr().err
    assert not (folder.parent / "checkpoints.db").exists()
