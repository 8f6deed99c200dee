"""What the delivered objects are: format conversion and compression as one choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aws_cdk import aws_kinesisfirehose as firehose

from cdk_clickstream.errors import check_range


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


@dataclass(frozen=True)
class OutputFormat:
    """Format and compression of the data objects. Made by :meth:`parquet`, :meth:`orc`, :meth:`json` or :meth:`raw`.

    Firehose refuses compression of the object together with conversion (aws-facts 7.1): here the pair cannot be
    written.
    """

    serializer: firehose.CfnDeliveryStream.SerializerProperty | None
    compression: Compression
    table_format: TableFormat | None

    @classmethod
    def parquet(
        cls,
        *,
        compression: ParquetCompression = ParquetCompression.SNAPPY,
        block_size_mib: int = 256,
        page_size_kib: int = 1024,
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
        """
        check_range("parquet.block_size_mib", block_size_mib, 64, 2047, "MiB", "choose a size in this range")
        check_range("parquet.page_size_kib", page_size_kib, 64, 2**21 - 1, "KiB", "choose a size in this range")
        serde = firehose.CfnDeliveryStream.ParquetSerDeProperty(
            compression=compression.value,
            block_size_bytes=block_size_mib * _MIB,
            page_size_bytes=page_size_kib * 1024,
        )
        return cls(firehose.CfnDeliveryStream.SerializerProperty(parquet_ser_de=serde), Compression.NONE, _PARQUET)

    @classmethod
    def orc(
        cls,
        *,
        compression: OrcCompression = OrcCompression.SNAPPY,
        stripe_size_mib: int = 64,
        row_index_stride: int = 10_000,
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
        """
        check_range("orc.stripe_size_mib", stripe_size_mib, 8, 2047, "MiB", "choose a size in this range")
        check_range("orc.row_index_stride", row_index_stride, 1_000, 2**31 - 1, "rows", "choose a value in this range")
        serde = firehose.CfnDeliveryStream.OrcSerDeProperty(
            compression=compression.value,
            stripe_size_bytes=stripe_size_mib * _MIB,
            row_index_stride=row_index_stride,
        )
        return cls(firehose.CfnDeliveryStream.SerializerProperty(orc_ser_de=serde), Compression.NONE, _ORC)

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
