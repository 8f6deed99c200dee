"""Globs, and why one finds nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clickstream_producer.agent.path_pattern import PathPattern, shown
from support.producer.agents import lines, numbers, run_once
from support.producer.sink import Sink


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("*.txt", "none is there yet"),
        ("nowhere/*.log", "there is no folder"),
        ("no*where/x/*.log", "none is there yet"),
        ("*.gz", "only compressed files"),
        ("shop[1]/*", "[ begins a set of characters; write [[] for itself"),
    ],
)
def test_a_pattern_that_finds_nothing_says_why(tmp_path: Path, pattern: str, why: str) -> None:
    (tmp_path / "shop[1]").mkdir()
    (tmp_path / "shop[1]" / "a.log").touch()
    (tmp_path / "a.gz").touch()
    found = PathPattern(f"{tmp_path}/{pattern}")
    assert list(found.paths()) == []
    assert why in found.why_nothing()


def test_a_path_that_exists_as_it_is_written_is_found_whatever_its_brackets(tmp_path: Path) -> None:
    (tmp_path / "shop[1]").mkdir()
    file = tmp_path / "shop[1]" / "a.log"
    file.touch()
    assert list(PathPattern(str(file)).paths()) == [str(file)]


def test_a_pattern_that_matches_no_file_is_warned_of_once(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_once(sink, folder, "nothing*.log")
    assert caplog.text.count(f"{folder}/nothing*.log matches no file (none is there yet)") == 1


def test_a_file_whose_name_is_not_utf_8_is_sent_once_and_shown_escaped(sink: Sink, folder: Path) -> None:
    name = os.fsdecode(os.fsencode(folder) + b"/a\xff.log")
    Path(name).write_bytes(lines(1))
    for _ in range(2):
        run_once(sink, folder, "*.log")
    assert numbers(sink) == [1]
    assert shown(name).endswith("a\\xff.log")


def test_a_name_cannot_write_lines_into_the_log() -> None:
    assert shown("/logs/a\nERROR b") == "/logs/a\\nERROR b"
