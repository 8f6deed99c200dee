"""Records of CloudWatch Logs: decompression and message extraction (facts/sources.md#cloudwatch-logs)."""

from __future__ import annotations

import gzip
import json

import pytest

from clickstream_local.firehose.records.logs_record import DecompressionError, decompressed
from support.local_firehose import LocalFirehose, enabled, processor

DECOMPRESSION = processor("Decompression", CompressionFormat="GZIP")
EXTRACTION = processor("CloudWatchLogProcessing", DataMessageExtraction="true")


def document(*messages: str, kind: str = "DATA_MESSAGE") -> bytes:
    events = [{"id": str(number), "timestamp": 1, "message": message} for number, message in enumerate(messages)]
    fields = {"messageType": kind, "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"]}
    return json.dumps(fields | {"logEvents": events}).encode()


def deliver(local: LocalFirehose, *records: bytes) -> None:
    async def scenario() -> None:
        local.service.put_from_logs("clicks", list(records))
        await local.service.flush()

    local.run(scenario)


def test_a_document_is_decompressed(local: LocalFirehose) -> None:
    local.stream(ProcessingConfiguration=enabled(DECOMPRESSION))
    deliver(local, gzip.compress(document("a")))
    assert local.bodies("data/") == [document("a")]


def test_messages_are_extracted_each_with_a_newline(local: LocalFirehose) -> None:
    """facts/sources.md#cloudwatch-logs: every message followed by a newline, joined into one record."""
    local.stream(ProcessingConfiguration=enabled(DECOMPRESSION, EXTRACTION))
    deliver(local, gzip.compress(document("one", "zwei€")), gzip.compress(document("three")))
    assert local.bodies("data/") == ["one\nzwei€\nthree\n".encode()]
    assert (local.state()["received"], local.state()["delivered"]) == (2, 2)


def test_a_control_message_becomes_an_empty_record(local: LocalFirehose) -> None:
    """facts/sources.md#cloudwatch-logs: with format conversion, an empty record is one MalformedData failure
    (facts/firehose.md#conversion-input).
    """
    local.stream(
        ProcessingConfiguration=enabled(DECOMPRESSION, EXTRACTION), DataFormatConversionConfiguration=local.conversion()
    )
    deliver(local, gzip.compress(document("probe", kind="CONTROL_MESSAGE")))
    (failed,) = local.errors("format-conversion-failed")
    assert failed["lastErrorMessage"] == "The record was empty or contained only whitespace."


@pytest.mark.parametrize(
    "record",
    [
        b"plain text",
        gzip.compress(b"no json"),
        gzip.compress(b'{"messageType": "OTHER"}'),
        gzip.compress(b'{"messageType": "DATA_MESSAGE", "logEvents": 5}'),
        gzip.compress(document("cut"))[:-9],
        gzip.compress(document("one")) + b"more",
    ],
)
def test_what_is_no_document_of_the_logs_fails_as_it_came(local: LocalFirehose, record: bytes) -> None:
    """facts/firehose.md#error-objects: decompression-failed, without a function's ARN; rawData holds the compressed
    bytes.
    """
    with pytest.raises(DecompressionError):
        decompressed(record)
    local.stream(ProcessingConfiguration=enabled(DECOMPRESSION))
    deliver(local, record)
    (failed,) = local.errors("decompression-failed")
    assert failed["errorCode"] == "Decompression failed."
    assert failed["errorMessage"] == "Decompression failed because input data does not conform to cloudwatch log."
    assert "lambdaARN" not in failed
    assert local.state()["failed"] == 1


def test_a_document_that_inflates_beyond_all_bounds_fails() -> None:
    with pytest.raises(DecompressionError):
        decompressed(gzip.compress(bytes(100_000_000)))
