"""PutRecord and PutRecordBatch: answers, limits and error texts (facts/firehose.md#put-records)."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from clickstream_local.firehose.api.puts import RECORD_ID_LENGTH, RecordIds
from support.local_firehose import PUT, LocalFirehose, enabled, handler, processor
from support.sample_data import shared_file


def batch(*data: bytes | str) -> dict[str, Any]:
    encoded = [base64.b64encode(item).decode() if isinstance(item, bytes) else item for item in data]
    return {"DeliveryStreamName": "clicks", "Records": [{"Data": item} for item in encoded]}


def test_put_record_answers_with_an_id_and_whether_it_is_encrypted(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: real responses include Encrypted."""
    status, body = local.asked("PutRecord", PUT)
    assert (status, set(body), body["Encrypted"]) == (200, {"RecordId", "Encrypted"}, False)


def test_record_ids_look_like_the_services(local: LocalFirehose) -> None:
    """Vectors.json, record_id."""
    pattern = json.loads(shared_file("facts/vectors.json").read_text())["record_id"]["regex"]
    _, body = local.asked("PutRecordBatch", batch(b"a", b"b"))
    ids = [entry["RecordId"] for entry in body["RequestResponses"]]
    assert len(set(ids)) == 2
    assert all(re.match(pattern, record_id) for record_id in ids)


def test_no_record_id_is_given_twice() -> None:
    """facts/firehose.md#put-records: they are opaque; puts of all sizes draw them from one source."""
    source = RecordIds()
    ids = [record_id for count in (1, 500, 1, 500) * 10 for record_id in source.draw(count)]
    assert len(set(ids)) == len(ids) == 10_020
    assert {len(record_id) for record_id in ids} == {RECORD_ID_LENGTH}


def test_a_batch_is_answered_record_by_record(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: same length as the request."""
    status, body = local.asked("PutRecordBatch", batch(*[b"x"] * 500))
    assert (status, body["FailedPutCount"], body["Encrypted"], len(body["RequestResponses"])) == (200, 0, False, 500)


def test_a_stream_with_server_side_encryption_says_so(local: LocalFirehose) -> None:
    local.stream(properties={"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}})
    assert local.asked("PutRecord", PUT)[1]["Encrypted"] is True


def test_empty_data_is_accepted(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records."""
    assert local.asked("PutRecordBatch", batch(b""))[0] == 200


def test_the_largest_record_is_accepted(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: 1,024,000 raw bytes."""
    assert local.asked("PutRecordBatch", batch(b"x" * 1_024_000))[0] == 200


def test_a_batch_of_exactly_four_mebibytes_is_accepted(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records: 4,194,304 bytes of raw data."""
    assert local.asked("PutRecordBatch", batch(*[b"x" * 524_288] * 8))[0] == 200


def test_a_refused_batch_leaves_nothing_behind(local: LocalFirehose) -> None:
    local.asked("PutRecordBatch", batch(b"good", b"x" * 1_024_001))
    assert (local.state()["received"], local.keys()) == (0, [])


def test_a_stream_that_is_far_behind_throttles(local: LocalFirehose, monkeypatch: pytest.MonkeyPatch) -> None:
    """facts/firehose.md#put-records: throttling is ``Slow down.``, per record in a batch, HTTP 500 for a single
    record.
    """
    monkeypatch.setattr("clickstream_local.firehose.stages.pipeline.BACKLOG_BYTES", -5 * 1024 * 1024)
    local.stream()

    async def scenario() -> Any:
        await local.put(b"first")
        return await local.put(b"second", b"third"), await local.call("PutRecord", PUT)

    answer, (status, body) = local.run(scenario)
    entry = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
    assert (answer["FailedPutCount"], answer["RequestResponses"]) == (2, [entry, entry])
    assert (status, body["__type"]) == (500, "ServiceUnavailableException")
    assert local.state()["received"] == 1


@pytest.mark.parametrize(
    ("operation", "request_body", "kind", "message"),
    [
        (
            "PutRecord",
            PUT | {"DeliveryStreamName": "none"},
            "ResourceNotFoundException",
            "Firehose none under account 123456789012 not found.",
        ),
        (
            "PutRecordBatch",
            batch(b"a", b"x" * 1_024_001),
            "ValidationException",
            "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at "
            "'records.2.member.data' failed to satisfy constraint: "
            "Member must have length less than or equal to 1024000",
        ),
        (
            "PutRecordBatch",
            batch(*[b"x" * 524_288] * 8, b"x"),
            "InvalidArgumentException",
            "Records size exceeds 4 MB limit",
        ),
        (
            "PutRecordBatch",
            batch(*[b"x"] * 501),
            "ValidationException",
            "1 validation error detected: Value at 'records' failed to satisfy constraint: "
            "Member must have length less than or equal to 500",
        ),
        (
            "PutRecordBatch",
            batch(),
            "ValidationException",
            "1 validation error detected: Value at 'records' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "PutRecord",
            {},
            "ValidationException",
            "2 validation errors detected: Value null at 'deliveryStreamName' failed to satisfy constraint: "
            "Member must not be null; Value null at 'record' failed to satisfy constraint: Member must not be null",
        ),
        (
            "PutRecord",
            {"DeliveryStreamName": "clicks", "Record": {}},
            "ValidationException",
            "1 validation error detected: Value null at 'record.data' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            "DescribeDeliveryStream",
            {"DeliveryStreamName": "a b"},
            "ValidationException",
            "1 validation error detected: Value 'a b' at 'deliveryStreamName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            "DescribeDeliveryStream",
            {"DeliveryStreamName": "a" * 65},
            "ValidationException",
            f"1 validation error detected: Value '{'a' * 65}' at 'deliveryStreamName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64",
        ),
        (
            "ListDeliveryStreams",
            {"Limit": 0},
            "ValidationException",
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
        ("PutRecordBatch", batch("not base64!"), "SerializationException", "records.1.member.data is not base64"),
        ("PutRecordBatch", {"DeliveryStreamName": "clicks", "Records": 1}, "SerializationException", "must be a list"),
        ("PutRecord", PUT | {"DeliveryStreamName": 7}, "SerializationException", "must be a string"),
        ("PutRecord", b"{", "SerializationException", "is not JSON"),
        ("PutRecord", b"[]", "SerializationException", "must be a JSON object"),
    ],
)
def test_what_the_service_refuses_is_refused_in_its_words(
    local: LocalFirehose, operation: str, request_body: Any, kind: str, message: str
) -> None:
    """facts/firehose.md#operations, #put-records, observed error texts; modelled client errors are HTTP 400
    (facts/firehose.md#wire-protocol).
    """
    status, body = local.asked(operation, request_body)
    assert (status, body["__type"]) == (400, kind)
    assert message in body["message"]


def test_puts_to_a_stream_with_a_kinesis_source_are_not_permitted(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records, observed error texts."""
    local.kinesis_source()
    status, answer = local.asked("PutRecord", PUT)
    assert (status, answer["__type"]) == (400, "InvalidArgumentException")
    assert answer["message"] == "This operation is not permitted on KinesisStreamAsSource delivery stream type."


def test_only_cloudwatch_logs_may_put_to_a_stream_with_decompression(local: LocalFirehose) -> None:
    """facts/firehose.md#put-records, facts/sources.md#cloudwatch-logs: InvalidSourceException, with a code member
    (facts/firehose.md#wire-protocol).
    """
    local.stream(ProcessingConfiguration=enabled(processor("Decompression", CompressionFormat="GZIP")))
    status, answer = local.asked("PutRecord", PUT)
    assert (status, answer["__type"]) == (400, "InvalidSourceException")
    assert answer["code"]


def test_what_the_function_puts_back_is_counted_apart(local: LocalFirehose) -> None:
    local.function(handler("{'records': ok}"))
    local.stream(ProcessingConfiguration=local.processing())

    async def scenario() -> None:
        await local.put(b"a", b"b", caller="AKIASOMEBODY")
        await local.put(b"c", caller="LOCALFUNCTION1")
        await local.service.flush()

    local.run(scenario)
    state = local.state()
    assert (state["received"], state["put_back"], state["delivered"]) == (2, 1, 3)


def test_what_a_function_puts_into_another_stream_is_received_there(local: LocalFirehose) -> None:
    local.function(handler("{'records': ok}"))
    local.stream(ProcessingConfiguration=local.processing())
    local.stream("rejected", Prefix="rejected/")

    async def scenario() -> None:
        await local.put(b"r", stream="rejected", caller="LOCALFUNCTION1")

    local.run(scenario)
    assert (local.state("rejected")["received"], local.state("rejected")["put_back"]) == (1, 0)
