"""Records of CloudWatch Logs: decompression and message extraction (facts 11.1)."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from clickstream_local.cloudwatch_logs.subscriptions import Subscriptions
from clickstream_local.common.model import SubscriptionFilter
from clickstream_local.firehose.records.logs_record import DecompressionError, decompressed

DECOMPRESSION = {
    "Type": "Decompression",
    "Parameters": [{"ParameterName": "CompressionFormat", "ParameterValue": "GZIP"}],
}
EXTRACTION = {
    "Type": "CloudWatchLogProcessing",
    "Parameters": [{"ParameterName": "DataMessageExtraction", "ParameterValue": "true"}],
}


def document(*messages: str, kind: str = "DATA_MESSAGE") -> bytes:
    events = [{"id": str(number), "timestamp": 1, "message": message} for number, message in enumerate(messages)]
    fields = {"messageType": kind, "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": ["f"]}
    return json.dumps(fields | {"logEvents": events}).encode()


def stream(local: Any, *processors: dict[str, Any], **s3: Any) -> None:
    local.stream(ProcessingConfiguration={"Enabled": True, "Processors": list(processors)}, **s3)


def deliver(local: Any, *records: bytes) -> None:
    async def scenario() -> None:
        local.service.put_from_logs("clicks", list(records))
        await local.service.flush()

    local.run(scenario)


def test_a_document_is_decompressed(local: Any) -> None:
    stream(local, DECOMPRESSION)
    deliver(local, gzip.compress(document("a")))
    assert local.bodies("data/") == [document("a")]


def test_messages_are_extracted_each_with_a_newline(local: Any) -> None:
    """Facts 11.1: every message followed by a newline, joined into one record."""
    stream(local, DECOMPRESSION, EXTRACTION)
    deliver(local, gzip.compress(document("one", "zwei€")), gzip.compress(document("three")))
    assert local.bodies("data/") == ["one\nzwei€\nthree\n".encode()]
    assert (local.state()["received"], local.state()["delivered"]) == (2, 2)


def test_a_control_message_becomes_an_empty_record(local: Any) -> None:
    """Facts 11.1: with format conversion, an empty record is one MalformedData failure (facts 7.3)."""
    stream(local, DECOMPRESSION, EXTRACTION, DataFormatConversionConfiguration=local.conversion())
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
def test_what_is_no_document_of_the_logs_fails_as_it_came(local: Any, record: bytes) -> None:
    """Facts 4.2: decompression-failed, without a function's ARN; rawData holds the compressed bytes."""
    with pytest.raises(DecompressionError):
        decompressed(record)
    stream(local, DECOMPRESSION)
    deliver(local, record)
    (failed,) = local.errors("decompression-failed")
    assert failed["errorCode"] == "Decompression failed."
    assert failed["errorMessage"] == "Decompression failed because input data does not conform to cloudwatch log."
    assert "lambdaARN" not in failed
    assert local.state()["failed"] == 1


def test_a_log_event_of_a_subscribed_group_arrives_as_a_line(local: Any) -> None:
    """Facts 11.1: from the log group through the filter and both processors; the control message adds nothing."""
    stream(local, DECOMPRESSION, EXTRACTION)
    subscription = SubscriptionFilter("Filter", "f", "/app", "arn:aws:firehose:r:a:deliverystream/clicks")

    async def scenario() -> None:
        subscriptions = Subscriptions([subscription], account="1", send=local.service.put_from_logs)
        local.logs.subscribe(subscriptions.take)
        subscriptions.start()
        local.logs.write("/app", "s", "hello")
        subscriptions.flush()

    local.run(scenario)
    assert local.bodies("data/") == [b"hello\n"]


def test_a_document_that_inflates_beyond_all_bounds_fails() -> None:
    with pytest.raises(DecompressionError):
        decompressed(gzip.compress(bytes(100_000_000)))


def test_others_may_not_put_to_a_stream_with_decompression(local: Any) -> None:
    """Facts 1.3, 11.1: InvalidSourceException, with a code member (facts 1.1)."""
    stream(local, DECOMPRESSION)

    async def scenario() -> Any:
        return await local.call("PutRecord", {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}})

    status, answer = local.run(scenario)
    assert (status, answer["__type"]) == (400, "InvalidSourceException")
    assert answer["code"]
