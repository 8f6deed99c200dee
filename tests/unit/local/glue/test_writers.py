"""Parquet and ORC files, read back by readers that nobody here wrote."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from clickstream_local.common.model import Column
from clickstream_local.glue.converter import Converter
from clickstream_local.glue.errors import GlueError
from clickstream_local.glue.serde import SerDe
from clickstream_local.glue.writers import ROW_GROUP_BYTES, writer_of

COLUMNS = [
    Column("name", "string"),
    Column("at", "timestamp"),
    Column("price", "decimal(10,2)"),
    Column("tags", "array<string>"),
    Column("more", "map<string,int>"),
    Column("where", "struct<city:string,zip:int>"),
]
RECORD = (
    b'{"name":"a","at":"2026-11-21T12:00:00.123Z","price":9.5,"tags":["x","y"],"more":{"k":1},'
    b'"where":{"city":"Bern","zip":3000}}\n{"name":"b"}\n'
)
ROW = {
    "name": "a",
    "at": datetime.fromisoformat("2026-11-21T12:00:00.123000"),
    "price": Decimal("9.50"),
    "tags": ["x", "y"],
    "more": [("k", 1)],
    "where": {"city": "Bern", "zip": 3000},
}


def write(serializer: dict[str, Any], repeat: int = 1) -> bytes:
    converter = Converter(COLUMNS, SerDe.openx({}))
    writer = writer_of(serializer, converter.names)
    return writer.write(converter.schema, [converter.batch(converter.rows(RECORD * repeat))])


def test_parquet_reads_back_with_arrow() -> None:
    first, second = pq.read_table(io.BytesIO(write({"ParquetSerDe": {}}))).to_pylist()
    assert first == ROW
    assert second == dict.fromkeys(ROW) | {"name": "b"}


def test_parquet_reads_back_with_duckdb(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(write({"ParquetSerDe": {}}))
    query = """select name, "at", price, tags, more['k'], "where".city from read_parquet(?) where "at" is not null"""
    assert duckdb.execute(query, [str(path)]).fetchall() == [("a", ROW["at"], Decimal("9.50"), ["x", "y"], 1, "Bern")]


def test_parquet_columns_have_hives_physical_types() -> None:
    """facts/firehose.md#parquet-types: INT96 timestamps, decimals as fixed bytes, all columns optional."""
    schema = pq.ParquetFile(io.BytesIO(write({"ParquetSerDe": {}}))).schema
    physical = {schema.column(i).path.split(".")[0]: schema.column(i).physical_type for i in range(3)}
    assert physical == {"name": "BYTE_ARRAY", "at": "INT96", "price": "FIXED_LEN_BYTE_ARRAY"}
    assert all(schema.column(i).max_definition_level > 0 for i in range(len(schema)))


def test_parquet_carries_no_arrow_schema() -> None:
    metadata = pq.ParquetFile(io.BytesIO(write({"ParquetSerDe": {}}))).metadata
    assert b"ARROW:schema" not in (metadata.metadata or {})


@pytest.mark.parametrize(
    ("option", "codec"), [(None, "SNAPPY"), ("GZIP", "GZIP"), ("UNCOMPRESSED", "UNCOMPRESSED"), ("SNAPPY", "SNAPPY")]
)
def test_parquet_compression_is_the_serializers(option: str | None, codec: str) -> None:
    """facts/firehose.md#conversion-options: SNAPPY by default."""
    body = write({"ParquetSerDe": {"Compression": option} if option else {}})
    assert pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).compression == codec


def test_parquet_dictionaries_can_be_switched_off() -> None:
    body = write({"ParquetSerDe": {"EnableDictionaryCompression": False}})
    assert not pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(0).has_dictionary_page


@pytest.mark.parametrize("serializer", ["ParquetSerDe", "OrcSerDe"])
def test_rows_are_written_as_they_come(serializer: str) -> None:
    """What is held at a time is a row group, not the file: a buffer of 128 MiB makes several times that in rows."""
    converter = Converter([Column("s", "string")], SerDe.openx({}))
    alive: list[weakref.ref[pa.RecordBatch]] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(30):
            batch = converter.batch([[f"{number} {'x' * 1000}"]] * 1024)
            alive.append(weakref.ref(batch))
            yield batch
            held.append(sum(one() is not None for one in alive))

    held: list[int] = []
    body = writer_of({serializer: {}}, converter.names).write(converter.schema, batches())
    assert max(held) <= ROW_GROUP_BYTES / (1024 * 1000) + 1
    read = pq.read_table if serializer == "ParquetSerDe" else orc.read_table
    assert read(io.BytesIO(body)).num_rows == 30 * 1024


def test_parquet_block_size_bounds_the_row_groups() -> None:
    converter = Converter([Column("s", "string")], SerDe.openx({}))
    rows = [["x" * 1000] for _ in range(1000)]
    body = writer_of({"ParquetSerDe": {"BlockSizeBytes": 250_000}}, converter.names).write(
        converter.schema, [converter.batch(rows)]
    )
    assert pq.ParquetFile(io.BytesIO(body)).metadata.num_row_groups == 5


@pytest.mark.parametrize("options", [{}, {"Compression": "ZLIB"}, {"Compression": "NONE", "FormatVersion": "V0_11"}])
def test_orc_reads_back_with_arrow(options: dict[str, Any]) -> None:
    file = orc.ORCFile(io.BytesIO(write({"OrcSerDe": options})))
    assert file.read().to_pylist()[0] == ROW
    assert str(file.compression).upper() == {"NONE": "UNCOMPRESSED"}.get(
        options.get("Compression", "SNAPPY"), options.get("Compression", "SNAPPY")
    )
    assert file.file_version == {"V0_11": "0.11"}.get(options.get("FormatVersion", ""), "0.12")


def test_orc_bloom_filters_name_columns_of_the_table() -> None:
    assert orc.ORCFile(io.BytesIO(write({"OrcSerDe": {"BloomFilterColumns": ["name"]}}))).nrows == 2
    with pytest.raises(GlueError, match=r"BloomFilterColumns is \['nope'\]"):
        writer_of({"OrcSerDe": {"BloomFilterColumns": ["nope"]}}, ["a"])


@pytest.mark.parametrize(
    ("serializer", "message"),
    [
        ({}, "one of ParquetSerDe and OrcSerDe"),
        ({"ParquetSerDe": {}, "OrcSerDe": {}}, "one of ParquetSerDe and OrcSerDe"),
        (
            {"ParquetSerDe": {"Compression": "ZSTD"}},
            "Compression is 'ZSTD'; it must be one of SNAPPY, GZIP, UNCOMPRESSED",
        ),
        ({"ParquetSerDe": {"WriterVersion": "V3"}}, "WriterVersion is 'V3'"),
        ({"OrcSerDe": {"Compression": "GZIP"}}, "Compression is 'GZIP'"),
    ],
)
def test_a_serializer_that_firehose_refuses_is_refused(serializer: dict[str, Any], message: str) -> None:
    with pytest.raises(GlueError, match=message):
        writer_of(serializer, ["a"])
