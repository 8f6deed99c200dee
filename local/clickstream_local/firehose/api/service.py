"""Firehose: the delivery streams of some stacks behind the service's wire API."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.http import Response
from clickstream_local.common.model import DeliveryStream, Table, Unsupported
from clickstream_local.firehose import metrics
from clickstream_local.firehose.api.control import ControlOperations
from clickstream_local.firehose.api.puts import PutOperations
from clickstream_local.firehose.api.streams import Streams
from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.config.stream_config import RESOURCE_TYPE, StreamConfig, unsupported_features
from clickstream_local.firehose.config.values import ConfigurationError
from clickstream_local.firehose.faults import Faults
from clickstream_local.firehose.observer import Observer
from clickstream_local.firehose.stages.kinesis_source import KinesisSource
from clickstream_local.firehose.stages.pipeline import StreamPipeline
from clickstream_local.firehose.stages.s3_delivery import DeliveryDeniedError, DeliveryError
from clickstream_local.iam.rights import Rights
from clickstream_local.kinesis.data_stream import DataStream
from clickstream_local.kinesis.service import KinesisService
from clickstream_local.lambda_runtime.service import LambdaService, unsupported_function
from clickstream_local.s3.store import ObjectStore
from clickstream_local.wire.aws_json import ApiError, failure, parse_request, success
from clickstream_local.wire.aws_shapes import checked_request

TARGET_PREFIX = "Firehose_20150804."


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
    kinesis
        Where Kinesis sources are read; without it, streams with such a source do not run.
    store, logs
        Where objects and errors go.
    region, account
        Where the streams are said to be.
    clock
        Seconds since the epoch: arrival times, and with them prefixes and names, come from it.
    buffer_interval
        Seconds that replace every buffering interval.
    faults
        Puts that fail on purpose; by default none.
    disagreements
        What to do where sources on the service's behaviour disagree.
    observer
        Notified of puts, objects, buffers and failures.
    rights
        What the streams of the templates may do; by default everything.
    """

    def __init__(
        self,
        streams: Sequence[DeliveryStream],
        *,
        functions: LambdaService,
        tables: Sequence[Table],
        store: ObjectStore,
        logs: Logs,
        region: str,
        account: str,
        kinesis: KinesisService | None = None,
        clock: Callable[[], float] = time.time,
        buffer_interval: float | None = None,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        disagreements: Disagreements = Disagreements(),  # noqa: B008 - frozen
        observer: Observer | None = None,
        rights: Rights = Rights(),  # noqa: B008 - nothing changes it
    ) -> None:
        self._functions = functions
        self._kinesis = kinesis
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="delivery")
        observer = observer or Observer()
        self._unsupported: dict[str, list[Unsupported]] = {}

        def read(stream: DeliveryStream, version: int) -> StreamConfig:
            config = StreamConfig.read(
                stream,
                tables,
                region=region,
                account=account,
                interval=buffer_interval,
                version=version,
                disagreements=disagreements,
            )
            self._check(stream, config)
            return config

        def run(config: StreamConfig) -> StreamPipeline:
            return StreamPipeline(
                config,
                functions=functions,
                store=store,
                logs=logs,
                executor=self._executor,
                region=region,
                clock=clock,
                observer=observer,
                source=self._source(config),
                rights=rights,
            )

        self._streams = Streams(account, read, run, clock)
        for stream in streams:
            try:
                self._streams.add(stream)
            except ConfigurationError as error:
                self._leave_out(stream, [*unsupported_features(stream), str(error)])
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                self._leave_out(stream, [f"a property has a value of another type: {error!r}"])
        self._puts = PutOperations(self._streams, functions, faults, observer)
        self._control = ControlOperations(self._streams, region=region, account=account)

    def _leave_out(self, stream: DeliveryStream, reasons: Sequence[str]) -> None:
        found = [Unsupported(stream.logical_id, RESOURCE_TYPE, reason) for reason in dict.fromkeys(reasons)]
        self._unsupported[stream.name] = found

    def unsupported(self, stream: DeliveryStream) -> list[Unsupported]:
        """The reasons why a stream does not run here."""
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
            The access key id that signed it, empty for an unsigned call; None for an API's integration. A put by the
            stream's own function is counted as requeued.
        """
        operation = target.removeprefix(TARGET_PREFIX)
        try:
            request = parse_request(body)
            if operation == "PutRecord":
                return success(self._puts.put_record(request, caller))
            if operation == "PutRecordBatch":
                return success(self._puts.put_record_batch(request, caller))
            call = self._control.operations.get(operation)
            if call is None:
                message = f"Firehose has no operation {operation!r}"
                raise ApiError("UnknownOperationException", message, status=404)
            answer = call(checked_request("firehose", operation, request))
            return success(await answer if inspect.isawaitable(answer) else answer)
        except ApiError as error:
            return failure(error)

    def put_from_logs(self, name: str, data: Sequence[bytes]) -> bool:
        """Take records that CloudWatch Logs sends, which decompression allows; false when there is no such stream."""
        if name not in self._streams:
            return False
        self._streams.get(name).pipeline.put(data, requeued=False)
        return True

    async def flush(self) -> None:
        """Deliver everything that is buffered, and what functions put meanwhile.

        Raises :class:`~clickstream_local.firehose.stages.s3_delivery.DeliveryError` when a stage of a stream failed,
        once everything else is delivered; its records stay buffered.
        """
        failed: dict[StreamPipeline, DeliveryError] = {}
        while behind := [
            managed.pipeline
            for managed in self._streams
            if not managed.pipeline.idle and managed.pipeline not in failed
        ]:
            flushed = await asyncio.gather(*(pipeline.flush() for pipeline in behind), return_exceptions=True)
            for pipeline, error in zip(behind, flushed, strict=True):
                if isinstance(error, DeliveryError):
                    failed[pipeline] = error
                elif error is not None:
                    raise error
        if failed:
            raise min(failed.values(), key=lambda error: isinstance(error, DeliveryDeniedError))

    async def settle(self) -> None:
        """Wait until no stage of any stream is at work; what is buffered stays buffered."""
        await asyncio.gather(*(managed.pipeline.settle() for managed in self._streams))

    async def close(self) -> None:
        """Deliver everything, then stop."""
        try:
            await self.flush()
        finally:
            for managed in self._streams:
                managed.pipeline.stop()
            self._executor.shutdown()

    def metrics(self) -> str:
        """The streams' CloudWatch metrics since the start, as Prometheus text."""
        return metrics.render({managed.stream.name: managed.pipeline.metrics for managed in self._streams})

    def state(self) -> dict[str, dict[str, Any]]:
        """By stream: its counts, its bucket and its logical id."""
        return {managed.stream.name: _state(managed.pipeline) for managed in self._streams}

    def _check(self, stream: DeliveryStream, config: StreamConfig) -> None:
        """Refuse a configuration whose function or source is not here."""
        for reason in unsupported_features(stream):
            raise ConfigurationError(reason)
        arn = config.kinesis_source_arn
        if arn is not None and self._data_stream(arn) is None:
            raise ConfigurationError(f"the source {arn} is not a Kinesis stream of a stack that runs here")
        if config.processors.function is None:
            return
        arn = config.processors.function.function_arn
        function = self._functions.find(arn)
        if function is None:
            raise ConfigurationError(f"the Lambda processor's function {arn} is not in the template")
        for item in unsupported_function(function):
            raise ConfigurationError(f"function {item.logical_id}: {item.reason}")

    def _data_stream(self, arn: str) -> DataStream | None:
        return None if self._kinesis is None else self._kinesis.find(arn)

    def _source(self, config: StreamConfig) -> KinesisSource | None:
        if config.kinesis_source_arn is None:
            return None
        data_stream = self._data_stream(config.kinesis_source_arn)
        return None if data_stream is None else KinesisSource(data_stream)


def _state(pipeline: StreamPipeline) -> dict[str, Any]:
    counts = pipeline.counts
    return {
        "logical_id": pipeline.config.logical_id,
        "bucket": pipeline.config.destination.bucket,
        "records_received": counts.received,
        "records_deaggregated": counts.deaggregated,
        "records_delivered": counts.delivered,
        "records_failed": counts.failed,
        "records_dropped": counts.dropped,
        "records_buffered": counts.buffered,
        "records_put_back": counts.requeued,
        "rows_delivered": counts.rows,
        "bytes_incoming": int(pipeline.metrics.total("IncomingBytes")),
        "bytes_delivered": int(pipeline.metrics.total("DeliveryToS3.Bytes")),
    }
