"""The checkpoint file: for one agent, for files that are there, and for disks that fail."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clickstream_producer import InvalidOption
from clickstream_producer.agent.checkpoints import Checkpoints, Position
from clickstream_producer.agent.fingerprint import Fingerprint
from support.producer.agents import agent, append, following, lines, numbers, run_once
from support.producer.events import wait_until
from support.producer.sink import Sink


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can be written beyond its first byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_two_agents_never_share_a_checkpoint_file(sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "app.log").write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        append(folder / "app.log", lines(2))
        assert agent(sink, folder).run(once=True) == 1
        wait_until(lambda: numbers(sink) == [1, 2])
    assert "used by another process" in caplog.text


def test_an_agent_waits_for_a_checkpoint_file_that_another_process_uses(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1))
    other = Checkpoints(folder.parent / "state" / "checkpoints.db")
    with following(sink, folder):
        time.sleep(0.3)
        assert numbers(sink) == []
        other.close()
        wait_until(lambda: numbers(sink) == [1])


def test_a_checkpoint_file_that_is_none_is_refused_and_nobody_is_told_to_delete_it(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    path.write_bytes(b"something else, and long enough to be looked at" * 50)
    with pytest.raises(InvalidOption, match=r"is damaged .* bring it back from a backup"):
        Checkpoints(path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidOption, match="name one in a folder that can be written"):
        Checkpoints(tmp_path / "file" / "checkpoints.db")


def test_positions_that_cannot_be_saved_at_the_start_are_no_wrong_command(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    Checkpoints(path).close()
    with full_disk(), pytest.raises(OSError, match="disk I/O error"):
        Checkpoints(path)
    Checkpoints(path).close()


def test_a_save_that_failed_changes_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints.db")
    first, second = (Position("1:1", "/a", Fingerprint.of(content)) for content in (b"x", b"xy"))
    checkpoints.save("clicks", [first])
    with full_disk(), pytest.raises(OSError, match="checkpoint file"):
        checkpoints.save("clicks", [second])
    assert checkpoints.load("clicks") == [first]
    checkpoints.save("clicks", [second])
    assert checkpoints.load("clicks") == [second]


def test_an_agent_that_cannot_save_reads_nothing_more_and_sends_nothing_twice(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        time.sleep(0.2)
        append(file, lines(2))
        with full_disk():
            wait_until(lambda: "positions are not saved" in caplog.text)
        append(file, lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3]


def test_paths_and_streams_are_bytes(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints.db")
    position = Position("1:1", "/logs/a\udcff.log", Fingerprint.of(b"x"))
    checkpoints.save("clicks", [position], flows=["clicks /logs/\udcff*"])
    assert checkpoints.load("clicks") == [position]
    assert checkpoints.known("clicks /logs/\udcff*")


def test_positions_of_files_long_gone_are_forgotten(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints.db")
    positions = [Position(name, f"/{name}", Fingerprint.of(b"x")) for name in ("here", "gone")]
    checkpoints.save("clicks", positions)
    assert checkpoints.forget("clicks", 60.0, keep=["here"]) == []
    assert checkpoints.load("clicks") == sorted(positions)
    assert checkpoints.forget("clicks", 0.0, keep=["here"]) == ["gone"]
    assert checkpoints.load("clicks") == [positions[0]]


def test_a_file_that_nobody_wrote_for_long_is_not_forgotten(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1))
    for _ in range(3):
        run_once(sink, folder, forget_after=0.0)
    assert numbers(sink) == [1]
