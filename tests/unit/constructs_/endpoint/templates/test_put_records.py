"""The templates of ``POST /records``, rendered by the local runtime's own VTL engine."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cdk_clickstream import Target
from cdk_clickstream.endpoint.templates.put_records import (
    batch_answer_template,
    batch_refused_template,
    put_bare_records_template,
    put_records_template,
)
from clickstream_local.vtl import MappingTemplate

FIREHOSE = Target.firehose("stream-1", "arn", None)
KINESIS = Target("kinesis", "stream-2", "arn", None, "PutRecords")
PRINCIPAL = "context.authorizer.principalId"
TOKEN = "0b7c6d2e-1f7a-4d55-9c1b-7d0d8f4f1a11"


def context() -> dict[str, Any]:
    return {
        "requestTimeEpoch": 1795255200123,
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "identity": {"sourceIp": "203.0.113.9", "userAgent": 'it\'s "quoted"', "apiKeyId": "key1"},
        "responseOverride": {"header": {}},
    }


def render(template: str, body: str, variables: dict[str, Any] | None = None) -> Any:
    params: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    return json.loads(
        MappingTemplate(template).render(body=body, params=params, context=variables or context(), stage_variables={})
    )


def records(events: list[dict[str, Any]], template: str | None = None) -> list[str]:
    request = render(template or put_records_template(FIREHOSE, PRINCIPAL, TOKEN), json.dumps(events))
    assert request["DeliveryStreamName"] == "stream-1"
    return [base64.b64decode(one["Data"]).decode() for one in request["Records"]]


def test_each_event_is_a_record_with_a_context_line_of_its_own() -> None:
    """What a client sends to /records gets a context line too, each line ended by a newline."""
    events = [{"event_name": "click", "n": [1, {"a": None}]}, {"event_name": "é \n $i ${q} #end"}]
    found = records(events)
    assert len(found) == 2
    for index, (record, event) in enumerate(zip(found, events, strict=True)):
        line, body, boundary, rest = record.split("\n")
        assert json.loads(line) == {
            "clickstream": 1,
            "kind": "request",
            "token": TOKEN,
            "received_at": 1795255200123,
            "ip": "203.0.113.9",
            "user_agent": 'it\'s "quoted"',
            "api_key_id": "key1",
            "principal": "",
            "index": index,
            "boundary": "JKJaXmPLvHcESHA=",
        }
        assert json.loads(body) == event
        assert (boundary, rest) == ("JKJaXmPLvHcESHA=", "")


def test_two_equal_events_are_two_different_records() -> None:
    first, second = records([{"event_name": "click"}] * 2)
    assert first != second


def test_500_events_are_500_records() -> None:
    """facts/api-gateway.md#mapping-templates: #foreach runs at most 1,000 times; facts/firehose.md#put-records:
    Records holds 1..500.
    """
    assert len(records([{"event_name": str(number)} for number in range(500)])) == 500


def test_one_event_is_one_record() -> None:
    assert len(records([{"event_name": "click"}])) == 1


def test_without_a_transform_a_record_is_the_event_and_a_newline() -> None:
    found = records([{"event_name": "a"}, {"event_name": "b"}], put_bare_records_template(FIREHOSE))
    assert found == ['{"event_name":"a"}\n', '{"event_name":"b"}\n']


def test_a_kinesis_stream_gets_the_same_records_each_under_a_key_of_its_own() -> None:
    """facts/kinesis.md#put-records: one key would send the whole batch to one shard."""
    events = [{"event_name": "a"}, {"event_name": "b"}]
    request = render(put_records_template(KINESIS, PRINCIPAL, TOKEN), json.dumps(events))
    assert request["StreamName"] == "stream-2"
    assert [base64.b64decode(one["Data"]).decode() for one in request["Records"]] == records(events)
    assert [one["PartitionKey"] for one in request["Records"]] == ["0_JKJaXmPLvHcESHA=", "1_JKJaXmPLvHcESHA="]


FAILED = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down, stream-1 of 111122223333."}
TAKEN = {"RecordId": "abc"}


def answer(target: Target, results: list[dict[str, str]]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    count, member = ("FailedPutCount", "RequestResponses") if target is FIREHOSE else ("FailedRecordCount", "Records")
    body = {count: sum("ErrorCode" in one for one in results), "Encrypted": False, member: results}
    variables = context()
    rendered = render(batch_answer_template(target), json.dumps(body), variables)
    override = variables["responseOverride"]
    return override.get("status"), override["header"], rendered


@pytest.mark.parametrize("target", [FIREHOSE, KINESIS])
def test_a_batch_that_was_taken_keeps_the_status(target: Target) -> None:
    assert answer(target, [TAKEN] * 3) == (None, {}, {"request_id": "JKJaXmPLvHcESHA=", "failed": 0})


@pytest.mark.parametrize("target", [FIREHOSE, KINESIS])
def test_a_batch_that_was_taken_in_part_is_answered_207_with_a_result_for_each(target: Target) -> None:
    """facts/api-gateway.md#aws-integration: a partial failure is HTTP 200, and only the template can turn it into
    something else.
    """
    status, headers, body = answer(target, [TAKEN, FAILED, TAKEN])
    assert (status, headers) == (207, {})
    assert body["failed"] == 1
    assert body["results"] == [
        {"taken": True},
        {"taken": False, "error": "ServiceUnavailableException"},
        {"taken": True},
    ]


def test_a_batch_of_which_nothing_was_taken_is_answered_503_with_retry_after() -> None:
    status, headers, body = answer(FIREHOSE, [FAILED, FAILED])
    assert (status, headers) == (503, {"Retry-After": "1"})
    assert [one["taken"] for one in body["results"]] == [False, False]


def test_the_services_own_text_is_not_passed_on() -> None:
    _, _, body = answer(FIREHOSE, [TAKEN, FAILED])
    assert "111122223333" not in json.dumps(body)


@pytest.mark.parametrize(
    "text",
    [
        "Records size exceeds 4 MB limit",
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024001 cap=1024001]' at "
        "'records.97.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
    ],
)
def test_a_batch_or_a_record_over_its_limit_becomes_413(text: str) -> None:
    """facts/firehose.md#put-records, texts recorded by third parties."""
    variables = context()
    body = render(batch_refused_template(FIREHOSE), json.dumps({"__type": "x", "message": text}), variables)
    assert variables["responseOverride"]["status"] == 413
    assert "too large" in body["message"]


@pytest.mark.parametrize(
    ("target", "type_"),
    [(FIREHOSE, "ThrottlingException"), (KINESIS, "ProvisionedThroughputExceededException")],
)
def test_a_batch_that_is_throttled_as_a_whole_is_answered_503(target: Target, type_: str) -> None:
    variables = context()
    render(batch_refused_template(target), json.dumps({"__type": type_, "message": "Rate exceeded"}), variables)
    assert variables["responseOverride"]["status"] == 503
