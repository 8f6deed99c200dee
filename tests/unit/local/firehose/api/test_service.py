"""The service behind the wire API: protocol, flushes, streams that do not run (facts/firehose.md#wire-protocol)."""

from __future__ import annotations

import re
from typing import Any

from support.local_firehose import FUNCTION_ARN, PUT, SOURCE_ARN, LocalFirehose

PUTS_BACK = """
import base64, boto3
firehose = boto3.client("firehose")
def handler(event, context):
    answers = []
    for record in event["records"]:
        data = base64.b64decode(record["data"])
        if data.startswith(b"again"):
            firehose.put_record(DeliveryStreamName="clicks", Record={"Data": data[6:]})
            firehose.put_record(DeliveryStreamName="rejected", Record={"Data": b"why\\n"})
        result = "Dropped" if data.startswith(b"again") else "Ok"
        answers.append({"recordId": record["recordId"], "result": result, "data": record["data"]})
    return {"records": answers}
"""


def test_an_operation_that_there_is_not_is_answered_so(local: LocalFirehose) -> None:
    """facts/firehose.md#wire-protocol, common errors: UnknownOperationException is HTTP 404."""
    status, body = local.asked("Frobnicate", {})
    assert (status, body["__type"]) == (404, "UnknownOperationException")
    assert "no operation 'Frobnicate'" in body["message"]


def test_answers_carry_the_protocols_headers(local: LocalFirehose) -> None:
    """facts/firehose.md#wire-protocol."""
    local.stream()

    async def scenario() -> Any:
        return await local.service.handle("Firehose_20150804.ListDeliveryStreams", b"")

    response = local.run(scenario)
    headers = dict(response.headers)
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-RequestId"])


def test_a_flush_also_delivers_what_the_function_puts_with_boto3_meanwhile(local: LocalFirehose) -> None:
    """Put-backs and records for a second stream alike."""
    local.function(PUTS_BACK)
    local.stream(ProcessingConfiguration=local.processing())
    local.stream("rejected", Prefix="rejected/")
    records = [{"Data": b"again again done\n"}, {"Data": b"plain\n"}]
    local.with_boto3(lambda firehose: firehose.put_record_batch(DeliveryStreamName="clicks", Records=records))
    assert sorted(b"".join(local.bodies("data/")).splitlines()) == [b"done", b"plain"]
    assert b"".join(local.bodies("rejected/")) == b"why\nwhy\n"
    state = local.state()
    assert (state["received"], state["put_back"], state["dropped"], state["delivered"]) == (2, 2, 2, 2)
    assert state["buffered"] == 0


def test_a_flush_of_nothing_writes_nothing(local: LocalFirehose) -> None:
    local.stream()

    async def scenario() -> None:
        await local.service.flush()

    local.run(scenario)
    assert local.keys() == []


def test_a_function_that_is_not_in_the_template_is_named(local: LocalFirehose) -> None:
    local.stream(ProcessingConfiguration=local.processing())
    assert local.reasons() == [f"the Lambda processor's function {FUNCTION_ARN} is not in the template"]


def test_a_function_that_does_not_run_here_is_named(local: LocalFirehose) -> None:
    local.function("pass", runtime="nodejs22.x")
    local.stream(ProcessingConfiguration=local.processing())
    assert local.reasons() == ["function Fn: Runtime 'nodejs22.x' does not run here: only Python functions do"]


def test_a_source_that_no_stack_has_is_named(local: LocalFirehose) -> None:
    local.kinesis_source()
    local.data_streams.clear()
    assert local.reasons() == [f"the source {SOURCE_ARN} is not a Kinesis stream of a stack that runs here"]


def test_a_stream_that_does_not_run_takes_no_records(local: LocalFirehose) -> None:
    local.stream(CompressionFormat="SNAPPY")
    status, body = local.asked("PutRecord", PUT)
    assert (status, body["__type"]) == (400, "ResourceNotFoundException")


def test_a_stream_that_runs_has_no_reasons(local: LocalFirehose) -> None:
    local.stream()
    assert local.reasons() == []
