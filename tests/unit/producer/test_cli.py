"""The command: a file of JSON lines to a stream."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from clickstream_producer.cli.main import main
from support.producer.sink import Sink


@pytest.fixture
def where(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that lead to the sink."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return ["--stream", "clicks", "--region", "eu-central-1", "--endpoint-url", sink.url]


def test_every_line_of_a_file_is_sent(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"a":1}\r\n\n{"a":2}\n{"a":3}')
    assert main(["send", str(file), *where]) == 0
    assert capsys.readouterr().out == "sent 3, dropped 0, invalid 0\n"
    assert sink.records == [b'{"a":1}\n{"a":2}\n{"a":3}\n']


def test_a_gzip_file_is_unpacked(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl.gz"
    file.write_bytes(gzip.compress(b"1\n2\n"))
    assert main(["send", str(file), "--unpacked", *where]) == 0
    assert sink.records == [b"1\n", b"2\n"]


def test_standard_input_is_read(sink: Sink, where: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clickstream_producer", "send", "-", *where], input=b"1\n2\n", capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"sent 2, dropped 0, invalid 0\n", b"")
    assert sink.events == {b"1": 1, b"2": 1}


def test_an_invalid_line_is_named_and_its_neighbours_are_sent(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"1\n{broken\n3\n" + b"{\n" * 20)
    assert main(["send", str(file), *where]) == 1
    captured = capsys.readouterr()
    assert captured.out == "sent 2, dropped 0, invalid 21\n"
    assert captured.err.splitlines()[0].startswith("line 2: the event is not one JSON value")
    assert len(captured.err.splitlines()) == 10


def test_a_refusal_ends_it_with_the_reason(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.refuse = lambda records: (400, "ResourceNotFoundException", "Firehose clicks under account 1 not found.")
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"1\n")
    assert main(["send", str(file), *where]) == 1
    captured = capsys.readouterr()
    assert captured.out == "sent 0, dropped 1, invalid 0\n"
    assert "Firehose clicks under account 1 not found." in captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["send", "missing.jsonl", "--stream", "clicks"], "No such file"),
        (["send", "-", "--stream", "clicks", "--timeout", "soon"], "--timeout='soon' is not a duration"),
        (["send", "-", "--stream", "not a name"], "stream name 'not a name'"),
    ],
)
def test_a_wrong_command_is_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
