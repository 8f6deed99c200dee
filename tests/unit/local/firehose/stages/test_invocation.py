"""Invocations of the function: events, answers, failures and retries (facts/firehose.md#function-calls,
#function-reply).
"""

from __future__ import annotations

import base64
import json

import pytest

from support.local_firehose import LocalFirehose, handler

FUNCTION_ERROR = "The Lambda function was successfully invoked but it returned an error result."

INVALID = "Check your function and make sure the output is in required format."

MISSING = "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."


def test_the_event_is_the_services(local: LocalFirehose) -> None:
    """facts/firehose.md#function-request: members in the order captured; arrival in epoch milliseconds."""
    code = (
        "import base64, json\ndef handler(event, context):\n"
        "    (r,) = event['records']\n"
        "    data = base64.b64encode(json.dumps(event).encode()).decode()\n"
        "    return {'records': [{'recordId': r['recordId'], 'result': 'Ok', 'data': data}]}\n"
    )
    local.transform(code, b"hello")
    event = json.loads(local.bodies()[0])
    assert list(event) == ["invocationId", "deliveryStreamArn", "region", "records"]
    assert event["deliveryStreamArn"].endswith(":deliverystream/clicks")
    assert event["region"] == "eu-west-1"
    (record,) = event["records"]
    assert list(record) == ["recordId", "approximateArrivalTimestamp", "data"]
    assert record["recordId"].isdigit()
    assert record["approximateArrivalTimestamp"] == int(local.now * 1000)
    assert base64.b64decode(record["data"]) == b"hello"


@pytest.mark.parametrize(
    ("answer", "failed", "error", "message"),
    [
        ("{'records': ok[1:]}", b"a", "Lambda.MissingRecordId", MISSING),
        ("{'records': ok + ok[:1]}", b"a", "Lambda.DuplicatedRecordId", "Multiple records were returned"),
        (
            "{'records': [ok[0] | {'data': None}, ok[1]]}",
            b"a",
            "Lambda.InvalidReturnFormat",
            "The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource and processing "
            "result is Ok.",
        ),
        ("{}", b"ab", "Lambda.MissingRecordId", MISSING),
        ("None", b"ab", "Lambda.MissingRecordId", MISSING),
        ("'text'", b"ab", "Lambda.JsonProcessingException", INVALID),
        ("{'records': 'text'}", b"ab", "Lambda.JsonProcessingException", INVALID),
        ("float('nan')", b"ab", "Lambda.JsonProcessingException", INVALID),
        ("{'records': [ok[0] | {'result': 'ok'}, ok[1]]}", b"ab", "Lambda.FunctionError", INVALID),
        ("{'records': [ok[0] | {'data': '***'}, ok[1]]}", b"ab", "Lambda.JsonMappingException", "The data of a"),
        ("1 / 0", b"ab", "Lambda.FunctionError", FUNCTION_ERROR),
    ],
)
def test_what_a_function_gets_wrong_fails_what_the_service_fails(
    local: LocalFirehose, answer: str, failed: bytes, error: str, message: str
) -> None:
    """facts/firehose.md#function-failures, #disagreements: a missing or repeated id fails its record (newest probe), a
    broken answer the batch.
    """
    local.transform(handler(answer), b"a", b"b")
    errors = local.errors("processing-failed")
    assert b"".join(base64.b64decode(found["rawData"]) for found in errors) == failed
    assert {found["errorCode"] for found in errors} == {error}
    assert all(found["errorMessage"].startswith(message) for found in errors)
    assert all(found["attemptsMade"] == 1 for found in errors)
    assert b"".join(local.bodies("data/")) == b"ab".removeprefix(failed)


def test_an_unknown_record_id_is_ignored(local: LocalFirehose) -> None:
    """facts/firehose.md#function-failures."""
    local.transform(handler("{'records': [*ok, {'recordId': 'mine', 'result': 'Ok', 'data': 'YQ=='}]}"), b"x")
    assert local.bodies() == [b"x"]


def test_a_failed_invocation_is_tried_again_as_often_as_configured(local: LocalFirehose) -> None:
    """facts/firehose.md#function-calls: NumberOfRetries on top of the first attempt; the whole batch fails with its
    attempts counted.
    """
    code = (
        "def handler(event, context):\n"
        "    print(event['invocationId'], event['records'][0]['recordId'])\n    raise ValueError"
    )
    local.transform(code, b"a", parameters={"NumberOfRetries": 2})
    (error,) = local.errors("processing-failed")
    assert (error["errorCode"], error["attemptsMade"]) == ("Lambda.FunctionError", 3)
    lines = [e.message.split() for e in local.logs.events("/aws/lambda/transform")]
    seen = [line for line in lines if len(line) == 2 and line[1].isdigit()]
    # Each attempt is a new invocation with the same record ids.
    assert len({invocation for invocation, _ in seen}) == 3
    assert len({record for _, record in seen}) == 1


def test_a_retry_that_works_delivers(local: LocalFirehose) -> None:
    code = handler("{'records': ok}").replace(
        "    records =", "    global n\n    n += 1\n    assert n > 1\n    records ="
    )
    local.transform("n = 0\n" + code, b"a", parameters={"NumberOfRetries": 1})
    assert (local.bodies(), local.state()["failed"]) == ([b"a"], 0)


def test_a_function_that_times_out_is_reported_as_such(local: LocalFirehose) -> None:
    code = "import time\ndef handler(event, context):\n    time.sleep(30)"
    local.transform(code, b"a", timeout_seconds=1)
    (error,) = local.errors("processing-failed")
    assert error["errorCode"] == "Lambda.FunctionTimedOut"
    assert error["errorMessage"].startswith("The Lambda function invocation timed out.")


def test_the_time_that_firehose_waits_begins_when_the_function_does(
    local: LocalFirehose, monkeypatch: pytest.MonkeyPatch
) -> None:
    """facts/firehose.md#function-calls: the fourth of these invocations begins after more than that time."""
    monkeypatch.setattr("clickstream_local.firehose.stages.invocation.INVOKE_TIMEOUT_SECONDS", 2.5)
    local.function("import time; time.sleep(0.9)\nreturn answer(record, data)", reserved_concurrency=1)
    local.stream(ProcessingConfiguration=local.processing(BufferSizeInMBs=1))
    local.deliver(*[b"x" * 600_000] * 4)
    assert (local.state()["delivered"], local.state()["failed"]) == (4, 0)


def test_a_function_that_firehose_does_not_wait_for_fails_the_batch(
    local: LocalFirehose, monkeypatch: pytest.MonkeyPatch
) -> None:
    """facts/firehose.md#function-calls."""
    monkeypatch.setattr("clickstream_local.firehose.stages.invocation.INVOKE_TIMEOUT_SECONDS", 0.5)
    local.transform("import time\ndef handler(event, context):\n    time.sleep(30)", b"a")
    (error,) = local.errors("processing-failed")
    assert error["errorMessage"] == "The Lambda function could not be invoked: Firehose.InvocationTimedOut."


def test_an_answer_over_six_megabytes_fails_the_batch(local: LocalFirehose) -> None:
    """facts/firehose.md#function-calls, #function-failures."""
    local.transform("return answer(record, b'x' * 5_000_000)", b"a", b"b")
    assert {error["errorCode"] for error in local.errors("processing-failed")} == {"Lambda.FunctionError"}
    assert local.state()["failed"] == 2
