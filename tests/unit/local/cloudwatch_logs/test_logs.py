"""Log groups as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clickstream_local.cloudwatch_logs.logs import LogEvent, Logs


def test_an_event_is_a_line_of_json_in_the_file_of_its_stream(tmp_path: Path) -> None:
    logs = Logs(tmp_path, clock=lambda: 12.5)
    logs.write("/aws/kinesisfirehose/clicks", "DestinationDelivery", "grüß\nGott")
    (line,) = (tmp_path / "logs/aws/kinesisfirehose/clicks/DestinationDelivery.log").read_text("utf-8").splitlines()
    assert json.loads(line) == {"timestamp": 12500, "message": "grüß\nGott"}


def test_events_are_read_back_by_group_and_stream(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.write("/g", "2026/11/21/[$LATEST]ab", "one", timestamp=1)
    logs.write("/g", "other", "two", timestamp=2)
    assert list(logs.events("/g")) == [
        LogEvent("/g", "2026/11/21/[$LATEST]ab", 1, "one"),
        LogEvent("/g", "other", 2, "two"),
    ]
    assert [event.message for event in logs.events("/g", "other")] == ["two"]
    assert list(logs.events("/none")) == []


@pytest.mark.parametrize(("group", "stream"), [("/a/../b", "s"), ("", "s"), ("/a", ""), ("/a", "../s")])
def test_a_name_that_leaves_the_log_directory_is_refused(tmp_path: Path, group: str, stream: str) -> None:
    with pytest.raises(ValueError, match="log group"):
        Logs(tmp_path).write(group, stream, "x")


def test_only_errors_reach_the_console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = Logs(tmp_path, console=True)
    logs.write("/g", "s", "quiet")
    logs.write("/g", "s", "loud", error=True)
    assert capsys.readouterr().err == "/g s loud\n"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted where /proc shows them")
def test_many_streams_do_not_keep_as_many_files_open(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    for number in range(200):
        logs.write("/g", f"s{number:03}", "x", timestamp=number)
    assert len(list(Path("/proc/self/fd").iterdir())) < 150
    assert len(list(logs.events("/g"))) == 200


def test_writing_goes_on_after_close(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.write("/g", "s", "one")
    logs.close()
    logs.write("/g", "s", "two")
    assert [event.message for event in logs.events("/g")] == ["one", "two"]


def test_a_log_that_cannot_be_written_is_said_and_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    Logs(tmp_path).write("group", "stream", "the message")
    said = capsys.readouterr().err
    assert "cannot write the log" in said
    assert "the message" in said


class Gone:
    """A standard error whose reader has gone."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("stderr", [None, Gone()])
def test_a_closed_standard_error_costs_no_log_line(
    tmp_path: Path, stderr: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = Logs(tmp_path, console=True)
    monkeypatch.setattr("sys.stderr", stderr)
    logs.write("group", "stream", "what failed", error=True)
    monkeypatch.undo()
    assert [event.message for event in logs.events("group")] == ["what failed"]
    assert capsys.readouterr().out == ""
