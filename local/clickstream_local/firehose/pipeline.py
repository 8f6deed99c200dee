"""The road of a record through one delivery stream: backup, transform, conversion, delivery (facts 2.3)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from clickstream_local.firehose.buffer import Buffer
from clickstream_local.firehose.config import MEBIBYTE, StreamConfig
from clickstream_local.firehose.counts import Counts
from clickstream_local.firehose.delivery import DeliveryError, S3Delivery
from clickstream_local.firehose.errors import (
    FORMAT_CONVERSION_FAILED,
    PROCESSING_FAILED,
    Failure,
    format_conversion_failed,
    processing_failed,
)
from clickstream_local.firehose.record import Record
from clickstream_local.firehose.transform import LambdaTransform
from clickstream_local.lambda_runtime import LambdaService
from clickstream_local.logs import Logs
from clickstream_local.s3 import Store

BACKLOG_BYTES = 64 * MEBIBYTE
"""What a stream takes beyond its buffers while a stage is behind; then it answers ``Slow down.``"""

_RECORD_OVERHEAD_BYTES = 150
"""What a record costs in memory beside its data; it bounds a stream of tiny records."""


class Pipeline:
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
        store: Store,
        logs: Logs,
        executor: Executor,
        region: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.config = config
        self.counts = Counts()
        self._clock = clock
        self._executor = executor
        self._tasks: set[asyncio.Task[None]] = set()
        self._delivery_errors: list[DeliveryError] = []
        self._held_bytes = 0
        destination = config.destination
        self._s3 = S3Delivery(config, destination, store=store, logs=logs, executor=executor)
        self._data = Buffer(destination.buffer_bytes, destination.interval, partial(self._release, self._deliver_data))
        self._errors = {
            kind: Buffer(
                destination.buffer_bytes,
                destination.interval,
                partial(self._release, partial(self._deliver_errors, kind)),
            )
            for kind in (PROCESSING_FAILED, FORMAT_CONVERSION_FAILED)
        }
        self._buffers = [self._data, *self._errors.values()]
        hints = destination.buffer_bytes
        self._transform: LambdaTransform | None = None
        self._entry = self._data
        if config.processor is not None:
            processor = config.processor
            self._transform = LambdaTransform(processor, functions, stream_arn=config.arn, region=region)
            self._entry = Buffer(
                processor.buffer_bytes, processor.interval, partial(self._release, self._run_transform)
            )
            self._buffers.append(self._entry)
            hints += processor.buffer_bytes
        self._backup: Buffer | None = None
        if config.backup is not None:
            backup = config.backup
            self._backup_s3 = S3Delivery(config, backup, store=store, logs=logs, executor=executor)
            self._backup = Buffer(backup.buffer_bytes, backup.interval, partial(self._release, self._deliver_backup))
            self._buffers.append(self._backup)
            hints += backup.buffer_bytes
        self._most_bytes = hints + BACKLOG_BYTES

    @property
    def overloaded(self) -> bool:
        """Whether the stages are so far behind that no more should be taken."""
        return self._held_bytes > self._most_bytes

    def put(self, data: Sequence[bytes], *, put_back: bool) -> None:
        """Take records; ``put_back`` when the stream's own function puts them."""
        arrival = int(self._clock() * 1000)
        if put_back:
            self.counts.put_back += len(data)
        else:
            self.counts.received += len(data)
        self.counts.buffered += len(data)
        records = [Record(body, arrival) for body in data]
        if self._backup is not None:
            self._hold(self._backup, records)
        self._hold(self._entry, records)

    async def flush(self) -> None:
        """Deliver everything that is here now, and what comes of it. Raises :class:`DeliveryError`."""
        self._delivery_errors.clear()
        while not self._delivery_errors and not self.idle:
            for buffer in self._buffers:
                buffer.flush()
            await asyncio.gather(*self._tasks)
        if self._delivery_errors:
            await asyncio.gather(*self._tasks)
            raise self._delivery_errors[0]

    async def settle(self) -> None:
        """Wait until no stage is at work; what is buffered stays buffered."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    @property
    def idle(self) -> bool:
        """Whether nothing is buffered and nothing under way."""
        return not self._tasks and not any(buffer.records for buffer in self._buffers)

    def _hold(self, buffer: Buffer, records: list[Record]) -> None:
        length = sum([len(record.data) for record in records])
        self._held_bytes += length + _RECORD_OVERHEAD_BYTES * len(records)
        buffer.extend(records, length)

    def _let_go(self, records: Sequence[Record]) -> None:
        self._held_bytes -= sum([len(record.data) for record in records]) + _RECORD_OVERHEAD_BYTES * len(records)

    def _release(
        self, stage: Callable[[list[Record]], Coroutine[Any, Any, None]], records: list[Record], _length: int
    ) -> None:
        task = asyncio.create_task(stage(records))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_transform(self, records: list[Record]) -> None:
        transform, processor = self._transform, self.config.processor
        assert transform is not None
        assert processor is not None
        for batch in transform.batches(records):
            done = await transform.run(batch)
            self.counts.dropped += done.dropped
            self.counts.buffered -= done.dropped
            self._let_go(batch)
            self._hold(self._data, done.delivered)
            ended = int(self._clock() * 1000)
            lines = [processing_failed(failure, ended, processor.function_arn) for failure in done.failed]
            self._hold(self._errors[PROCESSING_FAILED], lines)
            for code, message in {failure.code: failure.message for failure in done.failed}.items():
                self._s3.log_error(code, message, processor=processor.function_arn)

    async def _deliver_data(self, records: list[Record]) -> None:
        if self.config.conversion is not None:
            await self._deliver_converted(records)
            return
        compression = self.config.destination.compression

        def body() -> bytes:
            return compression.compress(b"".join(record.data for record in records))

        try:
            await self._s3.deliver_data(records, body, compression.content_encoding)
        except DeliveryError as error:
            self._put_off(self._data, records, error)
            return
        self._delivered(records, _count_lines(records))

    async def _deliver_converted(self, records: list[Record]) -> None:
        conversion = self.config.conversion
        assert conversion is not None
        converted = await asyncio.get_running_loop().run_in_executor(self._executor, conversion.convert, records)
        if converted.records:
            encoding = conversion.writer.content_encoding
            try:
                await self._s3.deliver_data(converted.records, lambda: converted.body, encoding)
            except DeliveryError as error:
                self._put_off(self._data, records, error)
                return
            self._delivered(converted.records, converted.rows)
        self._fail_conversion(converted.failures, conversion.catalog_table)
        for code, message in converted.summaries.items():
            self._s3.log_error(code, message)

    def _fail_conversion(self, failures: Sequence[Failure], table: dict[str, str]) -> None:
        ended = int(self._clock() * 1000)
        self._let_go([failure.record for failure in failures])
        lines = [format_conversion_failed(failure, ended, table) for failure in failures]
        self._hold(self._errors[FORMAT_CONVERSION_FAILED], lines)

    async def _deliver_errors(self, kind: str, records: list[Record]) -> None:
        try:
            await self._s3.deliver_errors(records, kind)
        except DeliveryError as error:
            self._put_off(self._errors[kind], records, error)
            return
        self.counts.failed += len(records)
        self.counts.buffered -= len(records)
        self._let_go(records)

    async def _deliver_backup(self, records: list[Record]) -> None:
        assert self.config.backup is not None
        assert self._backup is not None
        compression = self.config.backup.compression

        def body() -> bytes:
            return compression.compress(b"".join(record.data for record in records))

        try:
            await self._backup_s3.deliver_data(records, body, compression.content_encoding)
        except DeliveryError as error:
            self._put_off(self._backup, records, error)
            return
        self._let_go(records)

    def _delivered(self, records: Sequence[Record], rows: int) -> None:
        self.counts.delivered += len(records)
        self.counts.buffered -= len(records)
        self.counts.rows += rows
        self._let_go(records)

    def _put_off(self, buffer: Buffer, records: list[Record], error: DeliveryError) -> None:
        self._delivery_errors.append(error)
        buffer.restore(records)


def _count_lines(records: Sequence[Record]) -> int:
    """Rows of an object that is not converted: its lines, an unended last one included."""
    lines = sum(record.data.count(b"\n") for record in records)
    return lines + (1 if records[-1].data and not records[-1].data.endswith(b"\n") else 0)
