"""Open files within a budget."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from clickstream_producer.agent import agent as agent_module
from clickstream_producer.agent.descriptors import raise_limit
from support.producer.agents import append, following, lines, numbers, run_once
from support.producer.events import wait_until
from support.producer.sink import Sink


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many files may be open; the limit of this process stays."""
    monkeypatch.setattr(agent_module, "raise_limit", lambda: 3)
    return 3


@pytest.fixture
def limit() -> Iterator[None]:
    """Bring the limit of this process back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_soft_limit_is_raised_and_a_reserve_is_left(limit: None) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    assert raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 64
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 500


def test_more_files_than_descriptors_take_turns_and_it_is_said(
    sink: Sink, folder: Path, few: int, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(20):
        (folder / f"app.log.{number}").write_bytes(lines(number))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == list(range(20)))
        append(folder / "app.log.7", lines(20))
        wait_until(lambda: numbers(sink) == list(range(21)))
    assert caplog.text.count("more files have unread lines than the 3 that may be open") == 1


def test_files_without_unread_lines_are_not_opened_at_a_restart(
    sink: Sink, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        (folder / f"app.log.{number}").write_bytes(lines(number))
    run_once(sink, folder)

    def open_files() -> int:
        return sum(os.path.realpath(name).startswith(str(folder)) for name in Path("/proc/self/fd").iterdir())

    with following(sink, folder):
        append(folder / "app.log.5", lines(100))
        wait_until(lambda: numbers(sink) == list(range(101)))
        assert open_files() <= 64
