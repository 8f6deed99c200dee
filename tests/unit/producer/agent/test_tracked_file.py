"""Where the content of a file begins, and whether it is text in UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from clickstream_producer.agent.tracked_file import other_encoding
from support.producer.agents import agent, append, lines, numbers, run_once
from support.producer.sink import Sink


def test_a_byte_order_mark_is_no_part_of_the_first_line(sink: Sink, folder: Path) -> None:
    # fluent/fluent-bit#3976, vectordotdev/vector#22541
    file = folder / "app.log"
    file.write_bytes(codecs.BOM_UTF8 + lines(1)[:-1])
    run_once(sink, folder, line_quiet=60.0)
    append(file, b"\n" + lines(2))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2]


def test_a_byte_order_mark_does_not_hide_header_lines(sink: Sink, folder: Path) -> None:
    (folder / "app.log").write_bytes(codecs.BOM_UTF8 + b"#Fields\n" + lines(1))
    run_once(sink, folder, skip_header_lines=1)
    assert numbers(sink) == [1]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16 without a byte order mark"),
        ("utf-16-be", "UTF-16 without a byte order mark"),
        ("utf-32", "UTF-32"),
        ("utf-8", None),
        ("utf-8-sig", None),
    ],
)
def test_an_encoding_that_no_line_can_be_read_of_is_named(encoding: str, name: str | None) -> None:
    assert other_encoding(lines(1).decode().encode(encoding)) == name


def test_a_hole_is_no_encoding() -> None:
    assert other_encoding(b"\0" * 64) is None


def test_a_file_in_utf_16_is_named_and_no_success_and_the_others_are_sent(
    sink: Sink, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1).decode().encode("utf-16"))
    (folder / "app.log.2").write_bytes(lines(2))
    assert agent(sink, folder).run(once=True) == 1
    assert numbers(sink) == [2]
    assert f"{folder}/app.log is not read: it is UTF-16; write UTF-8, or convert it with iconv" in caplog.text
