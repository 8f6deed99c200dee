"""A Kinesis data stream as source: its shards are read once a second (facts/sources.md#kinds)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from clickstream_local.common.unforeseen import describe
from clickstream_local.firehose.records.record import KinesisOrigin, Record
from clickstream_local.kinesis.data_stream import DataStream

_log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
_RECORDS_PER_READ = 1_000


class KinesisSource:
    """Reads a data stream in each shard's order, beginning with what is put after it was made."""

    def __init__(self, data_stream: DataStream) -> None:
        self._data_stream = data_stream
        self._positions = {shard.id: shard.latest for shard in data_stream.shards}
        self._read_to = dict(self._positions)
        self._timer: asyncio.TimerHandle | None = None
        self._said = ""
        self.milliseconds_behind = 0

    @property
    def exhausted(self) -> bool:
        """Whether everything was read that was put."""
        return all(shard.latest == self._positions[shard.id] for shard in self._data_stream.shards)

    def start(self, poll: Callable[[], None]) -> None:
        """Call ``poll`` every second, until :meth:`stop`."""

        def tick() -> None:
            self._timer = asyncio.get_running_loop().call_later(POLL_SECONDS, tick)
            try:
                poll()
            except Exception as error:
                if (reason := describe(error)) != self._said:  # once, not every second
                    self._said = reason
                    _log.error("%s is not read: %s; tried again every second", self._data_stream.arn, reason)

        tick()

    def stop(self) -> None:
        """Call no more."""
        if self._timer is not None:
            self._timer.cancel()

    def read(self) -> list[Record]:
        """Some of what is new; empty when there is nothing. The same again until :meth:`advance`."""
        found: list[Record] = []
        behind = 0
        for shard in self._data_stream.shards:
            batch = shard.read(self._positions[shard.id], _RECORDS_PER_READ)
            self._read_to[shard.id] = batch.next_position
            behind = max(behind, batch.milliseconds_behind)
            found += [
                Record(
                    record.data,
                    record.arrival,
                    origin=KinesisOrigin(shard.id, record.partition_key, record.sequence_number, 0, record.arrival),
                )
                for record in batch.records
            ]
        self.milliseconds_behind = behind
        return found

    def advance(self) -> None:
        """What was read has been taken."""
        self._positions = dict(self._read_to)
