"""Failed records on their way to the error prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from clickstream_local.firehose.records.error_object import (
    ERROR_OUTPUT_TYPES,
    FORMAT_CONVERSION_FAILED,
    Failure,
    format_conversion_failed,
    stage_failed,
)
from clickstream_local.firehose.records.record import total_bytes
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.stage import Batch, StageContext


class ErrorStage:
    """One buffer for each kind of failure, with the destination's hints."""

    def __init__(self, context: StageContext) -> None:
        self._context = context
        destination = context.config.destination
        self._s3 = context.delivery_to(destination, "errors")
        self._buffers = {
            kind: context.buffer(kind, destination.buffer_bytes, destination.interval, partial(self._deliver, kind))
            for kind in ERROR_OUTPUT_TYPES
        }

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers of all kinds."""
        return [*self._buffers.values()]

    def move_to(self, other: ErrorStage) -> None:
        """Give what is buffered to another stage."""
        for kind, buffer in self._buffers.items():
            other._buffers[kind].extend(records := buffer.drain(), total_bytes(records))

    def fail(self, kind: str, failures: Sequence[Failure], function: str | None = None) -> None:
        """Take records that failed before format conversion; nothing may hold them any more.

        ``function`` is the ARN of the Lambda processor, where it was that that failed.
        """
        if not failures:
            return
        ended = self._context.counters.now()
        named = str(self._context.config.disagreements.error_arn_member)
        member = None if function is None else {named: function}
        lines = [stage_failed(failure, ended, member) for failure in failures]
        self._context.counters.hold(self._buffers[kind], lines)
        self._report(kind, failures, {failure.code: failure.message for failure in failures}, function)

    def fail_conversion(self, failures: Sequence[Failure], table: dict[str, str], summaries: Mapping[str, str]) -> None:
        """Take records that format conversion refused; ``summaries`` is what may be logged, by error code."""
        ended = self._context.counters.now()
        lines = [format_conversion_failed(failure, ended, table) for failure in failures]
        self._context.counters.hold(self._buffers[FORMAT_CONVERSION_FAILED], lines)
        self._report(FORMAT_CONVERSION_FAILED, failures, summaries, None)

    def _report(
        self, kind: str, failures: Sequence[Failure], messages: Mapping[str, str], function: str | None
    ) -> None:
        for code, message in messages.items():
            self._s3.log_error(code, message, processor=function)
            records = sum(failure.code == code for failure in failures)
            self._context.counters.observer.record_failed(self._context.config.name, kind, code, message, records)

    async def _deliver(self, kind: str, batch: Batch) -> None:
        counters, records = self._context.counters, batch.records
        written = await self._s3.deliver_errors(records, kind)
        batch.records = []
        counters.records.failed += len(records)
        counters.records.buffered -= len(records)
        counters.release(records)
        counters.observer.object_written(counters.stream, kind, written, len(records))
