"""The Lambda processor's stage: a buffer, then invocations."""

from __future__ import annotations

import time
from collections.abc import Callable

from clickstream_local.firehose.config.processors import LambdaProcessor
from clickstream_local.firehose.records.error_object import PROCESSING_FAILED
from clickstream_local.firehose.records.record import Record, total_bytes
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.error_output import ErrorStage
from clickstream_local.firehose.stages.invocation import LambdaInvoker
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.firehose.stages.stage import Batch, StageContext
from clickstream_local.lambda_runtime.sandbox import FunctionUnavailableError
from clickstream_local.lambda_runtime.service import LambdaService


class TransformStage:
    """Gives what the function returned to ``take``."""

    def __init__(
        self,
        context: StageContext,
        processor: LambdaProcessor,
        functions: LambdaService,
        *,
        region: str,
        errors: ErrorStage,
        take: Callable[[list[Record]], None],
    ) -> None:
        config = context.config
        self._context = context
        self._arn = processor.function_arn
        self._errors = errors
        self._take = take
        self._transform = LambdaInvoker(
            processor,
            functions,
            stream_arn=config.arn,
            region=region,
            source_arn=config.kinesis_source_arn,
            disagreements=config.disagreements,
            denial=context.denial("transform"),
        )
        self.buffer: Buffer = context.buffer("transform", processor.buffer_bytes, processor.interval, self._run)

    @property
    def buffers(self) -> list[Buffer]:
        """Its one buffer."""
        return [self.buffer]

    async def _run(self, batch: Batch) -> None:
        counters = self._context.counters
        for invocation in self._transform.batches(batch.records):
            started = time.perf_counter()
            try:
                done = await self._transform.run(invocation)
            except FunctionUnavailableError as error:
                raise DeliveryError(f"delivery stream {self._context.config.name}: {error}") from error
            counters.metrics.took("ExecuteProcessing.Duration", time.perf_counter() - started)
            counters.metrics.attempt("ExecuteProcessing.Success", succeeded=done.invoked)
            counters.metrics.add("SucceedProcessing.Records", len(done.delivered))
            counters.metrics.add("SucceedProcessing.Bytes", total_bytes(done.delivered))
            counters.records.dropped += len(done.dropped)
            counters.records.buffered -= len(done.dropped)
            self._take(done.delivered)
            self._errors.fail(PROCESSING_FAILED, done.failed, self._arn)
            batch.records = batch.records[len(invocation) :]
            counters.release(invocation)
