"""The progress bar of ``send``."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream_producer.cli.progress import Progress
from support.producer.agents import lines
from support.producer.events import wait_until
from support.producer.sink import Sink


@pytest.fixture
def where(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that lead to the sink."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return ["--stream", "clicks", "--region", "eu-central-1", "--endpoint-url", sink.url]


def test_on_a_terminal_there_is_a_progress_bar_and_elsewhere_none(where: list[str], sink: Sink, tmp_path: Path) -> None:
    sink.latency = 0.3
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(*range(40_000)))
    command = [sys.executable, "-m", "clickstream_producer", "send", str(file), *where]
    seen = {}
    for name, more in (("bar", []), ("none", ["--no-progress"])):
        ours, theirs = pty.openpty()
        running = subprocess.Popen([*command, *more], stderr=theirs, stdout=subprocess.PIPE)
        os.close(theirs)
        seen[name] = b""
        try:
            while piece := os.read(ours, 4096):
                seen[name] += piece
        except OSError:
            pass  # the other end is closed
        out, _ = running.communicate(timeout=30)
        os.close(ours)
        assert out.startswith(b"sent 40000,")
    assert b"events, " in seen["bar"]
    assert b"% " in seen["bar"]
    assert seen["none"] == b""


def test_the_bar_tells_how_far_and_how_long() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    progress = Progress(terminal, 100)
    assert not progress.is_due()
    wait_until(progress.is_due)
    progress.show(25, 10)
    assert "[######                  ]  25% 0.0 MB, 10 events, " in terminal.getvalue()
    assert " left" in terminal.getvalue()
