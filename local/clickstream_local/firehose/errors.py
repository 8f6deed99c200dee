"""Records that could not be delivered, in the form that Firehose writes under the error prefix (facts 4.2)."""

from __future__ import annotations

import base64
from typing import NamedTuple

import orjson

from clickstream_local.firehose.record import Record

PROCESSING_FAILED = "processing-failed"
FORMAT_CONVERSION_FAILED = "format-conversion-failed"


class Failure(NamedTuple):
    """A record as the failed stage received it, and why it failed."""

    record: Record
    code: str
    message: str
    attempts: int = 1


def processing_failed(failure: Failure, ended: int, lambda_arn: str) -> Record:
    """The error object of the Lambda processor; ``ended`` is when the last attempt ended, in epoch milliseconds."""
    # The documentation spells the last member lambdaArn; what the service writes since 2025 is lambdaARN (facts 14).
    return _line(
        failure,
        {
            "rawData": base64.b64encode(failure.record.data).decode(),
            "errorCode": failure.code,
            "errorMessage": failure.message,
            "attemptsMade": failure.attempts,
            "arrivalTimestamp": failure.record.arrival,
            "attemptEndingTimestamp": ended,
            "lambdaARN": lambda_arn,
        },
    )


def format_conversion_failed(failure: Failure, ended: int, table: dict[str, str]) -> Record:
    """The error object of record format conversion; ``table`` is the ``dataCatalogTable`` block."""
    return _line(
        failure,
        {
            "attemptsMade": failure.attempts,
            "arrivalTimestamp": failure.record.arrival,
            "lastErrorCode": failure.code,
            "lastErrorMessage": failure.message,
            "attemptEndingTimestamp": ended,
            "rawData": base64.b64encode(failure.record.data).decode(),
            "sequenceNumber": None,
            "subSequenceNumber": None,
            "dataCatalogTable": table,
        },
    )


def _line(failure: Failure, document: dict[str, object]) -> Record:
    return Record(orjson.dumps(document) + b"\n", failure.record.arrival)
