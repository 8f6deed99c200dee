"""The parts that the stages of one stream share: configuration, counters, tasks, delivery to S3."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.firehose.config.stream_config import Destination, StreamConfig
from clickstream_local.firehose.records.record import Record
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.counters import StreamCounters
from clickstream_local.firehose.stages.s3_delivery import DeliveryError, S3Delivery
from clickstream_local.s3.store import ObjectStore

BatchWork = Callable[[list[Record]], Coroutine[Any, Any, None]]


class PipelineStage(Protocol):
    """A stage holds records in buffers."""

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers of the stage."""


@dataclass
class Tasks:
    """The batches under way, and the deliveries that failed since the last flush began."""

    running: set[asyncio.Task[None]] = field(default_factory=set)
    errors: list[DeliveryError] = field(default_factory=list)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a batch in the background."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def cancel(self) -> None:
        """Cancel all batches."""
        tasks = [*self.running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class StageContext:
    """The shared parts, for one configuration of the stream."""

    config: StreamConfig
    counters: StreamCounters
    tasks: Tasks
    store: ObjectStore
    logs: Logs
    executor: Executor

    def delivery_to(self, destination: Destination) -> S3Delivery:
        """Delivery to a destination."""
        return S3Delivery(self.config, destination, store=self.store, logs=self.logs, executor=self.executor)

    def buffer(self, name: str, size: int, interval: float, work: BatchWork) -> Buffer:
        """A buffer whose batches become tasks; the observer hears of it under ``name``."""
        return Buffer(size, interval, partial(self.release, name, work))

    def requeue(self, buffer: Buffer, records: list[Record], error: DeliveryError) -> None:
        """Put back into its buffer a batch that could not be written."""
        self.tasks.errors.append(error)
        buffer.restore(records)

    def release(self, name: str, work: BatchWork, records: list[Record], length: int) -> None:
        """Begin the work on a batch that has left the buffer of a name."""
        self.counters.observer.buffer_filled(self.config.name, name, len(records), length)
        self.tasks.start(work(records))
