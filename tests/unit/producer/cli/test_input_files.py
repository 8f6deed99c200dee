"""Files that cannot be read rightly are named, with what was sent; nothing damaged ends with success."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
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
    return ["--stream", "clicks", "--region", "eu-central-1", "--endpoint-url", sink.url, "--no-progress"]


def titles(sink: Sink) -> list[str]:
    return [json.loads(event).get("title") for event in sink.events.elements()]


@pytest.mark.parametrize(
    ("data", "said", "sent"),
    [
        ("n,title\n1,a\n2,Café\n".encode("cp1252"), "line 3: it is not UTF-8", ["a"]),
        (b"n;title\n1;a\n", "the first row has cells by a semicolon (1 by a comma, 2 by a semicolon", []),
        (b"n;title,more\n1;a,b\n", "by a comma and by a semicolon", []),
        (b"n\ttitle\n1\ta\n", "by tab", []),
        (b"n,title,title\n1,a,b\n", "several columns are named 'title'", []),
        (b"n,,\n1,a,b\n", "several columns are named ''", []),
        (b"n, n\n1,2\n", "several columns are named 'n'", []),
        (b"n,title\n1,a\n2,b, c\n3,d\n", "line 3: it has 3 cells, and there are 2 columns", ["a", "d"]),
        (b"n,title\n1,a\n2\n3,d\n", "line 3: it has 1 cells, and there are 2 columns", ["a", "d"]),
        (b"title,\na,1\nb,\n", "line 2: it has a cell in a column without a name", ["b"]),
        (b'n,title\n1,a\n2,"oops\n3,c\n', "line 3: the row that begins here is not CSV", ["a"]),
        (b'n,title\n1,a\n2,"b\n3,c"d"\n', "line 3: the row that begins here is not CSV", ["a"]),
        (b"n,title\r1,a\r2,b\r", "its lines end with CR alone", []),
        (b"n,title\n1,a\n2,b\r3,c\n", "line 3: the row that begins here is not CSV", ["a"]),
        (b"n,title\n1,a\n2," + b"x" * 1_100_000 + b"\n", "line 3: ", ["a"]),
    ],
)
def test_csv_that_cannot_be_read_rightly_is_named_and_the_rows_before_are_sent(
    data: bytes,
    said: str,
    sent: list[str],
    sink: Sink,
    where: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(data)
    assert main(["send", str(file), "--format", "csv", *where]) == 1
    assert said in capsys.readouterr().err
    assert titles(sink) == sent
    sink.events.clear()
    assert main(["send", str(file), "--format", "csv", "--dry-run", *where]) == 1
    assert said in capsys.readouterr().err
    assert not sink.events


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (codecs.BOM_UTF8 + b"n,title\r\n\r\n1,a\r\n", []),
        (b"\nn, title\n1,a\n", []),
        (b"n;title\n1;a\n", ["--delimiter", ";"]),
        (b"n\ttitle\n1\ta\n", ["--delimiter", "tab"]),
        (b"n|title\n1|a\n", ["--delimiter", "|"]),
        (b'n,title\n1,"a"\n', ["--delimiter", ","]),
        (b"title\na\n", []),
        ("n,title\n1,a\n".encode("utf-16"), ["--encoding", "utf-16"]),
    ],
)
def test_csv_in_customary_forms_is_read(
    data: bytes, options: list[str], sink: Sink, where: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(data)
    assert main(["send", str(file), "--format", "csv", *options, *where]) == 0
    assert titles(sink) == ["a"]


def test_a_cell_may_be_as_large_as_an_event(sink: Sink, where: list[str], tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_bytes(b"n,title\n1," + b"x" * 500_000 + b"\n")
    assert main(["send", str(file), "--format", "csv", *where]) == 0
    assert titles(sink) == ["x" * 500_000]


@pytest.mark.parametrize("cell", ["007", "1_000", "0x10", "yes", "{"])
def test_a_json_cell_that_is_no_json_is_named_without_its_content(
    cell: str, sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(f"title,value\na,{cell}\nb,1.50\n")
    assert main(["send", str(file), "--format", "csv", "--json-cells", "value", *where]) == 1
    assert capsys.readouterr().err == "line 2: its cell in the column value is not JSON\n"
    assert b'"value":1.5' in sink.records[0]


@pytest.mark.parametrize("line", [b"null", b"12", b'"text"', b"[{}]"])
def test_a_value_that_is_no_event_is_named(
    line: bytes, sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(line + b"\n" + lines(1))
    assert main(["send", str(file), *where]) == 1
    assert capsys.readouterr().err == "line 1: it is not a JSON object\n"
    assert numbers(sink) == [1]


@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_order_mark_is_no_part_of_the_first_line(
    packed: bool, sink: Sink, where: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    data = codecs.BOM_UTF8 + lines(1, 2)
    file.write_bytes(gzip.compress(data) if packed else data)
    command = ["send", str(file), "--resume", str(tmp_path / "state.db"), *where]
    assert [main(command), main(command)] == [0, 0]
    assert sink.records == [lines(1, 2)]


def test_a_gzip_file_that_breaks_off_is_named_and_what_is_before_is_sent(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(lines(*range(2_000)))[:-20])
    command = ["send", str(file), "--resume", str(tmp_path / "state.db"), *where]
    assert main(command) == 1
    captured = capsys.readouterr()
    assert f"{file}, line {len(sink.events) + 1}: the gzip file is damaged or breaks off" in captured.err
    assert captured.out == f"sent {len(sink.events)}, dropped 0, invalid 0\n"
    file.write_bytes(gzip.compress(lines(*range(2_000))))
    assert main(command) == 0
    assert numbers(sink) == list(range(2_000))


@pytest.mark.parametrize("count", [2, 3_000])
def test_what_is_behind_the_end_of_a_gzip_file_is_named(
    count: int, sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.gz"
    file.write_bytes(gzip.compress(lines(*range(count))) + b"garbage")
    assert main(["send", str(file), *where]) == 1
    assert "the gzip file is damaged or breaks off (Not a gzipped file" in capsys.readouterr().err
    assert numbers(sink) == list(range(count))


def test_without_a_state_file_it_is_said_where_the_rest_begins(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b'n\n1\n2\n"3\n')
    assert main(["send", str(file), "--format", "csv", *where]) == 1
    assert "send it without the first 6 bytes" in capsys.readouterr().err
    assert file.read_bytes()[6:] == b'"3\n'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bz2.compress(b"{}"), "it is bzip2: unpack it first, bzip2 -dc FILE | clickstream-producer send - ..."),
        (lzma.compress(b"{}"), "it is xz"),
        (b"PK\x03\x04 a spreadsheet", "it is a zip archive (or a spreadsheet)"),
        (b"PAR1 columns", "it is Parquet, not text"),
        ('{"n":1}\n'.encode("utf-16"), "it is UTF-16, not UTF-8: give --encoding utf-16"),
        (
            '{"n":1}\n'.encode("utf-16-le"),
            "it is UTF-16 without a byte order mark, not UTF-8: give --encoding utf-16-le or -be",
        ),
        (b"one\rtwo\r", "its lines end with CR alone"),
    ],
)
@pytest.mark.parametrize("form", ["json", "csv", "raw"])
def test_what_is_not_text_in_utf_8_is_named(
    data: bytes, said: str, form: str, sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(data)
    assert main(["send", str(file), "--format", form, *where]) == 1
    assert f"{file}: {said}" in capsys.readouterr().err
    assert not sink.events


def test_a_file_that_cannot_be_read_does_not_hide_what_was_sent_of_the_one_before(
    sink: Sink, where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(lines(1))
    (tmp_path / "b").write_bytes(bz2.compress(lines(2)))
    assert main(["send", str(tmp_path / "a"), str(tmp_path / "b"), *where]) == 1
    assert capsys.readouterr().out == "sent 1, dropped 0, invalid 0\n"
    assert numbers(sink) == [1]
