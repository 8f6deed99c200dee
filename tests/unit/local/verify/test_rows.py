from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pyarrow.orc
import pyarrow.parquet
import pytest

from clickstream_local.s3.object_source import DirectorySource, FoundObject
from clickstream_local.s3.store import StoreError
from clickstream_local.verify.rows import DeliveredRow, rows_of

TIME = datetime(2026, 11, 30, 10, tzinfo=UTC)
MILLIS = int(TIME.timestamp() * 1000)
ROWS = [DeliveredRow("a", MILLIS), DeliveredRow(None, MILLIS)]


def read(tmp_path: Path, body: bytes, name: str = "object") -> list[DeliveredRow]:
    (tmp_path / "lake").mkdir(exist_ok=True)
    (tmp_path / "lake" / name).write_bytes(body)
    return list(rows_of(DirectorySource(tmp_path), FoundObject("lake", name, len(body))))


def table(**more: object) -> pyarrow.Table:
    times = pyarrow.array([TIME.replace(tzinfo=None)] * 2, pyarrow.timestamp("ns"))
    return pyarrow.table({"event_id": ["a", None], "received_at": times, "event_name": ["x", "y"], **more})


def test_parquet_orc_and_json_give_the_same_rows(tmp_path: Path) -> None:
    for write in (pyarrow.parquet.write_table, pyarrow.orc.write_table):
        sink = pyarrow.BufferOutputStream()
        write(table(), sink)
        assert read(tmp_path, sink.getvalue().to_pybytes(), "object.parquet") == ROWS
    lines = b'{"event_id":"a","received_at":"2026-11-30 10:00:00.000"}\n{"received_at":"2026-11-30T10:00:00Z"}\n'
    assert read(tmp_path, lines) == ROWS
    assert read(tmp_path, gzip.compress(lines), "object.gz") == ROWS


def test_rows_without_the_columns_are_counted(tmp_path: Path) -> None:
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table({"line": ["a", "b", "c"]}), sink)
    assert read(tmp_path, sink.getvalue().to_pybytes()) == [DeliveredRow(None, None)] * 3
    assert read(tmp_path, b"text\n[1]\n\n") == [DeliveredRow(None, None)] * 2


@pytest.mark.parametrize("magic", [b"PAR1", b"ORC"])
def test_an_object_that_breaks_off_is_named(tmp_path: Path, magic: bytes) -> None:
    with pytest.raises(StoreError, match="lake/object is no"):
        read(tmp_path, magic + b"broken")
