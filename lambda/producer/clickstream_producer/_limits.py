"""Limits: those of Amazon Data Firehose that the producer keeps (facts/firehose.md#put-records), and its own."""

from __future__ import annotations

from typing import Final

MAX_RECORD_BYTES: Final = 1_024_000
"""Raw bytes of one record, before base64."""

MAX_REQUEST_RECORDS: Final = 500
"""Records of one PutRecordBatch."""

MAX_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""Raw bytes of all records of one PutRecordBatch. The SDKs do not check it."""

MAX_EVENTS_PER_RECORD: Final = 500
"""Events in one record: above it a stream with de-aggregation hands the record on unsplit."""

MAX_EVENT_BYTES: Final = MAX_RECORD_BYTES - 1
"""Bytes of one encoded event: a record, less the newline that ends the event."""

SEGMENT_BYTES: Final = 8 * 1024 * 1024
"""Size of a file of the durable spool: several of the largest records."""
