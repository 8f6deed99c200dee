"""Firehose: the delivery streams of some stacks behind the service's wire API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clickstream_local.firehose import api
from clickstream_local.firehose.config import ConfigurationError, StreamConfig
from clickstream_local.firehose.describe import describe
from clickstream_local.firehose.pipeline import Pipeline
from clickstream_local.firehose.record import new_record_ids
from clickstream_local.firehose.unsupported import RESOURCE_TYPE, unsupported_features
from clickstream_local.http import Response
from clickstream_local.lambda_runtime import LambdaService
from clickstream_local.lambda_runtime import unsupported as unsupported_function
from clickstream_local.logs import Logs
from clickstream_local.model import DeliveryStream, Table, Unsupported
from clickstream_local.s3 import Store

_THROTTLED = ("ServiceUnavailableException", "Slow down.")
_FIXED_BY_TEMPLATE = {
    "CreateDeliveryStream",
    "DeleteDeliveryStream",
    "UpdateDestination",
    "StartDeliveryStreamEncryption",
    "StopDeliveryStreamEncryption",
    "TagDeliveryStream",
    "UntagDeliveryStream",
}


class FirehoseService:
    """Runs delivery streams.

    A stream with something that does not run here is left out, and :meth:`unsupported` says why; puts to it are
    answered like puts to a stream that does not exist.

    Parameters
    ----------
    streams, tables
        From the template.
    functions
        Where Lambda processors are invoked.
    store, logs
        Where objects and errors go.
    region, account
        Where the streams are said to be.
    clock
        Seconds since the epoch: arrival times, and with them prefixes and names, come from it.
    buffer_interval
        Seconds that replace every buffering interval.
    """

    def __init__(
        self,
        streams: Sequence[DeliveryStream],
        *,
        functions: LambdaService,
        tables: Sequence[Table],
        store: Store,
        logs: Logs,
        region: str,
        account: str,
        clock: Callable[[], float] = time.time,
        buffer_interval: float | None = None,
    ) -> None:
        self._functions = functions
        self._account = account
        self._created = clock()
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="delivery")
        self._streams = {stream.name: stream for stream in streams}
        self._unsupported: dict[str, list[Unsupported]] = {}
        self._pipelines: dict[str, Pipeline] = {}
        for stream in streams:
            reasons = [*unsupported_features(stream)]
            try:
                config = StreamConfig.read(stream, tables, region=region, account=account, interval=buffer_interval)
                reasons += self._function_reasons(config)
            except ConfigurationError as error:
                reasons.append(str(error))
            if reasons:
                self._unsupported[stream.name] = [
                    Unsupported(stream.logical_id, RESOURCE_TYPE, reason) for reason in dict.fromkeys(reasons)
                ]
                continue
            self._pipelines[stream.name] = Pipeline(
                config,
                functions=functions,
                store=store,
                logs=logs,
                executor=self._executor,
                region=region,
                clock=clock,
            )
        self._operations: dict[str, Callable[[Mapping[str, Any], str | None], Response]] = {
            "PutRecord": self._put_record,
            "PutRecordBatch": self._put_record_batch,
            "DescribeDeliveryStream": self._describe,
            "ListDeliveryStreams": self._list,
            "ListTagsForDeliveryStream": self._list_tags,
        }

    def unsupported(self, stream: DeliveryStream) -> list[Unsupported]:
        """Why a stream does not run here; empty when it does."""
        return self._unsupported.get(stream.name, [])

    async def handle(self, target: str, body: bytes, *, caller: str | None = None) -> Response:
        """Answer a call of the wire API.

        Parameters
        ----------
        target
            The ``X-Amz-Target`` header.
        body
            The request's JSON.
        caller
            The access key id that signed it, to tell what a stream's function puts back from what others put.
        """
        operation = target.removeprefix(api.TARGET_PREFIX)
        try:
            call = self._operations.get(operation)
            if call is None:
                raise _unknown(operation)
            return call(api.parse_request(body), caller)
        except api.ApiError as error:
            return api.failure(error)

    async def flush(self) -> None:
        """Deliver everything that is buffered, and what functions put meanwhile.

        Raises :class:`~clickstream_local.firehose.delivery.DeliveryError` when an object cannot be written; its records
        stay buffered.
        """
        while not all(pipeline.idle for pipeline in self._pipelines.values()):
            await asyncio.gather(*(pipeline.flush() for pipeline in self._pipelines.values()))

    async def settle(self) -> None:
        """Wait until no stage of any stream is at work; what is buffered stays buffered."""
        await asyncio.gather(*(pipeline.settle() for pipeline in self._pipelines.values()))

    async def close(self) -> None:
        """Deliver everything, then stop."""
        try:
            await self.flush()
        finally:
            self._executor.shutdown()

    def state(self) -> dict[str, dict[str, Any]]:
        """By stream: its counts, its bucket and its logical id."""
        return {
            name: {
                "logical_id": pipeline.config.logical_id,
                "bucket": pipeline.config.destination.bucket,
                "records_received": pipeline.counts.received,
                "records_delivered": pipeline.counts.delivered,
                "records_failed": pipeline.counts.failed,
                "records_dropped": pipeline.counts.dropped,
                "records_buffered": pipeline.counts.buffered,
                "records_put_back": pipeline.counts.put_back,
                "rows_delivered": pipeline.counts.rows,
            }
            for name, pipeline in self._pipelines.items()
        }

    def _function_reasons(self, config: StreamConfig) -> list[str]:
        if config.processor is None:
            return []
        function = self._functions.find(config.processor.function_arn)
        if function is None:
            return [f"the Lambda processor's function {config.processor.function_arn} is not in the template"]
        return [f"function {item.logical_id}: {item.reason}" for item in unsupported_function(function)]

    def _put_record(self, request: Mapping[str, Any], caller: str | None) -> Response:
        data = api.record_data(request)
        pipeline = self._pipeline(api.stream_name(request))
        put_back = self._puts_back(pipeline, caller)
        if pipeline.overloaded and not put_back:
            raise api.ApiError(*_THROTTLED, status=500)
        pipeline.put([data], put_back=put_back)
        (record_id,) = new_record_ids(1)
        return api.success({"RecordId": record_id, "Encrypted": pipeline.config.encrypted})

    def _put_record_batch(self, request: Mapping[str, Any], caller: str | None) -> Response:
        data = api.batch_data(request)
        pipeline = self._pipeline(api.stream_name(request))
        put_back = self._puts_back(pipeline, caller)
        encrypted = pipeline.config.encrypted
        if pipeline.overloaded and not put_back:
            kind, message = _THROTTLED
            entries = [{"ErrorCode": kind, "ErrorMessage": message}] * len(data)
            return api.success({"FailedPutCount": len(data), "Encrypted": encrypted, "RequestResponses": entries})
        pipeline.put(data, put_back=put_back)
        entries = [{"RecordId": record_id} for record_id in new_record_ids(len(data))]
        return api.success({"FailedPutCount": 0, "Encrypted": encrypted, "RequestResponses": entries})

    def _describe(self, request: Mapping[str, Any], _: str | None) -> Response:
        name = self._pipeline(api.stream_name(request)).config.name
        return api.success({"DeliveryStreamDescription": describe(self._streams[name], self._created)})

    def _list(self, request: Mapping[str, Any], _: str | None) -> Response:
        most = api.limit(request, default=10, most=10_000)
        start = request.get("ExclusiveStartDeliveryStreamName", "")
        kind = request.get("DeliveryStreamType", "DirectPut")
        names = sorted(name for name in self._pipelines if name > start and kind == "DirectPut")
        return api.success({"DeliveryStreamNames": names[:most], "HasMoreDeliveryStreams": len(names) > most})

    def _list_tags(self, request: Mapping[str, Any], _: str | None) -> Response:
        name = self._pipeline(api.stream_name(request)).config.name
        most = api.limit(request, default=50, most=50)
        start = request.get("ExclusiveStartTagKey", "")
        tags = sorted(self._streams[name].properties.get("Tags", []), key=lambda tag: str(tag["Key"]))
        later = [tag for tag in tags if tag["Key"] > start]
        return api.success({"Tags": later[:most], "HasMoreTags": len(later) > most})

    def _pipeline(self, name: str) -> Pipeline:
        pipeline = self._pipelines.get(name)
        if pipeline is None:
            message = f"Firehose {name} under account {self._account} not found."
            raise api.ApiError("ResourceNotFoundException", message)
        return pipeline

    def _puts_back(self, pipeline: Pipeline, caller: str | None) -> bool:
        processor = pipeline.config.processor
        function = self._functions.function_of(caller)
        return (
            processor is not None and function is not None and function == self._functions.find(processor.function_arn)
        )


def _unknown(operation: str) -> api.ApiError:
    message = f"Firehose has no operation {operation!r}"
    if operation in _FIXED_BY_TEMPLATE:
        message = (
            f"{operation} does not run locally: delivery streams come from the template. "
            "Change the template, synthesize it and start the runtime again"
        )
    return api.ApiError("UnknownOperationException", message, status=404)
