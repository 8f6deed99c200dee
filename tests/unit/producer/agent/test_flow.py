"""What is sent when files grow, and where a restart goes on (producers.md, section 7, C9)."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest

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


def test_a_line_that_is_no_json_is_named_and_left_out(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1) + b"oops\n\n" + lines(2))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2]
    assert f"{folder}/app.log, line at byte {len(lines(1))} is left out: the event is not one JSON value" in caplog.text
    assert "oops" not in caplog.text


def test_a_line_above_the_limit_of_a_record_costs_no_other(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1) + b'"' + b"x" * 3_000_000 + b'"\n' + lines(2))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2]
    assert "line at byte 58 is left out: it is longer than 1,023,999 bytes" in caplog.text


def test_raw_lines_are_sent_as_they_are(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(b"not json \xff\r\n\nsecond\n")
    run_once(sink, folder, line_format="raw")
    assert sink.records == [b"not json \xff\nsecond\n"]


def test_a_record_of_several_lines_ends_where_the_next_begins(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(b'{\n "n": 1\n}\n{\n "n":')
    with following(sink, folder, multi_line=r"\{"):
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
