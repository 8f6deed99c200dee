"""The wire API: answers, limits and error texts (facts 1)."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from clickstream_local.firehose.api.puts import RECORD_ID_LENGTH, RecordIds
from support.sample_data import shared_file

ONE = {"DeliveryStreamName": "clicks", "Record": {"Data": "YQ=="}}


def call(local: Any, operation: str, request: Any, **options: Any) -> tuple[int, Any]:
    if not local.streams:
        local.stream()

    async def scenario() -> Any:
        return await local.call(operation, request, **options)

    status, body = local.run(scenario)
    return status, body


def batch(*data: bytes | str) -> dict[str, Any]:
    encoded = [base64.b64encode(item).decode() if isinstance(item, bytes) else item for item in data]
    return {"DeliveryStreamName": "clicks", "Records": [{"Data": item} for item in encoded]}


def test_put_record_answers_with_an_id_and_whether_it_is_encrypted(local: Any) -> None:
    """Facts 1.3: real responses include Encrypted."""
    status, body = call(local, "PutRecord", ONE)
    assert (status, set(body), body["Encrypted"]) == (200, {"RecordId", "Encrypted"}, False)


def test_record_ids_look_like_the_services(local: Any) -> None:
    """Vectors.json, record_id."""
    pattern = json.loads(shared_file("facts/vectors.json").read_text())["record_id"]["regex"]
    _, body = call(local, "PutRecordBatch", batch(b"a", b"b"))
    ids = [entry["RecordId"] for entry in body["RequestResponses"]]
    assert len(set(ids)) == 2
    assert all(re.match(pattern, record_id) for record_id in ids)


def test_no_record_id_is_given_twice() -> None:
    """Facts 1.3: they are opaque; puts of all sizes draw them from one source."""
    source = RecordIds()
    ids = [record_id for count in (1, 500, 1, 500) * 10 for record_id in source.draw(count)]
    assert len(set(ids)) == len(ids) == 10_020
    assert {len(record_id) for record_id in ids} == {RECORD_ID_LENGTH}


def test_a_batch_is_answered_record_by_record(local: Any) -> None:
    """Facts 1.3: same length as the request."""
    status, body = call(local, "PutRecordBatch", batch(*[b"x"] * 500))
    assert (status, body["FailedPutCount"], body["Encrypted"], len(body["RequestResponses"])) == (200, 0, False, 500)


def test_a_stream_with_server_side_encryption_says_so(local: Any) -> None:
    local.stream(properties={"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}})
    assert call(local, "PutRecord", ONE)[1]["Encrypted"] is True


def test_empty_data_is_accepted(local: Any) -> None:
    """Facts 1.3."""
    assert call(local, "PutRecordBatch", batch(b""))[0] == 200


def test_the_largest_record_is_accepted(local: Any) -> None:
    """Facts 1.3: 1,024,000 raw bytes."""
    assert call(local, "PutRecordBatch", batch(b"x" * 1_024_000))[0] == 200


def test_a_batch_of_exactly_four_mebibytes_is_accepted(local: Any) -> None:
    """Facts 1.3: 4,194,304 bytes of raw data."""
    assert call(local, "PutRecordBatch", batch(*[b"x" * 524_288] * 8))[0] == 200


@pytest.mark.parametrize(
    ("operation", "request_body", "kind", "message"),
    [
        (
            "PutRecord",
            ONE | {"DeliveryStreamName": "none"},
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
        ("PutRecord", ONE | {"DeliveryStreamName": 7}, "SerializationException", "must be a string"),
        ("PutRecord", b"{", "SerializationException", "is not JSON"),
        ("PutRecord", b"[]", "SerializationException", "must be a JSON object"),
    ],
)
def test_what_the_service_refuses_is_refused_in_its_words(
    local: Any, operation: str, request_body: Any, kind: str, message: str
) -> None:
    """Facts 1.2 and 1.3, observed error texts; modelled client errors are HTTP 400 (facts 1.1)."""
    status, body = call(local, operation, request_body)
    assert (status, body["__type"]) == (400, kind)
    assert message in body["message"]


def test_a_refused_batch_leaves_nothing_behind(local: Any) -> None:
    call(local, "PutRecordBatch", batch(b"good", b"x" * 1_024_001))
    assert (local.state()["received"], local.keys()) == (0, [])


def test_an_operation_that_there_is_not_is_answered_so(local: Any) -> None:
    """Facts 1.1, common errors: UnknownOperationException is HTTP 404."""
    status, body = call(local, "Frobnicate", {})
    assert (status, body["__type"]) == (404, "UnknownOperationException")
    assert "no operation 'Frobnicate'" in body["message"]


def test_answers_carry_the_protocols_headers(local: Any) -> None:
    """Facts 1.1."""
    local.stream()

    async def scenario() -> Any:
        return await local.service.handle("Firehose_20150804.ListDeliveryStreams", b"")

    response = local.run(scenario)
    headers = dict(response.headers)
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-RequestId"])


def test_streams_are_listed_in_pages_of_ten_by_name(local: Any) -> None:
    """Facts 1.4: alphabetical, default Limit 10."""
    for number in reversed(range(12)):
        local.stream(f"s{number:02}")
    _, first = call(local, "ListDeliveryStreams", {})
    _, rest = call(local, "ListDeliveryStreams", {"ExclusiveStartDeliveryStreamName": first["DeliveryStreamNames"][-1]})
    assert first == {"DeliveryStreamNames": [f"s{n:02}" for n in range(10)], "HasMoreDeliveryStreams": True}
    assert rest == {"DeliveryStreamNames": ["s10", "s11"], "HasMoreDeliveryStreams": False}


def test_tags_are_listed(local: Any) -> None:
    local.stream(properties={"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]})
    _, body = call(local, "ListTagsForDeliveryStream", {"DeliveryStreamName": "clicks", "Limit": 1})
    assert body == {"Tags": [{"Key": "a", "Value": "1"}], "HasMoreTags": True}


def test_a_stream_that_is_far_behind_throttles(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts 1.3: throttling is ``Slow down.``, per record in a batch, HTTP 500 for a single record."""
    monkeypatch.setattr("clickstream_local.firehose.stages.pipeline.BACKLOG_BYTES", -5 * 1024 * 1024)
    local.stream()

    async def scenario() -> Any:
        await local.put(b"first")
        return await local.put(b"second", b"third"), await local.call("PutRecord", ONE)

    answer, (status, body) = local.run(scenario)
    entry = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
    assert (answer["FailedPutCount"], answer["RequestResponses"]) == (2, [entry, entry])
    assert (status, body["__type"]) == (500, "ServiceUnavailableException")
    assert local.state()["received"] == 1
