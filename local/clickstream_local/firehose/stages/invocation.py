"""The Lambda processor: batches of records to a function and back (facts/firehose.md#function-reply)."""

from __future__ import annotations

import asyncio
import binascii
import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.config.processors import LambdaProcessor
from clickstream_local.firehose.records.error_object import Failure
from clickstream_local.firehose.records.record import Record
from clickstream_local.iam.rights import Denial
from clickstream_local.lambda_runtime.sandbox import InvokeResult
from clickstream_local.lambda_runtime.service import MAX_OUTSTANDING_INVOCATIONS, LambdaService
from clickstream_local.lambda_runtime.worker import MAX_PAYLOAD_BYTES

INVOKE_TIMEOUT_SECONDS = 300.0
"""Firehose waits five minutes for a function, whatever the function's own timeout is.

Source: facts/firehose.md#function-calls.
"""

_RECORD_ID_BASE = 49546986683135544286507457936321625675700192471156785154
_ENVELOPE_BYTES = 512
_RECORD_ENVELOPE_BYTES = 160
_RESULTS = ("Ok", "Dropped", "ProcessingFailed")

_FUNCTION_ERROR = "The Lambda function was successfully invoked but it returned an error result."
_TIMED_OUT = "The Lambda function invocation timed out. Increase the Timeout setting in the Lambda function."
_MISSING = "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."
_DUPLICATED = "Multiple records were returned with the same record Id. Ensure that each record Id is returned once."
_INVALID_OUTPUT = (
    "Check your function and make sure the output is in required format. In addition to that, make sure the processed "
    "records contain valid result status of Dropped, Ok, or ProcessingFailed"
)
_ACCESS_DENIED = "Access was denied. Ensure that the access policy allows access to the Lambda function."
_NOT_BASE64 = "The data of a returned record is not base64. Ensure that the Lambda function encodes it."
_NO_DATA = (
    "The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource and processing result is "
    "Ok. Ensure that the Lambda function returns data for each Ok record."
)


@dataclass
class Transformed:
    """The result of a batch: every record is in exactly one of the three lists.

    ``invoked`` is false when no attempt of the function succeeded.
    """

    delivered: list[Record] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    invoked: bool = True


class LambdaInvoker:
    """Calls the function of one stream."""

    def __init__(
        self,
        processor: LambdaProcessor,
        functions: LambdaService,
        *,
        stream_arn: str,
        region: str,
        source_arn: str | None = None,
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
        denial: Denial | None = None,
    ) -> None:
        self._processor = processor
        self._denial = denial
        self._functions = functions
        self._stream_arn = stream_arn
        self._source_arn = source_arn
        self._disagreements = disagreements
        self._region = region
        self._sequence = itertools.count(_RECORD_ID_BASE)
        self._slots = asyncio.Semaphore(MAX_OUTSTANDING_INVOCATIONS)

    def batches(self, records: Sequence[Record]) -> Iterator[list[Record]]:
        """Cut a buffer so that each invocation's event stays within Lambda's limit.

        The buffer counts data, but the event holds base64 and an envelope for each record.
        """
        batch: list[Record] = []
        size = _ENVELOPE_BYTES
        for record in records:
            length = (len(record.data) + 2) // 3 * 4 + _RECORD_ENVELOPE_BYTES
            if batch and size + length > MAX_PAYLOAD_BYTES:
                yield batch
                batch, size = [], _ENVELOPE_BYTES
            batch.append(record)
            size += length
        if batch:
            yield batch

    async def run(self, records: Sequence[Record]) -> Transformed:
        """Invoke the function with a batch, again after a failed invocation, and sort its answer."""
        async with self._slots:  # around the event too: it takes three times the memory of its records
            return await self._run(records)

    async def _run(self, records: Sequence[Record]) -> Transformed:
        by_id = {f"{next(self._sequence)}000000": record for record in records}
        entries = b",".join([_event_entry(record_id, record) for record_id, record in by_id.items()])
        code = message = ""
        attempts = self._processor.retries + 1
        if self._denial is not None:
            # It is tried again as any other failed invocation is (facts/iam.md#denials).
            code = f"Lambda.{'AssumeRole' if self._denial.of_trust else 'Invoke'}AccessDenied"
            return replace(_all_failed(by_id, code, _ACCESS_DENIED, attempts), invoked=False)
        for attempt in range(1, attempts + 1):
            result = await self._invoke(entries)
            if result.error_type is None:
                # A successful answer is final, however malformed it is (facts/firehose.md#function-failures).
                return interpret(result.payload, by_id, self._disagreements)
            code, message = _invocation_failure(result)
            if result.status == 404:
                attempts = attempt
                break
        return replace(_all_failed(by_id, code, message, attempts), invoked=False)

    async def _invoke(self, entries: bytes) -> InvokeResult:
        invocation_id = str(uuid.uuid4())
        head = {"invocationId": invocation_id, "deliveryStreamArn": self._stream_arn, "region": self._region}
        if self._source_arn is not None:
            head["sourceKinesisStreamArn"] = self._source_arn
        event = orjson.dumps(head)[:-1] + b',"records":[' + entries + b"]}"
        try:
            function_arn = self._processor.function_arn
            return await self._functions.invoke(function_arn, event, wait_seconds=INVOKE_TIMEOUT_SECONDS)
        except TimeoutError:
            return InvokeResult(200, b"", invocation_id, "Unhandled", "Firehose.InvocationTimedOut")


def _event_entry(record_id: str, record: Record) -> bytes:
    """One member of the event's ``records``: put together as bytes, since its parts need no escaping.

    Source: facts/firehose.md#function-request.
    """
    data = binascii.b2a_base64(record.data, newline=False)
    entry = b'{"recordId":"%b","approximateArrivalTimestamp":%d,"data":"%b"' % (
        record_id.encode(),
        record.arrival,
        data,
    )
    if record.origin is None:
        return entry + b"}"
    return entry + b',"kinesisRecordMetadata":' + orjson.dumps(record.origin.metadata()) + b"}"


def _invocation_failure(result: InvokeResult) -> tuple[str, str]:
    if result.status == 404:
        return "Lambda.ResourceNotFound", "The Lambda function does not exist."
    if result.status == 429:
        return "Lambda.InvokeLimitExceeded", "The Lambda function's concurrency limit is exceeded."
    if result.error_type == "Sandbox.Timedout":
        return "Lambda.FunctionTimedOut", _TIMED_OUT
    if result.function_error is None or result.error_type == "Firehose.InvocationTimedOut":
        return "Lambda.InvocationFailure", f"The Lambda function could not be invoked: {result.error_type}."
    return "Lambda.FunctionError", _FUNCTION_ERROR


def interpret(
    payload: bytes,
    by_id: dict[str, Record],
    disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
) -> Transformed:
    """Sort the answer of a function that ran to its end.

    Where captures and documentation differ, ``disagreements`` decides; the texts are the captured ones
    (facts/firehose.md#function-failures).
    """
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:  # a function can return NaN, which its runtime writes and JSON does not have
        return _all_failed(by_id, "Lambda.JsonProcessingException", _INVALID_OUTPUT)
    returned = answer.get("records") if isinstance(answer, dict) else answer
    if returned is None:
        code = disagreements.no_records_code
        return _all_failed(by_id, code, _MISSING if code == "Lambda.MissingRecordId" else _INVALID_OUTPUT)
    if not isinstance(returned, list) or not isinstance(answer, dict):
        return _all_failed(by_id, "Lambda.JsonProcessingException", _INVALID_OUTPUT)
    entries: dict[str, Any] = {}
    duplicated = set()
    for entry in returned:
        if not isinstance(entry, dict) or entry.get("result") not in _RESULTS:
            return _all_failed(by_id, "Lambda.FunctionError", _INVALID_OUTPUT)
        record_id = str(entry.get("recordId"))
        if record_id in entries:
            duplicated.add(record_id)
        entries[record_id] = entry
    if duplicated and disagreements.duplicate_record_id == "batch":
        return _all_failed(by_id, "Lambda.DuplicatedRecordId", _DUPLICATED)
    transformed = Transformed()
    for record_id, record in by_id.items():
        if record_id not in entries:
            transformed.failed.append(Failure(record, "Lambda.MissingRecordId", _MISSING))
        elif record_id in duplicated:
            transformed.failed.append(Failure(record, "Lambda.DuplicatedRecordId", _DUPLICATED))
        elif not _apply(entries[record_id], record, transformed):
            return _all_failed(by_id, "Lambda.JsonMappingException", _NOT_BASE64)
    return transformed


def _apply(entry: dict[str, Any], record: Record, transformed: Transformed) -> bool:
    """Apply the function's result to a record; false when its data cannot be read."""
    result, data = entry["result"], entry.get("data")
    if result == "Dropped":
        transformed.dropped.append(record)
    elif result == "ProcessingFailed":
        failure = Failure(record, "Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
        transformed.failed.append(failure)
    elif data is None:
        transformed.failed.append(Failure(record, "Lambda.InvalidReturnFormat", _NO_DATA))
    else:
        try:
            decoded = binascii.a2b_base64(data, strict_mode=True)
        except (binascii.Error, TypeError, ValueError):
            return False
        metadata = entry.get("metadata")
        keys = metadata.get("partitionKeys") if metadata.__class__ is dict else None
        transformed.delivered.append(Record(decoded, record.arrival, keys, record.origin))
    return True


def _all_failed(by_id: dict[str, Record], code: str, message: str, attempts: int = 1) -> Transformed:
    return Transformed(failed=[Failure(record, code, message, attempts) for record in by_id.values()])
