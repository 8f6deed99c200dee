"""How the agent ends."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from clickstream_producer import FirehoseStream, InvalidOption
from clickstream_producer.agent import AgentOptions, FlowOptions
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


def broken(line: str) -> str:
    """A step that fails on one line."""
    if line.startswith('{"n":2'):
        raise ZeroDivisionError(line)
    return line


def test_an_error_that_nobody_foresaw_keeps_its_line_and_lets_the_others_go_on(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # facts/peers.md#complaints: the tailer thread of the Kinesis Agent died silently before 2.0.12.
    (folder / "app.log").write_bytes(lines(1))
    (folder / "app.log.b").write_bytes(lines(2))
    assert agent(sink, folder, steps=(broken,)).run(once=True) == 1
    assert numbers(sink) == [1]
    assert "app.log.b at byte 0: ZeroDivisionError in broken" in caplog.text
    assert '"fill"' not in caplog.text
    assert agent(sink, folder).run(once=True) == 0
    assert numbers(sink) == [1, 2]


def test_flows_into_streams_of_one_name_in_two_places_are_refused(sink: Sink, folder: Path) -> None:
    here = FlowOptions(f"{folder}/a", sink.target())
    there = FlowOptions(f"{folder}/b", FirehoseStream("clicks", region="eu-west-3"))
    with pytest.raises(InvalidOption, match="different regions, endpoints or identities"):
        AgentOptions((here, there), folder / "checkpoints.db")
