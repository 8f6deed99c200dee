"""Lines that cannot be sent are left out, and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.producer.agents import agent, following, lines, numbers, run_once
from support.producer.events import wait_until
from support.producer.sink import Sink


def test_a_line_that_is_no_json_is_named_and_left_out(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1) + b"oops\n\n" + lines(2))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2]
    assert f"{folder}/app.log, line at byte {len(lines(1))} is left out: it is not one JSON value" in caplog.text
    assert "oops" not in caplog.text


def test_a_line_above_the_limit_of_a_record_costs_no_other(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1) + b'"' + b"x" * 3_000_000 + b'"\n' + lines(2))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2]
    assert "line at byte 58 is left out: it is longer than 1,023,999 bytes" in caplog.text


@pytest.mark.parametrize("line", [b"12", b"null", b'"text"', b"[]"])
def test_a_json_value_that_is_no_event_is_named(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture, line: bytes
) -> None:
    (folder / "app.log").write_bytes(lines(1) + line + b"\n")
    run_once(sink, folder)
    assert numbers(sink) == [1]
    assert "line at byte 58 is left out: it is not a JSON object" in caplog.text


def test_the_first_ten_lines_left_out_are_named_by_file_and_byte(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(b"no\n" * 12 + b"yes\n")

    def leave_out(line: str) -> str | None:
        return None if line == "no" else line

    run_once(sink, folder, steps=(leave_out,))
    named = [f"{folder}/app.log, line at byte {3 * number} is left out" for number in range(12)]
    assert [name in caplog.text for name in named] == [True] * 10 + [False] * 2


def test_many_files_of_which_no_line_matches_are_counted(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(30):
        (folder / f"app.log.{number}").write_bytes(b"no json\n")
    assert agent(sink, folder).run(once=True) == 1
    assert caplog.text.count("none of its 1 lines can be sent") == 20
    assert "and 10 more files" in caplog.text


def test_a_file_of_which_no_line_matches_is_no_success(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(b"oops\n" * 150)
    assert agent(sink, folder).run(once=True) == 1
    assert f"{folder}/app.log: none of its first 150 lines can be sent" in caplog.text
    assert f"{folder}/app.log: none of its 150 lines can be sent" in caplog.text


def test_the_very_first_lines_are_sent_at_once(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1))
    with following(sink, folder, linger=3_600.0):
        wait_until(lambda: numbers(sink) == [1])
