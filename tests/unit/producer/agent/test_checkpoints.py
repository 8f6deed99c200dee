"""The checkpoint file: for one agent, and for files that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from clickstream_producer import InvalidOption
from clickstream_producer.agent.checkpoints import Checkpoints, Position
from clickstream_producer.agent.head import Head
from support.producer.agents import agent, following, lines, numbers, run_once
from support.producer.sink import Sink


def test_two_agents_never_share_a_checkpoint_file(sink: Sink, folder: Path) -> None:
    with following(sink, folder), pytest.raises(InvalidOption, match="used by another process"):
        agent(sink, folder)


def test_a_checkpoint_file_that_is_none_is_refused(sink: Sink, folder: Path) -> None:
    state = folder.parent / "state"
    state.mkdir()
    (state / "checkpoints.db").write_bytes(b"something else, and long enough to be looked at" * 50)
    with pytest.raises(InvalidOption, match="cannot be used"):
        agent(sink, folder)


def test_positions_of_files_long_gone_are_forgotten(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints.db")
    positions = [Position(name, f"/{name}", 1, Head.of(b"x")) for name in ("here", "gone")]
    checkpoints.save("flow", positions)
    checkpoints.forget("flow", 60.0, keep=["here"])
    assert checkpoints.load("flow") == sorted(positions)
    checkpoints.forget("flow", 0.0, keep=["here"])
    assert checkpoints.load("flow") == [positions[0]]


def test_a_file_that_nobody_wrote_for_long_is_not_forgotten(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1))
    for _ in range(3):
        run_once(sink, folder, forget_after=0.0)
    assert numbers(sink) == [1]
