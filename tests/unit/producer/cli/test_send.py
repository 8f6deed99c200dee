"""``clickstream-producer send``: formats, resume, rate, dry run, and what is wrong with a line or a command."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clickstream_producer.cli.main import main
from support.producer.agents import lines, numbers
from support.producer.sink import Sink


@pytest.fixture
def where(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that lead to the sink."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return ["--stream", "clicks", "--region", "eu-central-1", "--endpoint-url", sink.url]


def events(sink: Sink) -> list[dict[str, object]]:
    found = [json.loads(event) for event in sink.events.elements()]
    return [{name: value for name, value in e.items() if name not in ("event_id", "client_time")} for e in found]


def test_every_line_of_a_file_is_sent(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b'{"a":1}\r\n\n{"a":2}\n{"a":3}')
    assert main(["send", str(file), *where]) == 0
    assert capsys.readouterr().out == "sent 3, dropped 0, invalid 0\n"
    assert sink.records == [b'{"a":1}\n{"a":2}\n{"a":3}\n']


def test_standard_input_is_read(sink: Sink, where: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clickstream_producer", "send", "-", *where], input=lines(1, 2), capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"sent 2, dropped 0, invalid 0\n", b"")
    assert numbers(sink) == [1, 2]


def test_an_invalid_line_is_named_and_its_neighbours_are_sent(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(1) + b"{broken\n" + lines(3) + b"{\n" * 20)
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
    file.write_bytes(lines(1))
    assert main(["send", str(file), *where]) == 1
    captured = capsys.readouterr()
    assert captured.out == "sent 0, dropped 1, invalid 0\n"
    assert "Firehose clicks under account 1 not found." in captured.err


def test_csv_rows_become_events_named_by_the_header(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text('\ufeffevent_name,title,value\nclick,"a, b\nc",2.5\npage_view,,"{""a"":1}"\n', encoding="utf-8")
    assert main(["send", str(file), "--format", "csv", "--json-cells", "value", *where]) == 0
    assert events(sink) == [
        {"event_name": "click", "title": "a, b\nc", "value": 2.5},
        {"event_name": "page_view", "value": {"a": 1}},
    ]


def test_csv_without_a_header_and_with_another_delimiter(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("click;1\n", encoding="utf-8")
    options = ["--format", "csv", "--fields", "event_name,user_id", "--delimiter", ";"]
    assert main(["send", str(file), *options, *where]) == 0
    assert events(sink) == [{"event_name": "click", "user_id": "1"}]


def test_raw_lines_are_sent_unchecked(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_bytes(b"not json\r\n\nsecond")
    assert main(["send", str(file), "--format", "raw", *where]) == 0
    assert sink.records == [b"not json\nsecond\n"]


def test_several_files_share_records_and_invalid_lines_name_theirs(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b"
    first.write_bytes(lines(1))
    second.write_bytes(gzip.compress(lines(2) + b"oops\n"))
    assert main(["send", str(first), str(second), *where]) == 1
    assert sink.records == [lines(1, 2)]
    assert main(["send", str(first), str(second), "--unpacked", *where]) == 1
    assert sink.records[1:] == [lines(1), lines(2)]
    assert capsys.readouterr().err.startswith(f"{second}, line 2: it is not one JSON value")


def test_a_line_above_the_limit_of_a_record_is_named_as_such(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(1) + b'"' + b"x" * 3_000_000 + b'"\n' + lines(2))
    assert main(["send", str(file), *where]) == 1
    assert "line 2: it is longer than 1,023,999 bytes" in capsys.readouterr().err
    assert numbers(sink) == [1, 2]


def test_gzip_on_standard_input_is_unpacked(sink: Sink, where: list[str]) -> None:
    command = [sys.executable, "-m", "clickstream_producer", "send", "-", *where]
    done = subprocess.run(command, input=gzip.compress(lines(1, 2)), capture_output=True)
    assert (done.returncode, numbers(sink)) == (0, [1, 2]), done.stderr


def test_a_dry_run_checks_and_counts_and_sends_nothing(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(1, 2) + b"oops\n")
    assert main(["send", str(file), "--dry-run", *where]) == 1
    assert capsys.readouterr().out == "would send 2 events, 116 bytes; invalid 1\n"
    assert sink.attempts == []


def test_a_rate_limit_is_kept(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(*range(50)))
    begun = time.monotonic()
    assert main(["send", str(file), "--rate", "100", *where]) == 0
    assert time.monotonic() - begun < 5
    begun = time.monotonic()
    assert main(["send", str(file), "--rate", "25", *where]) == 0
    assert time.monotonic() - begun >= 2.0
    assert sink.events.total() == 100


@pytest.mark.parametrize("packed", [False, True])
def test_an_interrupted_send_goes_on_after_what_was_acknowledged(
    sink: Sink, where: list[str], tmp_path: Path, packed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.jsonl"
    content = lines(*range(40_000))  # some 2.4 MB: three chunks
    file.write_bytes(gzip.compress(content, 1) if packed else content)
    command = ["send", str(file), "--resume", str(tmp_path / "state.db"), *where]
    taken = 0

    def refuse_the_second(records: list[bytes]) -> tuple[int, str, str] | None:
        nonlocal taken
        taken += 1
        return (400, "AccessDeniedException", "not any more") if taken > 1 else None

    sink.refuse = refuse_the_second
    assert main(command) == 1
    sent = sink.events.total()
    assert 0 < sent < 40_000
    assert "the same command sends the rest" in capsys.readouterr().err
    sink.refuse = lambda records: None
    assert main(command) == 0
    assert main(command) == 0  # nothing is left
    assert numbers(sink) == list(range(40_000))


def test_a_csv_file_that_is_resumed_keeps_its_header(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("event_name,n\nclick,1\n", encoding="utf-8")
    command = ["send", str(file), "--format", "csv", "--resume", str(tmp_path / "state.db"), *where]
    assert main(command) == 0
    with file.open("a") as more:
        more.write("click,2\n")
    assert main(command) == 0
    assert [event["n"] for event in events(sink)] == ["1", "2"]


def test_another_file_of_the_same_name_is_sent_from_its_start(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    command = ["send", str(file), "--resume", str(tmp_path / "state.db"), *where]
    for number in (1, 2):
        file.write_bytes(lines(number))
        assert main(command) == 0
    assert numbers(sink) == [1, 2]


@pytest.mark.parametrize("count", [1, 20_000])  # at the end of the file, and after the first chunk of it
def test_a_timeout_bounds_the_wait_in_an_outage(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    sink.down = True
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(*range(count)))
    begun = time.monotonic()
    assert main(["send", str(file), "--timeout", "500ms", *where]) == 1
    assert time.monotonic() - begun < 8
    assert "the stream took nothing for 0.5 s (the last error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl"], "No such file"),
        (["-", "--timeout", "soon"], "--timeout='soon' must be a duration"),
        (["-", "--stream", "not a name"], "stream name 'not a name'"),
        (["-", "--resume", "state"], "--resume needs files"),
        (["-", "--rate", "0"], "--rate=0 must be at least 1"),
        (["-", "--delimiter", "ab"], "--delimiter='ab' must be one of , ; | or tab"),
        (["-", "--encoding", "klingon"], "--encoding='klingon' must be an encoding"),
        (["-", "--format", "csv", "--fields", "a,a"], "--fields='a,a' must name each column once"),
        (["{file}", "--format", "csv", "--json-cells", "b,c"], "--json-cells names b, c; the columns are a"),
    ],
)
def test_a_wrong_command_is_explained(
    arguments: list[str], message: str, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    assert main(["send", *where, *(a.replace("{file}", str(file)) for a in arguments)]) == 2
    assert message in capsys.readouterr().err
