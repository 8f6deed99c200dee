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
