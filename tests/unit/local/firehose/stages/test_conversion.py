"""Buffers that become Parquet or ORC (facts/firehose.md#conversion)."""

from __future__ import annotations

import base64

import duckdb
import pyarrow.orc as orc
import pyarrow.parquet as pq

from support.local_firehose import LOGGING, LocalFirehose


def test_records_become_the_rows_of_a_parquet_object(local: LocalFirehose) -> None:
    """facts/firehose.md#object-names: .parquet, and the Content-Encoding that the service sets although the file is
    plain Parquet.
    """
    local.stream(DataFormatConversionConfiguration=local.conversion())
    local.deliver(b'{"event_name":"a","n":1}\n{"event_name":"b"}\n', b'{"N":"3"}')
    (found,) = local.store.list("lake")
    assert found.key.endswith(".parquet")
    assert found.content_encoding == "hadoop-snappy"
    rows = [{"event_name": "a", "n": 1}, {"event_name": "b", "n": None}, {"event_name": None, "n": 3}]
    assert pq.read_table(found.path).to_pylist() == rows
    assert (local.state()["delivered"], local.state()["rows_delivered"]) == (2, 3)


def test_duckdb_reads_the_lake_by_its_folders(local: LocalFirehose) -> None:
    local.stream(Prefix="data/dt=!{timestamp:yyyy-MM-dd}/", DataFormatConversionConfiguration=local.conversion())
    local.deliver(b'{"event_name":"a","n":1}')
    pattern = f"{local.store.bucket_path('lake')}/data/*/*.parquet"
    query = "select event_name, n, dt::varchar from read_parquet(?, hive_partitioning = true)"
    assert duckdb.execute(query, [pattern]).fetchall() == [("a", 1, "2026-11-21")]


def test_an_orc_serializer_writes_orc(local: LocalFirehose) -> None:
    local.stream(
        DataFormatConversionConfiguration=local.conversion(OutputFormatConfiguration={"Serializer": {"OrcSerDe": {}}})
    )
    local.deliver(b'{"event_name":"a","n":1}')
    (found,) = local.store.list("lake")
    assert found.key.endswith(".orc")
    assert orc.read_table(found.path).to_pylist() == [{"event_name": "a", "n": 1}]


def test_a_buffer_with_nothing_good_writes_no_data_object(local: LocalFirehose) -> None:
    local.stream(DataFormatConversionConfiguration=local.conversion())
    local.deliver(b"not json")
    assert local.keys("data/") == []
    assert local.errors("format-conversion-failed")[0]["lastErrorCode"] == "DataFormatConversion.ParseError"


def test_conversion_errors_are_logged_without_the_data(local: LocalFirehose) -> None:
    local.stream(DataFormatConversionConfiguration=local.conversion(), CloudWatchLoggingOptions=LOGGING)
    local.deliver(b'{"n":"secret-1"}', b'{"n":"secret-2"}')
    (entry,) = local.logged()
    assert entry["errorCode"] == "DataFormatConversion.MalformedData"
    assert entry["message"] == "Data does not match the schema."


def test_conversion_comes_after_the_function(local: LocalFirehose) -> None:
    """facts/firehose.md#processing-order: the rawData of a failed conversion is the record as that stage received it
    (facts/firehose.md#error-objects).
    """
    local.function("return answer(record, b'{\"n\":' + data + b'}')")
    local.stream(
        DataFormatConversionConfiguration=local.conversion(),
        ProcessingConfiguration=local.processing(),
    )
    local.deliver(b"7", b"[]")
    (found,) = local.store.list("lake", "data/")
    assert pq.read_table(found.path).to_pylist() == [{"event_name": None, "n": 7}]
    (error,) = local.errors("format-conversion-failed")
    assert base64.b64decode(error["rawData"]) == b'{"n":[]}'


def test_many_rows_are_one_object(local: LocalFirehose) -> None:
    local.stream(DataFormatConversionConfiguration=local.conversion())
    local.deliver(*[b'{"n":1}\n' * 100] * 200)
    (found,) = local.store.list("lake")
    assert pq.ParquetFile(found.path).metadata.num_rows == 20_000
