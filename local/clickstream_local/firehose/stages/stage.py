"""The parts that the stages of one stream share: configuration, counters, tasks, delivery to S3."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from clickstream_local.cloudwatch_logs.logs import Logs
from clickstream_local.common.unforeseen import describe
from clickstream_local.firehose.config.stream_config import Destination, StreamConfig
from clickstream_local.firehose.records.record import Record
from clickstream_local.firehose.stages.buffer import Buffer
from clickstream_local.firehose.stages.counters import StreamCounters
from clickstream_local.firehose.stages.s3_delivery import DeliveryError, S3Delivery
from clickstream_local.iam.rights import Denial, Rights
from clickstream_local.s3.store import ObjectStore

_log = logging.getLogger(__name__)


@dataclass
class Batch:
    """Records that have left a buffer.

    Attributes
    ----------
    records
        Those that are this stage's still: a stage takes out what it has handed on, and what is left here when its work
        fails goes back into the buffer.
    """

    records: list[Record]


BatchWork = Callable[[Batch], Coroutine[Any, Any, None]]


class PipelineStage(Protocol):
    """A stage holds records in buffers."""

    @property
    def buffers(self) -> list[Buffer]:
        """The buffers of the stage."""


@dataclass
class Tasks:
    """The batches under way; by buffer, why a batch came back since the last flush began, and what was said of it."""

    running: set[asyncio.Task[None]] = field(default_factory=set)
    errors: dict[Buffer, DeliveryError] = field(default_factory=dict)
    said: dict[Buffer, str] = field(default_factory=dict)

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
    rights: Rights

    def denial(self, stage: str) -> Denial | None:
        """Why a stage of the stream stands still for want of a right; None where it does not."""
        return self.rights.denial(self.config.arn, stage)

    def delivery_to(self, destination: Destination, stage: str) -> S3Delivery:
        """Delivery to a destination by a stage."""
        return S3Delivery(
            self.config,
            destination,
            store=self.store,
            logs=self.logs,
            executor=self.executor,
            denial=self.denial(stage),
            logs_errors=self.denial("backup-log" if stage == "backup" else "log") is None,
        )

    def buffer(self, name: str, size: int, interval: float, work: BatchWork) -> Buffer:
        """A buffer whose batches become tasks; the observer hears of it under ``name``."""
        buffer = Buffer(size, interval, lambda records, length: self.release(name, buffer, work, records, length))
        return buffer

    def release(
        self,
        name: str,
        buffer: Buffer,
        work: BatchWork,
        records: list[Record],
        length: int,
        ended: Callable[[], None] | None = None,
    ) -> None:
        """Begin the work on a batch that has left the buffer of a name; what it raises brings the records back there.

        ``ended`` is called when the work has ended, however it did.
        """
        batch = Batch(records)
        task = asyncio.create_task(self._work(name, work, batch, length))
        self.tasks.running.add(task)
        task.add_done_callback(self.tasks.running.discard)
        task.add_done_callback(partial(self._ended, name, buffer, batch, ended))

    async def _work(self, name: str, work: BatchWork, batch: Batch, length: int) -> None:
        self.counters.observer.buffer_filled(self.config.name, name, len(batch.records), length)
        await work(batch)

    def _ended(
        self, name: str, buffer: Buffer, batch: Batch, ended: Callable[[], None] | None, task: asyncio.Task[None]
    ) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            buffer.restore(batch.records)
            if not isinstance(error, DeliveryError):
                error = DeliveryError(f"delivery stream {self.config.name}: {describe(error)}")
            self.tasks.errors[buffer] = error
            if self.tasks.said.get(buffer) != str(error):  # once, not with each attempt
                self.tasks.said[buffer] = str(error)
                _log.error("%s; stage %r keeps %s records and tries again", error, name, len(batch.records))
        else:
            buffer.failures = 0
            self.tasks.said.pop(buffer, None)
        if ended is not None:
            ended()
