"""The file formats: Parquet and ORC with the options of Firehose's serializers.

Source: facts/firehose.md#conversion-options, #parquet-types.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from clickstream_local.glue.errors import GlueError

if TYPE_CHECKING:
    import pyarrow as pa

_MEBIBYTE = 1024 * 1024

ROW_GROUP_BYTES = 4 * _MEBIBYTE
"""Of a file's rows, before compression, so many are held at a time: a row group is smaller than its block may be."""


class Writer(Protocol):
    """Writes one file, taking its rows as they come."""

    extension: str
    content_encoding: str | None

    def write(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> bytes:
        """The file's bytes."""


class ParquetWriter:
    """Parquet as Hive's writer makes it: timestamps as INT96, no Arrow schema in the footer.

    ``options`` is a ``ParquetSerDe``. ``MaxPaddingBytes`` pads HDFS blocks, which S3 does not have: it has no effect.
    """

    extension: str = ".parquet"
    content_encoding: str | None = "hadoop-snappy"
    """The file is plain Parquet, but this is the header that Firehose sets (facts/firehose.md#object-names)."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        compression = _choice(options, "Compression", {"SNAPPY": "snappy", "GZIP": "gzip", "UNCOMPRESSED": "none"})
        version = _choice(options, "WriterVersion", {"V1": "1.0", "V2": "2.0"})
        self._block_bytes = int(options.get("BlockSizeBytes", 256 * _MEBIBYTE))
        self._options = {
            "compression": compression,
            "data_page_version": version,
            "data_page_size": int(options.get("PageSizeBytes", _MEBIBYTE)),
            "use_dictionary": str(options.get("EnableDictionaryCompression", True)).lower() == "true",
            "use_deprecated_int96_timestamps": True,
            "store_schema": False,
        }

    def write(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> bytes:
        """The file's bytes; row groups hold at most about ``BlockSizeBytes`` before compression."""
        import pyarrow.parquet as pq

        sink = io.BytesIO()
        with pq.ParquetWriter(sink, schema, **self._options) as file:
            for table in _tables(schema, batches):
                rows = table.num_rows
                group = max(1, min(rows, rows * self._block_bytes // max(1, table.nbytes)))
                file.write_table(table, row_group_size=group)
        return sink.getvalue()


class OrcWriter:
    """ORC; ``options`` is an ``OrcSerDe``, ``columns`` the names of a file's columns."""

    extension: str = ".orc"
    content_encoding: str | None = None

    def __init__(self, options: Mapping[str, Any], columns: Sequence[str]) -> None:
        bloom_columns = list(options.get("BloomFilterColumns") or [])
        if not set(bloom_columns).issubset(columns):
            raise GlueError(f"BloomFilterColumns is {bloom_columns!r}: each must be a column of the table")
        padding = str(options.get("EnablePadding", False)).lower() == "true"
        self._options = {
            "bloom_filter_columns": [columns.index(name) for name in bloom_columns] or None,
            "compression": _choice(
                options, "Compression", {"SNAPPY": "snappy", "ZLIB": "zlib", "NONE": "uncompressed"}
            ),
            "file_version": _choice(options, "FormatVersion", {"V0_12": "0.12", "V0_11": "0.11"}),
            "stripe_size": int(options.get("StripeSizeBytes", 64 * _MEBIBYTE)),
            "row_index_stride": int(options.get("RowIndexStride", 10_000)),
            "padding_tolerance": float(options.get("PaddingTolerance", 0.05)) if padding else 0.0,
            "dictionary_key_size_threshold": float(options.get("DictionaryKeyThreshold", 0.0)),
            "bloom_filter_fpp": float(options.get("BloomFilterFalsePositiveProbability", 0.05)),
        }

    def write(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> bytes:
        """The file's bytes."""
        import pyarrow.orc as orc

        sink = io.BytesIO()
        with orc.ORCWriter(sink, **self._options) as file:
            for table in _tables(schema, batches):
                file.write(table)
        return sink.getvalue()


def _tables(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together to row groups; at least one table, so that a file without rows has a schema."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= ROW_GROUP_BYTES:
            yield pa.Table.from_batches(held, schema)
            held, size = [], 0
    yield pa.Table.from_batches(held, schema)


def writer_of(serializer: Mapping[str, Any], columns: Sequence[str]) -> Writer:
    """The writer of an ``OutputFormatConfiguration.Serializer``, for files of these columns.

    Raises
    ------
    GlueError
        It must hold exactly one serializer, with options that can be used.
    """
    if ("ParquetSerDe" in serializer) == ("OrcSerDe" in serializer):
        raise GlueError("Serializer must hold one of ParquetSerDe and OrcSerDe")
    if "ParquetSerDe" in serializer:
        return ParquetWriter(serializer["ParquetSerDe"] or {})
    return OrcWriter(serializer["OrcSerDe"] or {}, columns)


def _choice(options: Mapping[str, Any], name: str, values: Mapping[str, str]) -> str:
    """The value of an option in Arrow's words; the first is the default."""
    given = options.get(name, next(iter(values)))
    if given not in values:
        raise GlueError(f"{name} is {given!r}; it must be one of {', '.join(values)}")
    return values[given]
