"""What is sent when files grow, and where a restart goes on (facts/goals.md#producer, C9)."""

from __future__ import annotations

import itertools
import os
import random
import time
from pathlib import Path

import pytest

from clickstream_producer.agent import Agent, AgentOptions, FlowOptions
from support.producer.agents import append, following, lines, numbers, run_once
from support.producer.events import wait_until
from support.producer.sink import Sink


def test_lines_that_are_there_and_lines_that_come_are_sent_once(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])
        append(file, lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])
        (folder / "app.log.new").write_bytes(lines(4))
        wait_until(lambda: numbers(sink) == [1, 2, 3, 4])


def test_a_last_line_without_its_newline_waits(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1) + lines(2)[:10])
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        time.sleep(0.2)
        assert numbers(sink) == [1]
        append(file, lines(2)[10:])
        wait_until(lambda: numbers(sink) == [1, 2])


def test_a_restart_at_any_byte_goes_on_there(sink: Sink, folder: Path) -> None:
    # C9: restart at any byte. The file grows by random pieces; each run sees one more of them.
    file = folder / "app.log"
    whole = lines(*range(60))
    chance = random.Random(9)
    cuts = sorted({0, len(whole), *(chance.randrange(len(whole)) for _ in range(25))})
    for start, end in itertools.pairwise(cuts):
        append(file, whole[start:end])
        run_once(sink, folder)
    assert numbers(sink) == list(range(60))


def test_several_patterns_share_a_checkpoint_file_and_keep_apart(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1))
    (folder / "web.log").write_bytes(lines(2))
    for _ in range(2):
        run_once(sink, folder, "app.log")
        run_once(sink, folder, "web.log")
    assert numbers(sink) == [1, 2]


def test_raw_lines_are_sent_as_they_are(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(b"not json \xff\r\n\nsecond\n")
    run_once(sink, folder, line_format="raw")
    assert sink.records == [b"not json \xff\nsecond\n"]


def test_a_record_of_several_lines_ends_where_the_next_begins(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(b'{\n "n": 1\n}\n{\n "n":')
    with following(sink, folder, multi_line=r"\{", record_quiet=60.0):
        time.sleep(0.2)
        append(file, b" 2\n}\n")
        append(file, b"{}\n")
        wait_until(lambda: len(sink.events) == 2)
    assert sink.events == {b'{  "n": 1 }': 1, b'{  "n": 2 }': 1}


def test_the_last_record_of_several_lines_is_sent_when_nothing_follows(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(b"{\n}\n")
    run_once(sink, folder, multi_line=r"\{")
    assert sink.events == {b"{ }": 1}


def test_header_lines_are_left_out_even_if_they_come_in_pieces(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    for piece in (b"#Ver", b"sion\n", b"#Fields\n" + lines(1), lines(2)):
        append(file, piece)
        run_once(sink, folder, skip_header_lines=2)
    assert numbers(sink) == [1, 2]


def test_a_multi_line_pattern_that_never_matches_is_said_and_costs_no_memory(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(b"{},\n" * 1_200)
    steps = (lambda record: record.replace("\n", " "),)
    run_once(sink, folder, line_format="raw", steps=steps, multi_line=r"\d{4}-", events_per_record=1)
    assert [record.count(b"{}") for record in sink.records] == [500, 500, 200]
    assert caplog.text.count("a record begins with a line that '\\\\d{4}-' does not match") == 1


def test_a_last_line_that_is_a_whole_object_is_sent_once_its_file_is_quiet(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(lines(1, 2)[:-1])
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])
        append(folder / "app.log", b"\n" + lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])


@pytest.mark.parametrize("once", [True, False])
def test_a_last_line_that_waits_is_said(sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture, once: bool) -> None:
    (folder / "app.log").write_bytes(lines(1) + b"half a line")
    if once:
        run_once(sink, folder, line_format="raw", line_quiet=60.0)
    else:
        with following(sink, folder, line_format="raw"):
            wait_until(lambda: "has no newline" in caplog.text)
    assert f"{folder}/app.log: the last line, at byte 58, has no newline; it waits" in caplog.text
    assert sink.records == [lines(1)]


@pytest.mark.parametrize(("name", "age"), [("app.log.1", 70), ("data.txt", 3_700)])
def test_a_last_line_without_newline_is_sent_when_nobody_will_go_on(
    sink: Sink, folder: Path, name: str, age: float
) -> None:
    # awslabs/amazon-kinesis-agent#17. An older generation by its name, or a file that nobody wrote for an hour.
    (folder / "app.log").write_bytes(b"new\n")
    (folder / name).write_bytes(b"old\nlast")
    then = time.time() - age
    os.utime(folder / name, (then, then))
    run_once(sink, folder, "*", line_format="raw", line_quiet=60.0)
    assert sorted(b"".join(sink.records).split()) == [b"last", b"new", b"old"]


def test_files_of_two_patterns_share_a_stream_and_each_is_sent_once(sink: Sink, folder: Path) -> None:
    # awslabs/amazon-kinesis-agent#109: the first pattern that matches a file has it, also after it moved.
    (folder / "old").mkdir()
    file = folder / "app.log"
    file.write_bytes(lines(1))
    flows = [
        FlowOptions(f"{folder}/{pattern}", sink.target(), linger=0.02) for pattern in ("app.log*", "*/app.log*", "*")
    ]
    for _ in range(2):
        options = AgentOptions(tuple(flows), folder.parent / "state" / "checkpoints.db", statistics_interval=0)
        assert Agent(options).run(once=True) == 0
        if file.exists():
            append(file, lines(2))
            file.rename(folder / "old" / "app.log.1")
    assert numbers(sink) == [1, 2]


def test_a_line_that_two_flows_could_have_becomes_what_the_first_makes_of_it(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(b"a\n")
    shout = FlowOptions(f"{folder}/app.log", sink.target(), line_format="raw", steps=(str.upper,), linger=0.02)
    plain = FlowOptions(f"{folder}/*", sink.target(), line_format="raw", linger=0.02)
    options = AgentOptions((shout, plain), folder.parent / "checkpoints.db", statistics_interval=0)
    assert Agent(options).run(once=True) == 0
    assert sink.records == [b"A\n"]
