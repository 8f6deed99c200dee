"""How the agent ends."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from support.producer.agents import agent, following, lines, numbers
from support.producer.events import wait_until
from support.producer.sink import Sink


def test_what_is_not_acknowledged_when_it_stops_is_sent_at_the_next_start(sink: Sink, folder: Path) -> None:
    sink.down = True
    (folder / "app.log").write_bytes(lines(1, 2))
    stopped = agent(sink, folder)
    threading.Timer(0.3, stopped.stop).start()
    start = time.monotonic()
    assert stopped.run() == 1
    assert time.monotonic() - start < 10  # shutdown_timeout, and a little
    sink.down = False
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])


def test_an_error_that_nobody_foresaw_ends_the_agent_and_not_only_its_flow(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # producers.md, section 3: the tailer thread of the Kinesis Agent died silently before 2.0.12.
    def broken(line: str) -> str:
        raise ZeroDivisionError

    (folder / "app.log").write_bytes(lines(1))
    assert agent(sink, folder, steps=(broken,)).run() == 1
    assert "stopped by an error; the agent ends" in caplog.text
