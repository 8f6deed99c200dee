"""A stream that refuses: nothing is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.producer.agents import agent, append, following, lines, numbers
from support.producer.events import wait_until
from support.producer.sink import Sink


def test_a_stream_that_refuses_is_asked_again_and_nothing_is_given_up(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink.refuse = lambda records: (400, "ResourceNotFoundException", "Firehose clicks under account 1 not found.")
    file = folder / "app.log"
    file.write_bytes(lines(*range(50)))
    with following(sink, folder):
        wait_until(lambda: "the stream refuses" in caplog.text)
        append(file, lines(50))
        sink.refuse = lambda records: None
        wait_until(lambda: len(sink.events) == 51)
    assert numbers(sink) == list(range(51))
    assert "Firehose clicks under account 1 not found." in caplog.text


def test_once_does_not_wait_for_a_stream_that_refuses(sink: Sink, folder: Path) -> None:
    sink.refuse = lambda records: (400, "AccessDeniedException", "no")
    (folder / "app.log").write_bytes(lines(1))
    assert agent(sink, folder).run(once=True) == 1
    sink.refuse = lambda records: None
    assert agent(sink, folder).run(once=True) == 0
    assert numbers(sink) == [1]


def test_once_gives_up_in_an_outage_and_the_next_start_goes_on(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink.down = True
    (folder / "app.log").write_bytes(lines(*range(50)))
    assert agent(sink, folder, once_timeout=0.5).run(once=True) == 1
    assert "the stream took nothing for 0.5 s (the last error: " in caplog.text
    sink.down = False
    assert agent(sink, folder).run(once=True) == 0
    assert numbers(sink) == list(range(50))


def test_once_does_not_give_up_while_the_stream_takes_something(sink: Sink, folder: Path) -> None:
    sink.latency = 0.5  # of each of six requests
    (folder / "app.log").write_bytes(lines(*range(3_000)))
    assert agent(sink, folder, once_timeout=2.5, events_per_record=1).run(once=True) == 0
    assert numbers(sink) == list(range(3_000))
