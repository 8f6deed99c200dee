"""The Lambda processor: events, results, failures and retries (facts 2.2, 3, 4.2)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:transform"
LOGGING = {"Enabled": True, "LogGroupName": "/aws/kinesisfirehose/clicks", "LogStreamName": "DestinationDelivery"}
FUNCTION_ERROR = "The Lambda function was successfully invoked but it returned an error result."
INVALID = "Check your function and make sure the output is in required format."
MISSING = "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."


def deliver(local: Any, code: str, *records: bytes, parameters: dict[str, Any] | None = None, **function: Any) -> None:
    local.function(code, **function)
    local.stream(ProcessingConfiguration=local.processing(**(parameters or {})), CloudWatchLoggingOptions=LOGGING)
    local.deliver(*records)


def handler(answer: str) -> str:
    """A module whose handler answers with an expression of ``records`` and ``ok``."""
    return (
        "def handler(event, context):\n"
        "    records = event['records']\n"
        "    ok = [{'recordId': r['recordId'], 'result': 'Ok', 'data': r['data']} for r in records]\n"
        f"    return {answer}\n"
    )


def test_ok_records_are_delivered_as_the_function_returned_them(local: Any) -> None:
    deliver(local, "return answer(record, data.upper() + b'\\n')", b"a", b"b")
    assert local.bodies() == [b"A\nB\n"]
    assert local.state()["delivered"] == 2


def test_dropped_records_leave_no_trace(local: Any) -> None:
    """Facts 3.3."""
    deliver(local, "return answer(record, b'', 'Dropped' if data == b'x' else 'Ok')", b"x", b"y")
    assert (local.state()["dropped"], local.state()["delivered"], local.keys("errors/")) == (1, 1, [])


def test_the_event_is_the_services(local: Any) -> None:
    """Facts 3.1: members in the order captured; arrival in epoch milliseconds."""
    code = (
        "import base64, json\ndef handler(event, context):\n"
        "    (r,) = event['records']\n"
        "    data = base64.b64encode(json.dumps(event).encode()).decode()\n"
        "    return {'records': [{'recordId': r['recordId'], 'result': 'Ok', 'data': data}]}\n"
    )
    deliver(local, code, b"hello")
    event = json.loads(local.bodies()[0])
    assert list(event) == ["invocationId", "deliveryStreamArn", "region", "records"]
    assert event["deliveryStreamArn"].endswith(":deliverystream/clicks")
    assert event["region"] == "eu-west-1"
    (record,) = event["records"]
    assert list(record) == ["recordId", "approximateArrivalTimestamp", "data"]
    assert record["recordId"].isdigit()
    assert record["approximateArrivalTimestamp"] == int(local.now * 1000)
    assert base64.b64decode(record["data"]) == b"hello"


def test_a_failed_records_error_object_has_the_services_members_in_order(local: Any) -> None:
    """Facts 4.2 and 14: lambdaARN as in recent captures; the object has no extension."""
    deliver(local, "return answer(record, b'ignored', 'ProcessingFailed')", b"\x00raw")
    (error,) = local.errors("processing-failed")
    now = int(local.now * 1000)
    assert list(error.items()) == [
        ("rawData", base64.b64encode(b"\x00raw").decode()),
        ("errorCode", "Lambda.ProcessingFailedStatus"),
        ("errorMessage", "ProcessingFailed status set for record"),
        ("attemptsMade", 1),
        ("arrivalTimestamp", now),
        ("attemptEndingTimestamp", now),
        ("lambdaARN", ARN),
    ]
    (found,) = local.store.list("lake", "errors/")
    assert found.content_encoding is None
    assert "." not in found.key
    assert local.state()["failed"] == 1


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
    local: Any, answer: str, failed: bytes, error: str, message: str
) -> None:
    """Facts 3.3 and 14: a missing or repeated id fails its record (newest probe), a broken answer the batch."""
    deliver(local, handler(answer), b"a", b"b")
    errors = local.errors("processing-failed")
    assert b"".join(base64.b64decode(found["rawData"]) for found in errors) == failed
    assert {found["errorCode"] for found in errors} == {error}
    assert all(found["errorMessage"].startswith(message) for found in errors)
    assert all(found["attemptsMade"] == 1 for found in errors)
    assert b"".join(local.bodies("data/")) == b"ab".removeprefix(failed)


def test_an_unknown_record_id_is_ignored(local: Any) -> None:
    """Facts 3.3."""
    deliver(local, handler("{'records': [*ok, {'recordId': 'mine', 'result': 'Ok', 'data': 'YQ=='}]}"), b"x")
    assert local.bodies() == [b"x"]


def test_a_failed_invocation_is_tried_again_as_often_as_configured(local: Any) -> None:
    """Facts 2.2: NumberOfRetries on top of the first attempt; the whole batch fails with its attempts counted."""
    code = (
        "def handler(event, context):\n"
        "    print(event['invocationId'], event['records'][0]['recordId'])\n    raise ValueError"
    )
    deliver(local, code, b"a", parameters={"NumberOfRetries": 2})
    (error,) = local.errors("processing-failed")
    assert (error["errorCode"], error["attemptsMade"]) == ("Lambda.FunctionError", 3)
    lines = [e.message.split() for e in local.logs.events("/aws/lambda/transform")]
    seen = [line for line in lines if len(line) == 2 and line[1].isdigit()]
    # Each attempt is a new invocation with the same record ids.
    assert len({invocation for invocation, _ in seen}) == 3
    assert len({record for _, record in seen}) == 1


def test_a_retry_that_works_delivers(local: Any) -> None:
    code = handler("{'records': ok}").replace(
        "    records =", "    global n\n    n += 1\n    assert n > 1\n    records ="
    )
    deliver(local, "n = 0\n" + code, b"a", parameters={"NumberOfRetries": 1})
    assert (local.bodies(), local.state()["failed"]) == ([b"a"], 0)


def test_a_function_that_times_out_is_reported_as_such(local: Any) -> None:
    code = "import time\ndef handler(event, context):\n    time.sleep(30)"
    deliver(local, code, b"a", timeout_seconds=1)
    (error,) = local.errors("processing-failed")
    assert error["errorCode"] == "Lambda.FunctionTimedOut"
    assert error["errorMessage"].startswith("The Lambda function invocation timed out.")


def test_an_answer_over_six_megabytes_fails_the_batch(local: Any) -> None:
    """Facts 2.2 and 3.3."""
    deliver(local, "return answer(record, b'x' * 5_000_000)", b"a", b"b")
    assert {error["errorCode"] for error in local.errors("processing-failed")} == {"Lambda.FunctionError"}
    assert local.state()["failed"] == 2


def test_many_tiny_records_are_cut_into_events_that_lambda_takes(local: Any) -> None:
    """Facts 2.2: the event holds base64 and an envelope per record, so a buffer of 3 MB can be over 6 MB."""
    code = handler("{'records': [{'recordId': r['recordId'], 'result': 'Dropped'} for r in records]}")
    local.function(code)
    local.stream(ProcessingConfiguration=local.processing(BufferSizeInMBs=3))

    async def scenario() -> None:
        for _ in range(120):
            await local.put(*[b"12345678"] * 500)
        await local.service.flush()

    local.run(scenario)
    assert local.state()["dropped"] == 60_000


def test_the_buffer_size_of_the_processor_ends_a_batch(local: Any) -> None:
    """Facts 2.2: BufferSizeInMBs, 0.2 to 3."""
    code = handler("{'records': ok}").replace("    ok =", "    print('batch', len(records))\n    ok =")
    deliver(local, code, *[b"x" * 100_000] * 5, parameters={"BufferSizeInMBs": "0.2"})
    batches = [e.message for e in local.logs.events("/aws/lambda/transform") if e.message.startswith("batch")]
    assert batches == ["batch 2", "batch 2", "batch 1"]


def test_failures_are_logged_once_per_code_with_the_function(local: Any) -> None:
    """Facts 8.2: shape of an entry."""
    deliver(local, "return answer(record, b'', 'ProcessingFailed')", b"a", b"b")
    (entry,) = local.logged()
    assert entry == {
        "deliveryStreamARN": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks",
        "destination": "arn:aws:s3:::lake",
        "deliveryStreamVersionId": 1,
        "message": "ProcessingFailed status set for record",
        "errorCode": "Lambda.ProcessingFailedStatus",
        "processor": ARN,
    }


def test_processing_that_is_not_enabled_does_not_call_the_function(local: Any) -> None:
    """Facts 3.3: Enabled left out means false."""
    local.function("raise ValueError")
    configuration = local.processing()
    del configuration["Enabled"]
    local.stream(ProcessingConfiguration=configuration)
    local.deliver(b"as it came")
    assert local.bodies() == [b"as it came"]


def test_what_the_function_puts_back_is_counted_apart(local: Any) -> None:
    local.function(handler("{'records': ok}"))
    local.stream(ProcessingConfiguration=local.processing())

    async def scenario() -> None:
        await local.put(b"a", b"b", caller="AKIASOMEBODY")
        await local.put(b"c", caller="LOCALFUNCTION1")
        await local.service.flush()

    local.run(scenario)
    state = local.state()
    assert (state["received"], state["put_back"], state["delivered"]) == (2, 1, 3)


def test_what_a_function_puts_into_another_stream_is_received_there(local: Any) -> None:
    local.function(handler("{'records': ok}"))
    local.stream(ProcessingConfiguration=local.processing())
    local.stream("rejected", Prefix="rejected/")

    async def scenario() -> None:
        await local.put(b"r", stream="rejected", caller="LOCALFUNCTION1")

    local.run(scenario)
    assert (local.state("rejected")["received"], local.state("rejected")["put_back"]) == (1, 0)
