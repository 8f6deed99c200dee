"""Record format conversion: JSON records to one Parquet or ORC object by a Glue table.

Source: facts/firehose.md#conversion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clickstream_local.firehose.config.format_conversion import FormatConversion
from clickstream_local.firehose.records.error_object import Failure
from clickstream_local.firehose.records.record import Record
from clickstream_local.glue.converter import Converter, Row
from clickstream_local.glue.errors import RecordError

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH = 1024
_ACCESS_DENIED = (
    "Access was denied when calling Glue. Please ensure that the role specified in the data format conversion "
    "configuration has the necessary permissions."
)


@dataclass
class Converted:
    """The result of converting a buffer.

    ``records`` are in ``body``, as ``rows`` rows; the others are in ``failures``. ``summaries`` is for the log: a
    message by error code, which quotes nothing of a record.
    """

    records: list[Record] = field(default_factory=list)
    rows: int = 0
    body: bytes = b""
    failures: list[Failure] = field(default_factory=list)
    summaries: dict[str, str] = field(default_factory=dict)


def convert(conversion: FormatConversion, records: Sequence[Record]) -> Converted:
    """Convert a buffer; a record that fails does not keep the others."""
    import pyarrow as pa

    converted = Converted()
    converter = conversion.converter
    body = conversion.writer.write(converter.schema, _batches(converter, records, converted))
    if converted.rows:
        converted.body = body
    # The memory that Arrow took for it would otherwise stay with the process until the next file.
    pa.default_memory_pool().release_unused()
    return converted


def refused(records: Sequence[Record]) -> Converted:
    """What becomes of a buffer where the role may not read the table."""
    code = "DataFormatConversion.AccessDenied"
    failures = [Failure(record, code, _ACCESS_DENIED) for record in records]
    return Converted(failures=failures, summaries={code: _ACCESS_DENIED})


def _batches(converter: Converter, records: Sequence[Record], converted: Converted) -> Iterator[pa.RecordBatch]:
    """The rows of some records, as the writer takes them: all of them at once would be more than the records."""
    rows: list[Row] = []
    for record in records:
        try:
            rows += converter.rows(record.data)
        except RecordError as error:
            converted.failures.append(Failure(record, error.code, str(error)))
            converted.summaries.setdefault(error.code, error.summary)
            continue
        except Exception as error:
            failure = Failure.unforeseen(record, error)
            converted.failures.append(failure)
            converted.summaries.setdefault(failure.code, failure.message)
            continue
        converted.records.append(record)
        if len(rows) >= _ROWS_PER_BATCH:
            converted.rows += len(rows)
            yield converter.batch(rows)
            rows = []
    if rows:
        converted.rows += len(rows)
        yield converter.batch(rows)
