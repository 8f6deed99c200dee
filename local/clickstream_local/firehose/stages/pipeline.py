"""One delivery stream: backup, processors, conversion, delivery (facts/firehose.md#processing-order)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.unforeseen import describe
from clickstream_local.firehose.config.stream_config import StreamConfig
from clickstream_local.firehose.config.values import MEBIBYTE
from clickstream_local.firehose.metrics import StreamMetrics
from clickstream_local.firehose.observer import Observer
from clickstream_local.firehose.records.error_object import DECOMPRESSION_FAILED, PROCESSING_FAILED, Failure
from clickstream_local.firehose.records.logs_record import DecompressionError
from clickstream_local.firehose.records.record import Record, total_bytes
from clickstream_local.firehose.stages.backup import BackupStage
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.counters import RecordCounts, StreamCounters
from clickstream_local.firehose.stages.destination import DestinationStage
from clickstream_local.firehose.stages.error_output import ErrorStage
from clickstream_local.firehose.stages.kinesis_source import KinesisSource
from clickstream_local.firehose.stages.preparation import Preparation
from clickstream_local.firehose.stages.s3_delivery import DeliveryDeniedError
from clickstream_local.firehose.stages.stage import PipelineStage, StageContext, Tasks
from clickstream_local.firehose.stages.transform import TransformStage
from clickstream_local.iam.rights import Rights
from clickstream_local.lambda_runtime.service import LambdaService
from clickstream_local.s3.store import ObjectStore

_log = logging.getLogger(__name__)

_SOURCE_DENIED = "Access was denied. Ensure that the role allows access to the Kinesis stream and its key."
BACKLOG_BYTES = 64 * MEBIBYTE
"""Bytes that a stream takes beyond its buffers while a stage is behind; then it answers ``Slow down.``"""


class StreamPipeline:
    """One delivery stream at work.

    Each stage has a buffer; a full or timely buffer becomes a task. The destination's buffer starts over after the
    transform. Whatever a stage could not write goes back into its buffer, so no accepted record is lost while the
    process lives.
    """

    def __init__(
        self,
        config: StreamConfig,
        *,
        functions: LambdaService,
        store: ObjectStore,
        logs: Logs,
        executor: Executor,
        region: str,
        clock: Callable[[], float] = time.time,
        observer: Observer | None = None,
        source: KinesisSource | None = None,
        rights: Rights = Rights(),  # noqa: B008 - nothing changes it
    ) -> None:
        self._functions = functions
        self._store = store
        self._logs = logs
        self._executor = executor
        self._region = region
        self._tasks = Tasks()
        self._retired: list[PipelineStage] = []
        self._counters = StreamCounters(config.name, observer or Observer(), clock)
        self._rights = rights
        self._source = source
        self._configure(config)
        if self._source is not None:
            self._source.start(self._poll)

    def _configure(self, config: StreamConfig) -> None:
        self.config = config
        context = StageContext(
            config, self._counters, self._tasks, self._store, self._logs, self._executor, self._rights
        )
        denial = context.denial("source")
        if denial is not None:
            # What is put stays in the shards, where it can be read once the right is there.
            self._source = None
            code = f"Kinesis.{'KMS.AccessDeniedException' if denial.action.startswith('kms:') else 'AccessDenied'}"
            context.delivery_to(config.destination, "data").log_error(code, _SOURCE_DENIED)
        self._preparation = Preparation.of(config.processors, kinesis=config.kinesis_source_arn is not None)
        self._errors = ErrorStage(context)
        self._destination = DestinationStage(context, self._errors)
        hints = config.destination.buffer_bytes
        self._transform: TransformStage | None = None
        function = config.processors.function
        if function is not None:
            hints += function.buffer_bytes
            self._transform = TransformStage(
                context,
                function,
                self._functions,
                region=self._region,
                errors=self._errors,
                take=self._destination.take,
            )
        self._backup: BackupStage | None = None
        if config.backup is not None:
            hints += config.backup.buffer_bytes
            self._backup = BackupStage(context, config.backup)
        self._max_held_bytes = hints + BACKLOG_BYTES

    @property
    def counts(self) -> RecordCounts:
        """The stream's records by their state."""
        return self._counters.records

    @property
    def metrics(self) -> StreamMetrics:
        """The stream's CloudWatch metrics."""
        return self._counters.metrics

    @property
    def overloaded(self) -> bool:
        """Whether the stages are so far behind that no more should be taken."""
        return self._counters.held_bytes > self._max_held_bytes

    @property
    def idle(self) -> bool:
        """Whether nothing is buffered and nothing under way."""
        exhausted = self._source is None or self._source.exhausted
        return exhausted and not self._tasks.running and not any(buffer.records for buffer in self._buffers())

    def put(self, data: Sequence[bytes], *, requeued: bool) -> None:
        """Take records; ``requeued`` when the stream's own function puts them."""
        arrival = self._counters.now()
        self._take([Record(body, arrival) for body in data])
        if requeued:
            self.counts.requeued += len(data)
        else:
            self.counts.received += len(data)

    async def flush(self) -> None:
        """Deliver everything that is here now, and what comes of it.

        Raises :class:`~clickstream_local.firehose.stages.s3_delivery.DeliveryError` when a stage kept a batch, once
        everything else is delivered.
        """
        errors = self._tasks.errors
        errors.clear()
        self._poll()
        while self._tasks.running or any(buffer.records and buffer not in errors for buffer in self._buffers()):
            for buffer in self._buffers():
                if buffer not in errors:
                    buffer.flush()
            await asyncio.gather(*self._tasks.running, return_exceptions=True)
            self._poll()
        if errors:
            raise min(errors.values(), key=lambda error: isinstance(error, DeliveryDeniedError))

    async def settle(self) -> None:
        """Wait until no stage is at work; what is buffered stays buffered."""
        while self._tasks.running:
            await asyncio.gather(*self._tasks.running, return_exceptions=True)

    def update(self, config: StreamConfig) -> None:
        """Go on with another configuration, which counts for records that are already buffered, too.

        Source: facts/firehose.md#streams.
        """
        # Batches under way end in the stages where they began, and what these cannot write stays there.
        if not self._tasks.running and not any(buffer.records for one in self._retired for buffer in one.buffers):
            self._retired.clear()
        self._retired += self._stages()
        errors, destination, transform, backup = self._errors, self._destination, self._transform, self._backup
        self._configure(config)
        errors.move_to(self._errors)
        if backup is not None and self._backup is not None:
            self._backup.buffer.extend(records := backup.buffer.drain(), total_bytes(records))
        for stage_buffers, take in (
            (destination.buffers, self._destination.take),
            ([] if transform is None else [transform.buffer], self._enter),
        ):
            for buffer in stage_buffers:
                records = buffer.drain()
                try:
                    take(records)
                except Exception as error:  # what cannot go on by the new configuration goes on by the old one
                    buffer.restore(records)
                    _log.error("delivery stream %s: %s; records stay buffered", config.name, describe(error))
                else:
                    self._counters.release(records)

    def stop(self) -> None:
        """Read no more of the source."""
        if self._source is not None:
            self._source.stop()

    async def discard(self) -> None:
        """Drop everything that is not delivered, which is what deleting a stream does (facts/firehose.md#streams)."""
        self.stop()
        for buffer in self._buffers():
            buffer.drain()
        await self._tasks.cancel()

    def _stages(self) -> list[PipelineStage]:
        stages = (self._destination, self._errors, self._transform, self._backup)
        return [stage for stage in stages if stage is not None]

    def _buffers(self) -> list[Buffer]:
        return [buffer for stage in (*self._stages(), *self._retired) for buffer in stage.buffers]

    def _poll(self) -> None:
        """Take what is new in the Kinesis source; while the stages are behind, it stays in its shards."""
        if self._source is None:
            return
        while not self.overloaded and (records := self._source.read()):
            self._take(records)
            self._source.advance()
            self.counts.received += len(records)
            self.metrics.add("DataReadFromKinesisStream.Records", len(records))
            self.metrics.add("DataReadFromKinesisStream.Bytes", total_bytes(records))
        self.metrics.set("KinesisMillisBehindLatest", self._source.milliseconds_behind)

    def _take(self, records: list[Record]) -> None:
        prepared = records if self._preparation is None else self._prepare(records, self._preparation)
        length = total_bytes(records)
        if self._backup is not None:
            self._counters.hold(self._backup.buffer, records)
        self._enter(prepared)
        self.counts.buffered += len(records)
        self.metrics.add("IncomingRecords", len(records))
        self.metrics.add("IncomingBytes", length)

    def _prepare(self, records: list[Record], preparation: Preparation) -> list[Record]:
        prepared: list[Record] = []
        undecoded, failures = [], []
        for record in records:
            try:
                parts = preparation.run(record)
            except DecompressionError as error:
                undecoded.append(Failure(record, error.code, str(error)))
                continue
            except Exception as error:
                failures.append(Failure.unforeseen(record, error))
                continue
            self.counts.deaggregated += len(parts) - 1
            self.counts.buffered += len(parts) - 1
            prepared += parts
        self._errors.fail(DECOMPRESSION_FAILED, undecoded)
        self._errors.fail(PROCESSING_FAILED, failures)
        return prepared

    def _enter(self, records: list[Record]) -> None:
        if self._transform is None:
            self._destination.take(records)
        else:
            self._counters.hold(self._transform.buffer, records)
