"""PutRecord and PutRecordBatch: limits, throttling, faults on purpose, record ids (facts/firehose.md#put-records)."""

from __future__ import annotations

import base64
import os

from clickstream_local.firehose.api.streams import ManagedStream, Streams, name_problems
from clickstream_local.firehose.config.stream_config import StreamConfig
from clickstream_local.firehose.faults import FaultInjector, Faults
from clickstream_local.firehose.observer import Observer
from clickstream_local.firehose.stages.pipeline import StreamPipeline
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.wire.aws_json import ApiError, ValidationError, null
from clickstream_local.wire.members import length_problems, record_data
from clickstream_local.wire.service import RequestMembers, ResponseMembers

MAX_RECORDS = 500
MAX_RECORD_BYTES = 1_024_000
MAX_BATCH_BYTES = 4 * 1024 * 1024
RECORD_ID_LENGTH = 224
_SERIAL_DIGITS = 8
_IDS_OF_A_KIND = 4096
_THROTTLED = ("ServiceUnavailableException", "Slow down.")
_REFUSED = ("InternalFailure", "Internal Service Failure")


class PutOperations:
    """Puts records into the streams that take them from callers."""

    def __init__(self, streams: Streams, functions: LambdaService, faults: Faults, observer: Observer) -> None:
        self._streams = streams
        self._functions = functions
        self._faults = FaultInjector(faults)
        self._observer = observer
        self._record_ids = RecordIds()

    def put_record(self, request: RequestMembers, caller: str | None) -> ResponseMembers:
        """Answer PutRecord; ``caller`` as in ``FirehoseService.handle``."""
        data = _record_data(request)
        managed, requeued = self._target(request, caller)
        counted = managed.pipeline.metrics
        counted.add("PutRecord.Requests")
        counted.add("PutRecord.Bytes", len(data))
        throttled = self._throttled(managed.pipeline, 1, requeued=requeued)
        if not throttled:
            managed.pipeline.put([data], requeued=requeued)
        self._observer.records_put(managed.stream.name, "PutRecord", caller, 1, len(data), int(throttled))
        if throttled:
            raise ApiError(*_THROTTLED, status=500)
        (record_id,) = self._record_ids.draw(1)
        return {"RecordId": record_id, "Encrypted": managed.encrypted}

    def put_record_batch(self, request: RequestMembers, caller: str | None) -> ResponseMembers:
        """Answer PutRecordBatch; ``caller`` as in ``FirehoseService.handle``."""
        data = _batch_data(request)
        managed, requeued = self._target(request, caller)
        counted = managed.pipeline.metrics
        counted.add("PutRecordBatch.Requests")
        counted.add("PutRecordBatch.Records", len(data))
        length = sum(map(len, data))
        counted.add("PutRecordBatch.Bytes", length)
        throttled = self._throttled(managed.pipeline, len(data), requeued=requeued)
        refused = set(range(len(data))) if throttled else self._faults.refused(len(data))
        if not refused:
            managed.pipeline.put(data, requeued=requeued)
        elif not throttled:
            taken = [body for place, body in enumerate(data) if place not in refused]
            managed.pipeline.put(taken, requeued=requeued)
        self._observer.records_put(managed.stream.name, "PutRecordBatch", caller, len(data), length, len(refused))
        kind, message = _THROTTLED if throttled else _REFUSED
        failed = {"ErrorCode": kind, "ErrorMessage": message}
        entries = [
            failed if place in refused else {"RecordId": record_id}
            for place, record_id in enumerate(self._record_ids.draw(len(data)))
        ]
        return {"FailedPutCount": len(refused), "Encrypted": managed.encrypted, "RequestResponses": entries}

    def _target(self, request: RequestMembers, caller: str | None) -> tuple[ManagedStream, bool]:
        """The stream that a put with a right name is for, and whether its own function puts."""
        managed = self._streams.get(request["DeliveryStreamName"])
        config = managed.pipeline.config
        if config.kinesis_source_arn is not None:
            message = f"This operation is not permitted on {managed.kind} delivery stream type."
            raise ApiError("InvalidArgumentException", message)
        if config.processors.decompress:
            message = f"Firehose {managed.stream.name} decompresses: only CloudWatch Logs may put records to it"
            raise ApiError("InvalidSourceException", message, code="DecompressionEnabled")
        managed.pipeline.metrics.add("IncomingPutRequests")
        return managed, self._puts_back(config, caller)

    def _throttled(self, pipeline: StreamPipeline, records: int, *, requeued: bool) -> bool:
        if not self._faults.throttles() and (requeued or not pipeline.overloaded):
            return False
        pipeline.metrics.add("ThrottledRecords", records)
        return True

    def _puts_back(self, config: StreamConfig, caller: str | None) -> bool:
        processor = config.processors.function
        function = self._functions.function_of(caller)
        return (
            processor is not None and function is not None and function == self._functions.find(processor.function_arn)
        )


class RecordIds:
    """Ids for the answers of puts: opaque, 224 characters of the base64 alphabet (facts/firehose.md#put-records)."""

    def __init__(self) -> None:
        self._random = ""
        self._unused = 0

    def draw(self, count: int) -> list[str]:
        """New ids. Only some thousand in a row share what is random in them, so each costs next to nothing."""
        if count > self._unused:
            self._random = base64.b64encode(os.urandom((RECORD_ID_LENGTH - _SERIAL_DIGITS) * 3 // 4)).decode()
            self._unused = max(count, _IDS_OF_A_KIND)
        self._unused -= count
        return [f"{self._random}{number:0{_SERIAL_DIGITS}}" for number in range(self._unused, self._unused + count)]


def _record_data(request: RequestMembers) -> bytes:
    problems = name_problems(request.get("DeliveryStreamName"))
    record = request.get("Record")
    if record is None:
        problems.append(null("record"))
        raise ValidationError(problems)
    data = record_data(record, "record.data", problems, limit=MAX_RECORD_BYTES)
    if problems:
        raise ValidationError(problems)
    return data


def _batch_data(request: RequestMembers) -> list[bytes]:
    problems = name_problems(request.get("DeliveryStreamName"))
    records = request.get("Records")
    if records is None:
        problems.append(null("records"))
        raise ValidationError(problems)
    if not isinstance(records, list):
        raise ApiError("SerializationException", "records must be a list")
    problems += length_problems("Value", "records", len(records), MAX_RECORDS)
    # Places in a list are counted from 1 in the service's messages (facts/firehose.md#put-records).
    data = [
        record_data(record, f"records.{place}.member.data", problems, limit=MAX_RECORD_BYTES)
        for place, record in enumerate(records, 1)
    ]
    if problems:
        raise ValidationError(problems)
    if sum(map(len, data)) > MAX_BATCH_BYTES:
        raise ApiError("InvalidArgumentException", "Records size exceeds 4 MB limit")
    return data
