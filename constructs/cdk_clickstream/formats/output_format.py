"""Formats of the delivered objects: format conversion and compression as one choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aws_cdk import aws_kinesisfirehose as firehose

from cdk_clickstream._validation import check_known, check_range, checked, refuse


class Compression(Enum):
    """Compression of unconverted objects; the values are CloudFormation's, in its mixed case."""

    NONE = "UNCOMPRESSED"
    GZIP = "GZIP"
    ZIP = "ZIP"
    SNAPPY = "Snappy"
    HADOOP_SNAPPY = "HADOOP_SNAPPY"


class ParquetCompression(Enum):
    """Compression of the pages of a Parquet file."""

    NONE = "UNCOMPRESSED"
    GZIP = "GZIP"
    SNAPPY = "SNAPPY"


class OrcCompression(Enum):
    """Compression of the stripes of an ORC file."""

    NONE = "NONE"
    ZLIB = "ZLIB"
    SNAPPY = "SNAPPY"


class ParquetVersion(Enum):
    """Version of the pages of a Parquet file."""

    V1 = "V1"
    V2 = "V2"


class OrcVersion(Enum):
    """Version of the ORC format."""

    V0_11 = "V0_11"
    V0_12 = "V0_12"


_MIB = 1024 * 1024


@dataclass(frozen=True)
class TableFormat:
    """Hadoop classes by which a Glue table reads a format."""

    classification: str
    input_format: str
    output_format: str
    serde: str


_PARQUET = TableFormat(
    "parquet",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)
_ORC = TableFormat(
    "orc",
    "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
)
_JSON = TableFormat(
    "json",
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "org.openx.data.jsonserde.JsonSerDe",
)


@checked
@dataclass(frozen=True)
class OutputFormat:
    """Format and compression of the data objects. Made by :meth:`parquet`, :meth:`orc`, :meth:`json` or :meth:`raw`.

    Firehose refuses compression of the object together with conversion (facts/firehose.md#conversion): here the pair
    cannot be
    written.
    AWS: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
    """

    serializer: firehose.CfnDeliveryStream.SerializerProperty | None
    compression: Compression
    table_format: TableFormat | None
    bloom_filter_columns: tuple[str, ...] = ()

    @classmethod
    def parquet(
        cls,
        *,
        compression: ParquetCompression = ParquetCompression.SNAPPY,
        block_size_mib: int = 256,
        page_size_kib: int = 1024,
        dictionary: bool | None = None,
        max_padding_bytes: int | None = None,
        writer_version: ParquetVersion | None = None,
    ) -> OutputFormat:
        """Parquet by the Glue table's columns. The default.

        Parameters
        ----------
        compression:
            Of the pages. Default: Snappy.
        block_size_mib:
            Row group size, at least 64 MiB. Default: 256 MiB.
        page_size_kib:
            Page size, at least 64 KiB. Default: 1,024 KiB.
        dictionary:
            Whether columns with few values are written as a dictionary. Default: the service's choice.
        max_padding_bytes:
            To fill up a row group to an HDFS block, at least 0. Default: the service's, 0.
        writer_version:
            Version of the pages. Default: the service's, V1.
        """
        check_known("parquet.block_size_mib", block_size_mib)
        check_range("parquet.block_size_mib", block_size_mib, 64, 2047, "MiB", "choose a size in this range")
        check_known("parquet.page_size_kib", page_size_kib)
        check_range("parquet.page_size_kib", page_size_kib, 64, 2**21 - 1, "KiB", "choose a size in this range")
        if max_padding_bytes is not None:
            check_range("parquet.max_padding_bytes", max_padding_bytes, 0, 2**31 - 1, "bytes", "choose 0 or more")
        serde = firehose.CfnDeliveryStream.ParquetSerDeProperty(
            compression=compression.value,
            block_size_bytes=block_size_mib * _MIB,
            page_size_bytes=page_size_kib * 1024,
            enable_dictionary_compression=dictionary,
            max_padding_bytes=max_padding_bytes,
            writer_version=writer_version.value if writer_version else None,
        )
        return cls(firehose.CfnDeliveryStream.SerializerProperty(parquet_ser_de=serde), Compression.NONE, _PARQUET)

    @classmethod
    def orc(
        cls,
        *,
        compression: OrcCompression = OrcCompression.SNAPPY,
        stripe_size_mib: int = 64,
        row_index_stride: int = 10_000,
        block_size_mib: int | None = None,
        padding_tolerance: float | None = None,
        bloom_filter_columns: Sequence[str] = (),
        bloom_filter_false_positives: float | None = None,
        dictionary_key_threshold: float | None = None,
        format_version: OrcVersion | None = None,
    ) -> OutputFormat:
        """ORC by the Glue table's columns. Athena reads ORC by position: only ever append columns.

        Parameters
        ----------
        compression:
            Of the stripes. Default: Snappy.
        stripe_size_mib:
            At least 8 MiB. Default: 64 MiB.
        row_index_stride:
            Rows between index entries, at least 1,000. Default: 10,000.
        block_size_mib:
            HDFS block size, at least 64 MiB. Default: the service's, 256 MiB.
        padding_tolerance:
            Switches padding to blocks on: part of a stripe that may be padding, 0..1. Default: no padding.
        bloom_filter_columns:
            Columns with a Bloom filter. Default: none.
        bloom_filter_false_positives:
            Their rate of false positives, 0..1. Default: the service's, 0.05.
        dictionary_key_threshold:
            Share of distinct values up to which a column is written as a dictionary, 0..1.
            Default: the service's choice.
        format_version:
            Default: the service's, V0_12.
        """
        check_known("orc.stripe_size_mib", stripe_size_mib)
        check_range("orc.stripe_size_mib", stripe_size_mib, 8, 2047, "MiB", "choose a size in this range")
        check_range("orc.row_index_stride", row_index_stride, 1_000, 2**31 - 1, "rows", "choose a value in this range")
        if block_size_mib is not None:
            check_known("orc.block_size_mib", block_size_mib)
            check_range("orc.block_size_mib", block_size_mib, 64, 2047, "MiB", "choose a size in this range")
        for name, share in (
            ("padding_tolerance", padding_tolerance),
            ("bloom_filter_false_positives", bloom_filter_false_positives),
            ("dictionary_key_threshold", dictionary_key_threshold),
        ):
            if share is not None:
                check_range(f"orc.{name}", share, 0, 1, "", "choose a value in this range")
        if bloom_filter_false_positives is not None and not bloom_filter_columns:
            refuse(
                "orc.bloom_filter_false_positives",
                bloom_filter_false_positives,
                "no column has a Bloom filter",
                "name bloom_filter_columns=",
            )
        serde = firehose.CfnDeliveryStream.OrcSerDeProperty(
            compression=compression.value,
            stripe_size_bytes=stripe_size_mib * _MIB,
            row_index_stride=row_index_stride,
            block_size_bytes=block_size_mib * _MIB if block_size_mib is not None else None,
            # Without padding the service ignores the tolerance (facts/firehose.md#conversion-options), so one option
            # stands for both.
            enable_padding=True if padding_tolerance is not None else None,
            padding_tolerance=padding_tolerance,
            bloom_filter_columns=list(bloom_filter_columns) or None,
            bloom_filter_false_positive_probability=bloom_filter_false_positives,
            dictionary_key_threshold=dictionary_key_threshold,
            format_version=format_version.value if format_version else None,
        )
        return cls(
            firehose.CfnDeliveryStream.SerializerProperty(orc_ser_de=serde),
            Compression.NONE,
            _ORC,
            tuple(bloom_filter_columns),
        )

    @classmethod
    def json(cls, *, compression: Compression = Compression.GZIP) -> OutputFormat:
        """JSON lines, as the transform writes them, with a table that reads them.

        Parameters
        ----------
        compression:
            Of the objects. Athena does not read ZIP. Default: GZIP.
        """
        return cls(None, compression, _JSON)

    @classmethod
    def raw(cls, *, compression: Compression = Compression.NONE) -> OutputFormat:
        """Whatever bytes the records hold, concatenated, and no table.

        Parameters
        ----------
        compression:
            Of the objects. Default: none.
        """
        return cls(None, compression, None)

    @property
    def converts(self) -> bool:
        """Whether Firehose converts JSON by a Glue table."""
        return self.serializer is not None
