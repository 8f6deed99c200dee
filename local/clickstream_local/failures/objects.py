"""Reads failed records back: Firehose's error objects and the transform's rejected events."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clickstream_local.common.catalog import Catalog
from clickstream_local.failures.events import events_of
from clickstream_local.s3.delivered_objects import DeliveredObjects

_PARTITIONING = {
    "DynamicPartitioning.MetadataExtractionFailed": "metadata-extraction-failed",
    "DynamicPartitioning.ActivePartitionsExceeded": "activePartitionExceeded",
}
"""Kinds of failure after the function, by error code: the failed record is the function's output."""

AFTER_FUNCTION = ("format-conversion-failed", *_PARTITIONING.values())
ROWS_AT_FAULT = ("DataFormatConversion.MalformedData", "DataFormatConversion.ParseError")
"""Codes of failed conversions that another try of the same rows cannot mend."""

_BEFORE_FUNCTION = {"Decompression failed.": "decompression-failed"}
"""Kinds of failure before the function, by error code: the failed record is the source record."""

KINDS = ("rejected", "processing-failed", *_BEFORE_FUNCTION.values(), *AFTER_FUNCTION)


@dataclass(frozen=True)
class FailedRecord:
    """A failed record, or one rejected event of a record.

    Attributes
    ----------
    kind
        ``rejected``, or the value of ``!{firehose:error-output-type}``: ``processing-failed``,
        ``format-conversion-failed``, ``metadata-extraction-failed``, ``activePartitionExceeded``.
    reason
        What went wrong, fit for grouping: nothing of the payload is in it.
    raw
        The record's or event's own bytes.
    file
        The object that holds it.
    paths
        For a rejected event, the members that the reasons speak of.
    arrival
        When the record arrived at the stream, in epoch milliseconds.
    context
        For a rejected event, what its record's context line said of it; it is needed to replay the event.
    rows_at_fault
        For a failed conversion, whether the rows themselves did not fit the table.
    events
        How many rejected events share the object.
    code, message
        The error code and its text, as the object has them.
    """

    kind: str
    reason: str
    raw: bytes
    file: Path
    paths: tuple[str, ...] = ()
    arrival: int = 0
    context: Mapping[str, Any] | None = None
    events: int = 1
    rows_at_fault: bool = False
    code: str = ""
    message: str = ""

    @property
    def event_count(self) -> int:
        """How many events failed: those of a source record, the rows of one that the function had transformed."""
        if self.kind == "rejected":
            return self.events
        if self.kind in AFTER_FUNCTION:
            return max(1, sum(1 for line in self.raw.splitlines() if line.strip()))
        return events_of(self.raw).count


def failed_records(data_dir: Path) -> Iterator[FailedRecord]:
    """All failed records under a data directory.

    Raises
    ------
    CatalogError
        If the folder is not a data directory.
    StoreError
        If the objects are at an S3 endpoint that does not give them.
    """
    catalog = Catalog.read(data_dir)
    delivered = DeliveredObjects(data_dir, catalog.s3_endpoint)
    for location in catalog.error_locations:
        for file in delivered.files(location):
            yield from records_of(file.read_bytes(), file)


def records_of(content: bytes, file: Path) -> Iterator[FailedRecord]:
    """The failed records of one error object, which is kept in ``file``."""
    lines = unzipped(content).split(b"\n")
    return (record_of(json.loads(line), file) for line in lines if line.strip())


def unzipped(content: bytes) -> bytes:
    """The content of an object that may be compressed with gzip."""
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def record_of(document: Mapping[str, Any], file: Path) -> FailedRecord:
    """The failed record that one line of an error object in ``file`` describes."""
    raw = base64.b64decode(document.get("rawData", ""))
    arrival = int(document.get("arrivalTimestamp", 0))
    if "reject_id" in document:
        reasons = document["reasons"]
        reason = "; ".join(f"{found['path'] or 'event'}: {found['message']}" for found in reasons)
        paths = tuple(found["path"] for found in reasons)
        context, events = document.get("context"), document.get("events", 1)
        code = str(document.get("errorCode", "unknown"))
        return FailedRecord(
            "rejected", reason, _inflate(raw), file, paths, arrival, context, events, code=code, message=reason
        )
    conversion = "lastErrorCode" in document
    code = str(document.get("lastErrorCode" if conversion else "errorCode", "unknown"))
    message = str(document.get("lastErrorMessage" if conversion else "errorMessage", ""))
    kind = (
        "format-conversion-failed" if conversion else (_PARTITIONING | _BEFORE_FUNCTION).get(code, "processing-failed")
    )
    at_fault = conversion and code in ROWS_AT_FAULT
    return FailedRecord(
        kind, f"{code}: {message}", raw, file, arrival=arrival, rows_at_fault=at_fault, code=code, message=message
    )


def _inflate(raw: bytes) -> bytes:
    """Rejected events are compressed; zlib detects its own header or gzip's."""
    try:
        return zlib.decompress(raw, wbits=zlib.MAX_WBITS | 32)
    except zlib.error:
        return raw
