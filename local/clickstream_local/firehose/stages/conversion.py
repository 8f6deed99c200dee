"""Record format conversion: JSON records to one Parquet or ORC object by a Glue table (facts 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clickstream_local.common.model import Table
from clickstream_local.firehose.records.error_object import Failure
from clickstream_local.firehose.records.record import Record
from clickstream_local.glue import Converter, RecordError, SerDe, Writer, writer_of
from clickstream_local.glue.converter import Row

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH = 1024


@dataclass
class Converted:
    """What became of a buffer: ``records`` are in ``body``, as ``rows`` rows; the others are in ``failures``."""

    records: list[Record] = field(default_factory=list)
    rows: int = 0
    body: bytes = b""
    failures: list[Failure] = field(default_factory=list)
    summaries: dict[str, str] = field(default_factory=dict)
    """For the log: by error code, a message that quotes nothing of a record."""


@dataclass(frozen=True)
class Conversion:
    """The conversion of one stream."""

    converter: Converter
    writer: Writer
    catalog_table: dict[str, str]

    @classmethod
    def read(cls, configuration: Mapping[str, Any], table: Table, *, region: str, account: str) -> Conversion:
        """Read a ``DataFormatConversionConfiguration``. Raises :class:`~clickstream_local.glue.GlueError`."""
        schema = configuration["SchemaConfiguration"]
        converter = Converter(
            table.columns, SerDe.of(configuration["InputFormatConfiguration"].get("Deserializer") or {})
        )
        catalog_table = {
            "catalogId": schema.get("CatalogId", account),
            "databaseName": schema["DatabaseName"],
            "tableName": schema["TableName"],
            "region": schema.get("Region", region),
            "versionId": schema.get("VersionId", "LATEST"),
            # The documentation ends this block with catalogArn; what the service writes is roleArn (facts 4.2).
            "roleArn": schema.get("RoleARN", ""),
        }
        writer = writer_of(configuration["OutputFormatConfiguration"].get("Serializer") or {}, converter.names)
        return cls(converter, writer, catalog_table)

    @property
    def extension(self) -> str:
        """The default extension of the objects."""
        return self.writer.extension

    def convert(self, records: Sequence[Record]) -> Converted:
        """Convert a buffer; a record that fails does not keep the others."""
        import pyarrow as pa

        converted = Converted()
        body = self.writer.write(self.converter.schema, self._batches(records, converted))
        if converted.rows:
            converted.body = body
        # What Arrow took for it would otherwise stay with the process until the next file.
        pa.default_memory_pool().release_unused()
        return converted

    def _batches(self, records: Sequence[Record], converted: Converted) -> Iterator[pa.RecordBatch]:
        """The rows of some records, as the writer takes them: all of them at once would be more than the records."""
        rows: list[Row] = []
        for record in records:
            try:
                rows += self.converter.rows(record.data)
            except RecordError as error:
                converted.failures.append(Failure(record, error.code, str(error)))
                converted.summaries.setdefault(error.code, error.summary)
                continue
            converted.records.append(record)
            if len(rows) >= _ROWS_PER_BATCH:
                converted.rows += len(rows)
                yield self.converter.batch(rows)
                rows = []
        if rows:
            converted.rows += len(rows)
            yield self.converter.batch(rows)
