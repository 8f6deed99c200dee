"""The last stage: partitions, format conversion, compression, objects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from clickstream_local.firehose.config.format_conversion import FormatConversion
from clickstream_local.firehose.config.metadata_query import MetadataError
from clickstream_local.firehose.config.partitioning import Partition, Partitioning
from clickstream_local.firehose.records.error_object import (
    ACTIVE_PARTITION_EXCEEDED,
    METADATA_EXTRACTION_FAILED,
    Failure,
)
from clickstream_local.firehose.records.record import Record, total_bytes
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.conversion import convert, refused
from clickstream_local.firehose.stages.error_output import ErrorStage
from clickstream_local.firehose.stages.partition_buffers import PartitionBuffers
from clickstream_local.firehose.stages.s3_delivery import DeliveryError
from clickstream_local.firehose.stages.stage import Batch, StageContext

_TOO_MANY_PARTITIONS = "DynamicPartitioning.ActivePartitionsExceeded"
"""The code is the runtime's own: what is known of such records is their output type."""

_ONLY_PARTITION = Partition("", {})
"""Stands for a destination without dynamic partitioning."""


class DestinationStage:
    """Holds records by partition until their buffer is released, then writes an object."""

    def __init__(self, context: StageContext, errors: ErrorStage) -> None:
        config = context.config
        self._context = context
        self._errors = errors
        self._s3 = context.delivery_to(config.destination, "data")
        limit = 1 if config.partitioning is None else config.disagreements.active_partitions
        self._partitions = PartitionBuffers(limit, self._new_buffer)
        if config.partitioning is not None:
            context.counters.metrics.set("ActivePartitionsLimit", limit)

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers of the active partitions."""
        return self._partitions.buffers

    def take(self, records: list[Record]) -> None:
        """Hold records, each in the buffer of its partition."""
        partitioning = self._context.config.partitioning
        if partitioning is not None:
            self._take_partitioned(records, partitioning)
        elif records:
            buffer = self._partitions.find(_ONLY_PARTITION)
            assert buffer is not None
            self._context.counters.hold(buffer, records)

    def _take_partitioned(self, records: list[Record], partitioning: Partitioning) -> None:
        counters = self._context.counters
        started = time.perf_counter()
        failures, exceeding = [], []
        for record in records:
            try:
                partition = partitioning.partition(record)
            except MetadataError as error:
                failures.append(Failure(record, error.code, str(error)))
                continue
            except Exception as error:
                failures.append(Failure.unforeseen(record, error))
                continue
            buffer = self._partitions.find(partition)
            if buffer is None:
                exceeding.append(Failure(record, _TOO_MANY_PARTITIONS, "The limit of active partitions is exceeded"))
            else:
                counters.hold(buffer, [record])
        if self._context.config.processors.metadata_query is not None:
            counters.metrics.took("JQProcessing.Duration", time.perf_counter() - started)
        counters.metrics.set("PartitionCount", self._partitions.count)
        counters.metrics.set("PartitionCountExceeded", bool(exceeding))
        self._errors.fail(METADATA_EXTRACTION_FAILED, failures)
        self._errors.fail(ACTIVE_PARTITION_EXCEEDED, exceeding)

    def _new_buffer(self, partition: Partition) -> Buffer:
        work = partial(self._deliver, partition)
        ended = partial(self._partitions.delivery_ended, partition)

        def release(records: list[Record], length: int) -> None:
            self._context.release("data", buffer, work, records, length, ended)
            self._partitions.delivery_began(partition)

        destination = self._context.config.destination
        buffer = Buffer(destination.buffer_bytes, destination.interval, release)
        return buffer

    async def _deliver(self, partition: Partition, batch: Batch) -> None:
        conversion = self._context.config.conversion
        try:
            if conversion is None:
                await self._write(partition, batch)
            else:
                await self._write_converted(partition, batch, conversion)
        except DeliveryError:
            self._context.counters.metrics.attempt("DeliveryToS3.Success", succeeded=False)
            raise

    async def _write(self, partition: Partition, batch: Batch) -> None:
        records = batch.records
        compression = self._context.config.destination.compression
        delimiter = self._context.config.processors.delimiter or b""

        def body() -> bytes:
            return compression.compress(delimiter.join([record.data for record in records]))

        lines = _count_lines(records, delimiter)
        written = await self._s3.deliver_data(records, body, compression.content_encoding, partition.keys)
        batch.records = []
        self._context.counters.delivered(records, lines, written)

    async def _write_converted(self, partition: Partition, batch: Batch, conversion: FormatConversion) -> None:
        counters = self._context.counters
        if self._context.denial("conversion") is None:
            converted = await asyncio.get_running_loop().run_in_executor(
                self._context.executor, convert, conversion, batch.records
            )
        else:
            converted = refused(batch.records)
        if converted.records:
            encoding = conversion.writer.content_encoding
            written = await self._s3.deliver_data(converted.records, lambda: converted.body, encoding, partition.keys)
            batch.records = [failure.record for failure in converted.failures]
            counters.metrics.add("SucceedConversion.Records", len(converted.records))
            counters.metrics.add("SucceedConversion.Bytes", total_bytes(converted.records))
            counters.delivered(converted.records, converted.rows, written)
        failed = [failure.record for failure in converted.failures]
        counters.metrics.add("FailedConversion.Records", len(failed))
        counters.metrics.add("FailedConversion.Bytes", total_bytes(failed))
        self._errors.fail_conversion(converted.failures, conversion.catalog_table, converted.summaries)
        batch.records = []
        counters.release(failed)


def _count_lines(records: Sequence[Record], delimiter: bytes) -> int:
    """Rows of an object that is not converted: its lines, an unended last one included."""
    lines = sum(record.data.count(b"\n") for record in records) + delimiter.count(b"\n") * (len(records) - 1)
    return lines + (1 if records[-1].data and not records[-1].data.endswith(b"\n") else 0)
