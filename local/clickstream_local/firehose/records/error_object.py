"""Records that could not be delivered, in the form that Firehose writes under the error prefix.

Source: facts/firehose.md#error-objects.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from clickstream_local.common.unforeseen import describe
from clickstream_local.firehose.records.record import Record

PROCESSING_FAILED = "processing-failed"
FORMAT_CONVERSION_FAILED = "format-conversion-failed"
METADATA_EXTRACTION_FAILED = "metadata-extraction-failed"
ACTIVE_PARTITION_EXCEEDED = "activePartitionExceeded"
DECOMPRESSION_FAILED = "decompression-failed"
ERROR_OUTPUT_TYPES = (
    PROCESSING_FAILED,
    FORMAT_CONVERSION_FAILED,
    METADATA_EXTRACTION_FAILED,
    ACTIVE_PARTITION_EXCEEDED,
    DECOMPRESSION_FAILED,
)
"""The values of ``!{firehose:error-output-type}`` for an S3 destination (facts/firehose.md#error-output-types)."""


class Failure(NamedTuple):
    """A record as the failed stage received it, and why it failed."""

    record: Record
    code: str
    message: str
    attempts: int = 1

    @classmethod
    def unforeseen(cls, record: Record, error: Exception) -> Failure:
        """A record at which the local runtime itself failed: it must not cost its neighbours."""
        return cls(record, "InternalError", f"the local runtime failed: {describe(error)}")


def stage_failed(failure: Failure, ended: int, function: Mapping[str, str] | None = None) -> Record:
    """The error object of every stage but format conversion.

    ``ended`` is when the last attempt ended, in epoch milliseconds. ``function`` is the last member, which names the
    function and which the Lambda processor alone writes.
    """
    return _line(
        failure,
        {
            "rawData": base64.b64encode(failure.record.data).decode(),
            "errorCode": failure.code,
            "errorMessage": failure.message,
            "attemptsMade": failure.attempts,
            "arrivalTimestamp": failure.record.arrival,
            "attemptEndingTimestamp": ended,
            **(function or {}),
        },
    )


def format_conversion_failed(failure: Failure, ended: int, table: dict[str, str]) -> Record:
    """The error object of record format conversion; ``table`` is the ``dataCatalogTable`` block."""
    origin = failure.record.origin
    return _line(
        failure,
        {
            "attemptsMade": failure.attempts,
            "arrivalTimestamp": failure.record.arrival,
            "lastErrorCode": failure.code,
            "lastErrorMessage": failure.message,
            "attemptEndingTimestamp": ended,
            "rawData": base64.b64encode(failure.record.data).decode(),
            "sequenceNumber": None if origin is None else origin.sequence_number,
            "subSequenceNumber": None if origin is None else origin.subsequence_number,
            "dataCatalogTable": table,
        },
    )


def _line(failure: Failure, document: dict[str, object]) -> Record:
    return Record(orjson.dumps(document) + b"\n", failure.record.arrival)
